"""Story → a report on its file for `dramaturg check`: its format, its blocks by role, and what was left out and why."""

from collections import Counter
from collections.abc import Iterator

from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import clip, counted
from dramaturg.sources.formats import FORMATS
from dramaturg.sources.language import NAMES
from dramaturg.story import ROLES, Block, Role, Story

PLURALS = {
    "front_matter": "pieces of front matter",
    "back_matter": "pieces of back matter",
    "summary": "summaries",
    "authors_note": "author's notes",
    "scene_break": "scene breaks",
}
READ: tuple[Role, ...] = ("paragraph", "scene_break")  # listed together as one run
MIN_WORDS = 20  # characters of a block's first words; on a narrower terminal they have a line of their own
COLUMN = max(len(role) for role in ROLES) + 3


def show_check(story: Story, style: TerminalStyle, every: bool = False) -> str:
    """The page of `dramaturg check`. `every`: list each block, not only the first of each run with one role."""
    lines = [*_head(story, style), "", style.bold("Blocks"), *_blocks(story, style, every)]
    if not story.blocks:
        lines.append("none")
    if story.left_out:
        lines += ["", style.bold("Left out")]
        for left_out in story.left_out:
            lines += style.wrap(f"{safe(left_out.what)}: {safe(left_out.why)}", hanging="  ")
    for warning in story.warnings:
        lines += ["", *style.wrap(f"warning: {safe(warning)}", hanging="  ")]
    return "\n".join(lines) + "\n"


def _head(story: Story, style: TerminalStyle) -> Iterator[str]:
    source = story.source
    about = {format.name: format.about for format in FORMATS}
    yield from style.wrap(f"{safe(source.path)}: {about.get(source.format, safe(source.format))}", hanging="  ")
    title = f"“{safe(source.title)}”" if source.title else "no title found"
    author = f"by {safe(source.author)}" if source.author else "no author found"
    language = NAMES.get(source.language or "", source.language or "unknown language")
    yield from style.wrap(f"{title}, {author}; {safe(language)}", hanging="  ")
    roles = Counter(block.role for block in story.blocks)
    counts = [counted(roles[role], _role_name(role), PLURALS.get(role, f"{role}s")) for role in ROLES if roles[role]]
    chapters = counted(len(story.chapters), "chapter")
    yield from style.wrap(f"{', '.join([chapters, *counts])}", hanging="  ")
    for key, value in source.metadata.items():
        shown = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
        yield style.dim(clip(f"{safe(key)}: {safe(shown)}", style.width))


def _blocks(story: Story, style: TerminalStyle, every: bool) -> Iterator[str]:
    for run in _runs(story, every):
        first = run[0]
        n_breaks = sum(block.role == "scene_break" for block in run[1:]) if first.role in READ else 0
        more = [counted(len(run) - 1 - n_breaks, "more", "more")] if len(run) - 1 - n_breaks else []
        more += [counted(n_breaks, "break")] if n_breaks else []
        after = f" (+ {', '.join(more)})" if more else ""
        words = safe(story.text[first.start : min(first.end, first.start + 4 * style.width)])
        role = _role_name(first.role) if first.role in READ else style.dim(_role_name(first.role))
        room = style.width - COLUMN - len(after)
        if room >= MIN_WORDS:
            yield role + " " * (COLUMN - len(_role_name(first.role))) + clip(words, room) + style.dim(after)
            continue
        yield role + style.dim(after)
        yield f"  {clip(words, max(MIN_WORDS, style.width - 2))}"


def _role_name(role: Role) -> str:
    return "author's note" if role == "authors_note" else role.replace("_", " ")


def _runs(story: Story, every: bool) -> Iterator[list[Block]]:
    """Runs of consecutive blocks with one role; a run of paragraphs includes scene breaks."""
    run: list[Block] = []
    for block in story.blocks:
        same = run and (block.role == run[0].role or {block.role, run[0].role} <= set(READ))
        if run and (every or not same or block.role in ("heading", "title")):
            yield run
            run = []
        run.append(block)
    if run:
        yield run
