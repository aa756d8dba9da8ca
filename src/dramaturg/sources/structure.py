"""Raw blocks → blocks with roles, chapters, title and author.

There is one pass for each thing that a file may hold besides the story, the most certain first. Each pass gives roles
to blocks that have none yet. The blocks that are left are the paragraphs of the story.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords, StructureWords
from dramaturg.sources.line_patterns import (
    MAX_LINE_CHARACTERS,
    Heading,
    is_capitals,
    is_scene_break,
    is_the_end,
    is_title,
    number_of,
    plain_heading,
    read_heading,
    read_label,
    starts_note,
    strip_decoration,
)
from dramaturg.sources.lines import RawBlock
from dramaturg.sources.notes import MAX_NOTICE_CHARACTERS, MIN_NEXT_TO_NOTE_SCORE, is_note, is_notice, score_note
from dramaturg.story import Block, Chapter, Role

MAX_BRACKET_BLOCKS = 12  # of one [Footnote …]
MAX_FRONT_BLOCKS = 60  # from the start, where labels and a title are looked for
MAX_ENTRY_CHARACTERS = 160  # of a line in a table of contents
MAX_CONTENTS_BLOCKS = 2000  # of a table of contents
MIN_CONTENTS_HEADINGS = 5  # numbered headings in a row without text: a table of contents, not chapters
MAX_GREETING_BLOCKS = 3  # above the title page
MAX_NOTE_BLOCKS = 15  # of one note
MAX_VERSE_CHARACTERS = 55  # of a line of verse; prose is wrapped wider
MIN_CAPITAL_TITLES = 3  # where titles have no numbers: fewer may be signs and telegrams


@dataclass(frozen=True, slots=True)
class Structure:
    """What `find_structure` finds. `metadata`: the labels before the story, as in the file, with their values."""

    blocks: tuple[Block, ...]
    chapters: tuple[Chapter, ...]
    title: str | None
    author: str | None
    metadata: dict[str, object]


@dataclass(slots=True)
class Outline:
    """The blocks while their roles are being found.

    `short[i]`: block `i` as one line without decoration, or "" if it is long. `headings`: what the headings are, by
    block. A role of None is one that is not known yet.
    """

    text: str
    raw_blocks: list[RawBlock]
    roles: list[Role | None]
    short: list[str]
    words: StructureWords
    headings: dict[int, Heading] = field(default_factory=dict)
    title: str | None = None
    author: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)

    def content(self, i: int, limit: int | None = None) -> str:
        """The verbatim text of block `i`, or its first `limit` characters."""
        block = self.raw_blocks[i]
        return self.text[block.start : block.end if limit is None else min(block.end, block.start + limit)]

    def is_unmarked(self, i: int) -> bool:
        """Whether there is a block `i` without a role."""
        return 0 <= i < len(self.roles) and self.roles[i] is None


def find_structure(text: str, raw_blocks: Sequence[RawBlock], words: StructureWords = ENGLISH.structure) -> Structure:
    """Give every block its role, and find the chapters, the title and the author."""
    outline = Outline(
        text,
        list(raw_blocks),
        [block.role for block in raw_blocks],
        [_short(text, block) for block in raw_blocks],
        words,
    )
    _mark_marked_headings(outline)
    _mark_gutenberg(outline)
    _mark_brackets(outline)
    _mark_breaks(outline)
    _mark_labels(outline)
    _mark_headings(outline)
    _mark_contents(outline)
    _mark_last_contents(outline)
    _mark_title(outline)
    _mark_bare_author(outline)
    _mark_endings(outline)
    _mark_notices(outline)
    _mark_notes(outline)
    blocks, starts = _make_blocks(outline)
    return Structure(blocks, _find_chapters(outline, blocks, starts), outline.title, outline.author, outline.metadata)


def _short(text: str, block: RawBlock) -> str:
    return strip_decoration(text[block.start : block.end]) if block.end - block.start <= 2 * MAX_LINE_CHARACTERS else ""


# ---- headings in mark-up


def _mark_marked_headings(outline: Outline) -> None:
    """Headings in mark-up. The highest level is that of the chapters, without a title of the story above them."""
    marked = [i for i, block in enumerate(outline.raw_blocks) if block.role == "heading"]
    shapes = {i: read_heading(outline.short[i], outline.words.headings) for i in marked}
    levels = [outline.raw_blocks[i].level for i in marked if not (shape := shapes[i]) or shape.level > 1]
    if len(levels) > 1 and shapes[marked[0]] is None and outline.raw_blocks[marked[0]].level < min(levels[1:]):
        del levels[0]
    top = min(levels, default=1)
    for i in marked:
        shape = shapes[i]
        level = shape.level if shape and shape.kind != "bare" else 2 if outline.raw_blocks[i].level <= top else 3
        outline.headings[i] = Heading("marked", level, shape.number if shape else None, True)


# ---- Project Gutenberg


def _mark_gutenberg(outline: Outline) -> None:
    words = outline.words.matter
    start, end = -1, len(outline.raw_blocks)
    for i, short in enumerate(outline.short):
        if not short:
            continue
        if words.gutenberg_start.match(short) and i < end:
            start = i
        elif words.gutenberg_end.match(short) and i > start and end == len(outline.raw_blocks):
            end = i
    for i in range(start + 1):
        outline.roles[i] = "front_matter"
        _read_matter(outline, i)
    for i in range(end, len(outline.raw_blocks)):
        outline.roles[i] = "back_matter"
    for i in range(start + 1, min(end, start + 1 + MAX_FRONT_BLOCKS)):
        _read_matter(outline, i)
        if words.produced_by.match(outline.content(i, MAX_LINE_CHARACTERS)) or words.gutenberg_title.match(
            outline.short[i]
        ):
            outline.roles[i] = "front_matter"
    for i in range(start + 1, end):
        if outline.roles[i] is None and words.transcribers_note.match(outline.content(i, MAX_LINE_CHARACTERS)):
            if i >= 0.9 * end:
                outline.roles[i:end] = ["back_matter"] * (end - i)
            else:
                outline.roles[i] = "front_matter" if i < MAX_FRONT_BLOCKS else "back_matter"


def _read_matter(outline: Outline, i: int) -> None:
    """Title and author from Project Gutenberg's lines."""
    match = outline.words.matter.gutenberg_title.match(outline.short[i])
    if match and outline.title is None and match["title"]:
        outline.title = match["title"].strip(" .,")
        outline.author = match["author"].strip(" .,") if match["author"] else None
    if outline.roles[i] == "front_matter":
        label = read_label(outline.content(i, MAX_LINE_CHARACTERS), outline.words.labels)
        if label and label.value:
            _keep_label(outline, label.label, label.value)


# ---- illustrations and footnotes: front matter before the story, back matter in it and after it


def _mark_brackets(outline: Outline) -> None:
    i = 0
    while i < len(outline.raw_blocks):
        if outline.roles[i] is None and outline.text[outline.raw_blocks[i].start] in "[_*":
            last = (
                _bracket_end(outline, i)
                if outline.words.matter.bracketed.match(outline.content(i, MAX_LINE_CHARACTERS))
                else None
            )
            if last is not None:
                for k in range(i, last + 1):
                    outline.roles[k] = "back_matter"
                i = last
            elif FOOTNOTE.match(outline.content(i, MAX_LINE_CHARACTERS)) and _is_referred_to(outline, i):
                outline.roles[i] = "back_matter"
        i += 1


def _bracket_end(outline: Outline, i: int) -> int | None:
    """The block at whose end the bracket that opens block `i` closes; None where it closes elsewhere."""
    depth = 0
    for k in range(i, min(i + MAX_BRACKET_BLOCKS, len(outline.raw_blocks))):
        content = outline.content(k)
        depth += content.count("[") - content.count("]")
        if depth <= 0:
            return k if content.rstrip("_*. ").endswith("]") else None
    return None


FOOTNOTE = re.compile(r"(?P<mark>\[(?:\d{1,3}|\*|[A-Z])\])\s*\S")


def _is_referred_to(outline: Outline, i: int) -> bool:
    match = FOOTNOTE.match(outline.content(i, MAX_LINE_CHARACTERS))
    start = outline.raw_blocks[i].start
    return match is not None and outline.text.find(match["mark"], max(0, start - 20_000), start) >= 0


# ---- scene breaks


def _mark_breaks(outline: Outline) -> None:
    for i, block in enumerate(outline.raw_blocks):
        if outline.roles[i] is None and block.n_lines == 1:
            content = outline.text[block.start : block.end]
            if is_scene_break(content, outline.words.headings):
                outline.roles[i] = "scene_break"


# ---- labels: "Title: …", "Rating: …", "Summary: …" before the first paragraph


def _mark_labels(outline: Outline) -> None:
    summary_next = False
    for i in range(min(MAX_FRONT_BLOCKS, len(outline.raw_blocks))):
        if outline.roles[i] is not None:
            continue
        content = outline.content(i, 10 * MAX_LINE_CHARACTERS)
        label = read_label(content, outline.words.labels)
        if label is None:
            if summary_next:
                outline.roles[i] = "summary"
            elif _is_prose(outline, i) and not is_note(content, outline.words.notes):
                return
            summary_next = False
        elif outline.words.labels.summary.fullmatch(label.label):
            outline.roles[i] = "summary"
            summary_next = not label.value
            _keep_label(outline, label.label, label.value)
        elif outline.words.labels.note.fullmatch(label.label):
            outline.roles[i] = "authors_note"
        else:
            outline.roles[i] = "front_matter"
            _keep_label(outline, label.label, label.value)


def _keep_label(outline: Outline, label: str, value: str) -> None:
    if label == outline.words.labels.title:
        outline.title = outline.title or value or None
    elif label == outline.words.labels.author:
        outline.author = outline.author or value or None
    if value:
        outline.metadata.setdefault(label, value)


def _is_prose(outline: Outline, i: int) -> bool:
    """Whether the block looks like one sentence or more, and not like a title, a name or a heading."""
    short = outline.short[i]
    if not short:
        return True
    if read_heading(short, outline.words.headings) or is_capitals(short):
        return False
    return short[-1] in '.!?…"”’,;' or len(short) > 100 or short[0] in "\"“‘'"


# ---- headings


def _mark_headings(outline: Outline) -> None:
    candidates = {}
    for i, short in enumerate(outline.short):
        if short and outline.roles[i] is None and outline.raw_blocks[i].n_lines <= 4:
            heading = read_heading(short, outline.words.headings)
            if heading is not None:
                candidates[i] = heading
    numerals = [i for i, heading in candidates.items() if heading.kind == "bare"]
    kept: set[int] = set()
    for style in (str.isdigit, str.isupper, str.islower):  # 1, I, one: parts and chapters may be numbered separately
        kept |= _in_sequence(outline, [i for i in numerals if style(_numeral(outline, i))], candidates)
    sections = (
        sum(h.kind == "numbered" and h.level == 2 for h in [*candidates.values(), *outline.headings.values()]) > 1
    )
    for i, heading in candidates.items():
        if heading.kind != "bare" or i in kept:
            # numerals below numbered chapters count their sections
            outline.headings[i] = heading._replace(level=3) if heading.kind == "bare" and sections else heading
            outline.roles[i] = "heading"
    _mark_titles_below(outline)
    _mark_capitals(outline)


def _numeral(outline: Outline, i: int) -> str:
    """The number of a heading: digits, a Roman numeral, or a word in lower case."""
    numeral = NUMERAL.search(outline.short[i])
    word = numeral.group() if numeral else ""
    return word.lower() if word.lower() in outline.words.headings.numbers else word.upper()


NUMERAL = re.compile(r"\w+")


def _in_sequence(outline: Outline, candidates: list[int], headings: dict[int, Heading]) -> set[int]:
    """The numerals that are headings, because they count up: I, II, III …, from one again in each part.

    Below a numbered chapter they may start at two, where the first section has no number. A single `I` is a word, and a
    stray `1` between 3 and 4 belongs to a note. A file may also start with one later chapter.
    """
    usual = _usual_gap(outline)
    candidates = [i for i in candidates if headings[i].number and _is_isolated(outline, i, usual)]
    values = [headings[i].number or 0 for i in candidates]
    kept: set[int] = set()
    chain: list[int] = []
    current = 0
    chapters = [i for i, heading in headings.items() if heading.kind == "numbered"]
    n_chapters = 0  # chapters that began before the numeral
    for k, (i, value) in enumerate(zip(candidates, values, strict=True)):
        following = values[k + 1] if k + 1 < len(values) else None
        n_before = bisect_left(chapters, i)
        restarts, n_chapters = n_before > n_chapters, n_before
        if restarts and value == 2:
            kept.update(chain if _has_chapters(outline, chain) else [])
            chain, current = [chapters[n_before - 1], i], 2
        elif current and current < value <= current + 2:
            chain.append(i)
            current = value
        elif value == 1 and not (current > 1 and following == current + 1):
            kept.update(chain if _has_chapters(outline, chain) else [])
            chain, current = [i], 1
        elif i <= 2 and not chain:
            kept.add(i)
    kept.update(chain if _has_chapters(outline, chain) else [])
    return kept.difference(chapters)


def _has_chapters(outline: Outline, chain: list[int]) -> bool:
    """Whether there are two numbers or more, and more text below them than in a numbered poem or list."""
    if len(chain) < 2:
        return False
    n_empty = sum(b - a < 2 for a, b in pairwise(chain))
    n_verse = sum(_is_verse(outline, i + 1) for i in chain)
    return n_empty < len(chain) / 2 and n_verse < len(chain) / 2


def _is_verse(outline: Outline, i: int) -> bool:
    """Whether the block has several lines, all short and none starting with a small letter."""
    if i >= len(outline.raw_blocks) or outline.raw_blocks[i].n_lines < 3:
        return False
    lines = outline.content(i, 10 * MAX_LINE_CHARACTERS).split("\n")
    return all(len(line.strip()) <= MAX_VERSE_CHARACTERS and not line[:1].islower() for line in lines[1:])


def _is_isolated(outline: Outline, i: int, usual: int) -> bool:
    """Whether it has blank lines on both sides, or every line of the file is a paragraph."""
    block = outline.raw_blocks[i]
    after = outline.raw_blocks[i + 1].gap if i + 1 < len(outline.raw_blocks) else 1
    if usual == 0:
        return block.n_lines == 1
    return block.n_lines == 1 and (block.gap > 0 or i == 0) and after > 0


def _mark_titles_below(outline: Outline) -> None:
    """Mark titles below numbers: `CHAPTER I`, and `The Old Sea-dog` in the next line or after a blank one."""
    numbers = [i for i, heading in outline.headings.items() if not heading.titled and outline.is_unmarked(i + 1)]
    titles = [i + 1 for i in numbers if _is_title_below(outline, i + 1)]
    if len(numbers) >= 4 and len(titles) >= 0.6 * len(
        numbers
    ):  # most have one, so the others may look less like titles
        titles += [i + 1 for i in numbers if i + 1 not in titles and _is_short_line(outline, i + 1)]
    if len(numbers) >= 4 and len(titles) < 0.3 * len(numbers):
        titles = [i for i in titles if outline.raw_blocks[i].gap == 0 or is_capitals(outline.short[i])]
    for i in titles:
        outline.roles[i] = "heading"


def _is_title_below(outline: Outline, i: int) -> bool:
    short, block = outline.short[i], outline.raw_blocks[i]
    if not short or block.n_lines > 4 or short[0] in "\"“‘'" and short[-1] not in "\"”’'":
        return False
    if i + 1 < len(outline.raw_blocks) and outline.raw_blocks[i + 1].gap == 0 and block.gap > 0:
        return False  # the first line of the text itself
    if is_capitals(short):
        return not (short[-1] in "!,;" or starts_note(short, outline.words.notes))
    return (
        block.n_lines <= 2
        and is_title(short, outline.words.headings, strict=True)
        and short[-1] not in '.!…"”'
        and not starts_note(short, outline.words.notes)
    )


def _is_short_line(outline: Outline, i: int) -> bool:
    short = outline.short[i]
    return (
        is_title(short, outline.words.headings, strict=False)
        and len(short) <= 60
        and outline.raw_blocks[i].n_lines == 1
        and short[-1] not in '."”'
    )


def _mark_capitals(outline: Outline) -> None:
    """Mark titles in capitals without a number: after a wide gap or a scene break, or as the only headings."""
    usual = _usual_gap(outline)
    candidates = [i for i, short in enumerate(outline.short) if short and _is_capital_title(outline, i)]
    wide = [
        i for i in candidates if outline.raw_blocks[i].gap > max(usual, 1) or _role(outline, i - 1) == "scene_break"
    ]
    numbered = any(heading.kind != "point_of_view" for heading in outline.headings.values())
    chosen = [i for i in candidates if _role(outline, i + 1) == "heading" and len(outline.short[i]) > 4]
    if numbered and len(wide) >= 2:
        chosen += [i for i in wide if outline.short[i][-1] != "."]
    elif not numbered:
        chosen += wide
    if not numbered and len(candidates) >= MIN_CAPITAL_TITLES and _are_far_apart(candidates):
        chosen += candidates
    for i in sorted(set(chosen)):
        at_top = i < MAX_FRONT_BLOCKS and not any(outline.roles[k] is None for k in range(i))
        if at_top and (numbered or len(candidates) < MIN_CAPITAL_TITLES or _role(outline, i + 1) == "heading"):
            continue  # it is the title of the story, or of one of several stories
        outline.roles[i] = "heading"
        below = _role(outline, i + 1) == "heading"
        outline.headings[i] = Heading("capitals", 2 if not numbered or below else 3, None, True)


def _is_capital_title(outline: Outline, i: int) -> bool:
    short = outline.short[i]
    return (
        outline.roles[i] is None
        and is_capitals(short)
        and len(short) <= 80
        and outline.raw_blocks[i].n_lines <= 2
        and (outline.raw_blocks[i].gap > 0 or i == 0)
        and short[0] not in "\"“‘'([-—"
        and short[-1] not in '!?,;:"”’…'
        and short[-1] not in "-—"
        and not short.endswith("...")
        and read_heading(short, outline.words.headings) is None
        and not is_the_end(short, outline.words.headings)
        and not starts_note(short, outline.words.notes)
        and i + 1 < len(outline.raw_blocks)
        and outline.raw_blocks[i + 1].gap > 0
        and outline.roles[i + 1] in (None, "heading")
        and not is_capitals(outline.short[i + 1])
        and (i == 0 or outline.text[outline.raw_blocks[i - 1].end - 1] not in ":,;-—")
    )


def _are_far_apart(candidates: list[int]) -> bool:
    return all(b - a >= 4 for a, b in pairwise(candidates))


def _usual_gap(outline: Outline) -> int:
    gaps = sorted(block.gap for block in outline.raw_blocks)
    return gaps[len(gaps) // 2] if gaps else 1


def _role(outline: Outline, i: int) -> Role | None:
    return outline.roles[i] if 0 <= i < len(outline.roles) else None


# ---- tables of contents


def _mark_contents(outline: Outline) -> None:
    """Mark lists that repeat the headings: below a word such as Contents, or many headings without text between."""
    last = 0
    for i, short in enumerate(outline.short[: 2 * MAX_FRONT_BLOCKS]):
        if i >= last and _may_be_entry(outline, i) and outline.words.matter.list_heading.fullmatch(short.strip(" .:")):
            _unmark(outline, i, i + 1)
            last = _contents_end(outline, i)
            _unmark(outline, i, last)
    i = 0
    while i < len(outline.raw_blocks):
        last = i
        while last < len(outline.raw_blocks) and outline.roles[last] == "heading":
            last += 1
        if _n_numbered(outline, i, last) >= MIN_CONTENTS_HEADINGS:
            _unmark(outline, i, _body_start(outline, i, last))
        i = max(last, i + 1)
    for i in range(min(MAX_FRONT_BLOCKS, len(outline.raw_blocks))):
        if outline.is_unmarked(i) and _is_contents_list(outline, i):
            outline.roles[i] = "front_matter"


def _mark_last_contents(outline: Outline) -> None:
    """Mark a list at the end that repeats the headings of the story, as MOBI files have it."""
    end = start = len(outline.raw_blocks)
    while start > 0 and outline.short[start - 1] and _may_be_entry(outline, start - 1):
        short = outline.short[start - 1]
        is_title = outline.words.matter.contents.fullmatch(short.strip(" .:")) is not None
        if not is_title and outline.roles[start - 1] != "heading":
            break
        start -= 1
        if is_title:
            above = {outline.short[i].lower() for i in outline.headings if i < start}
            if start + 1 < end and all(outline.short[i].lower() in above for i in range(start + 1, end)):
                for i in range(start, end):
                    outline.roles[i] = "back_matter"
                    outline.headings.pop(i, None)
            return


def _n_numbered(outline: Outline, start: int, end: int) -> int:
    return sum(
        outline.headings[i].kind in ("numbered", "bare", "named") for i in range(start, end) if i in outline.headings
    )


def _contents_end(outline: Outline, i: int) -> int:
    """Where the list below `i` ends: before the headings right above the first prose."""
    last = i + 1
    while last < min(len(outline.raw_blocks), i + MAX_CONTENTS_BLOCKS) and (
        outline.roles[last] in ("heading", "front_matter", "back_matter", "scene_break")
        or (outline.short[last] and not _is_prose(outline, last) and len(outline.short[last]) <= MAX_ENTRY_CHARACTERS)
        or _is_contents_list(outline, last)
    ):
        last += 1
    if last >= len(outline.raw_blocks):
        return i + 1
    return _body_start(outline, i + 1, last)


def _body_start(outline: Outline, start: int, end: int) -> int:
    """In a row of headings before prose: the place of the story's first heading, after the list."""
    first = next((i for i in range(start, end) if i in outline.headings), end)
    key = outline.short[first].lower() if first < end else ""
    for i in range(end - 1, start, -1):
        if i != first and key and outline.short[i].lower() == key:
            return i
    i = end - 1
    while i > start and i not in outline.headings:
        i -= 1
    level = outline.headings[i].level if i in outline.headings else 2
    while i - 1 > start and i - 1 in outline.headings and outline.headings[i - 1].level < level:
        i -= 1
        level = outline.headings[i].level
    return max(i, start) if i in outline.headings else end


def _is_contents_list(outline: Outline, i: int) -> bool:
    """Whether the block has many lines that look like entries."""
    block = outline.raw_blocks[i]
    if block.n_lines < 3 or block.end - block.start > MAX_ENTRY_CHARACTERS * block.n_lines:
        return False
    lines = outline.content(i).split("\n")
    return sum(
        outline.words.matter.contents_entry.match(line[:MAX_ENTRY_CHARACTERS]) is not None for line in lines
    ) >= 0.7 * len(lines)


def _unmark(outline: Outline, start: int, end: int) -> None:
    for i in range(start, end):
        if _may_be_entry(outline, i):
            outline.roles[i] = "front_matter"
            outline.headings.pop(i, None)


def _may_be_entry(outline: Outline, i: int) -> bool:
    """Whether mark-up leaves open what the block is."""
    return outline.raw_blocks[i].role in (None, "heading", "scene_break")


# ---- title and author


def _mark_title(outline: Outline) -> None:
    """Mark the title page: the first lines that are not sentences, with the title, the author and a subtitle."""
    if any(block.role == "title" for block in outline.raw_blocks):
        return  # mark-up gives it
    front = []
    _mark_greeting(outline)
    for i in range(min(MAX_FRONT_BLOCKS, len(outline.raw_blocks))):
        role = outline.roles[i]
        if role == "heading" and not _is_story_title(outline, i):
            break
        if role in (None, "heading"):
            if _is_prose(outline, i) and not outline.words.labels.title_page_byline.fullmatch(outline.short[i]):
                break
            front.append(i)
    front = front[:8]
    by = next((k for k, i in enumerate(front) if outline.words.labels.title_page_byline.match(outline.short[i])), None)
    if not front or (by is None and not _is_story_title(outline, front[0])):
        return
    for k, i in enumerate(front):
        short = outline.short[i]
        match = outline.words.labels.title_page_byline.fullmatch(short)
        if k == 0 and not match:
            outline.roles[i] = "title"
            outline.title = outline.title or short.rstrip(".,: ") or None
        elif match and match["author"]:
            outline.roles[i] = "front_matter"
            outline.author = outline.author or match["author"].strip(" .,*_")
        elif match or outline.words.labels.subtitle.match(short) or (by is not None and k <= by + 1):
            if by is not None and k == by + 1 and not outline.author:
                outline.author = short.strip(" .,*_")
            outline.roles[i] = "front_matter"
        else:
            break
        outline.headings.pop(i, None)


def _mark_bare_author(outline: Outline) -> None:
    """Mark a name without `by` between the title and the first heading."""
    tops = ("title", "heading", None)
    title = next((i for i, role in enumerate(outline.roles[:MAX_FRONT_BLOCKS]) if role in tops), None)
    if (
        title is None
        or outline.roles[title] is None
        or not outline.is_unmarked(title + 1)
        or _role(outline, title + 2) != "heading"
    ):
        return
    short = outline.short[title + 1]
    if BARE_NAME.fullmatch(short) and short.split()[0].lower() not in outline.words.headings.title_small_words:
        if outline.roles[title] == "heading":
            if read_heading(outline.short[title], outline.words.headings) is not None:
                return  # `Chapter One` and a name are a chapter and its title
            outline.roles[title] = "title"
            outline.headings.pop(title, None)
            outline.title = outline.title or outline.short[title]
        outline.roles[title + 1] = "front_matter"
        outline.author = outline.author or short


BARE_NAME = re.compile(r"(?:[^\W\d_a-z][\w'’-]{0,20}\.? ){1,3}[^\W\d_a-z][\w'’-]{1,20}")


def _mark_greeting(outline: Outline) -> None:
    """Mark a line or two to readers above the title page, if that has a title and an author."""
    byline = outline.words.labels.title_page_byline
    for i in range(1, min(MAX_GREETING_BLOCKS + 1, len(outline.raw_blocks) - 1)):
        is_page = outline.is_unmarked(i) and outline.is_unmarked(i + 1) and byline.fullmatch(outline.short[i + 1])
        if is_page and _is_story_title(outline, i) and not _is_prose(outline, i):
            above = [k for k in range(i) if outline.roles[k] is None]
            if all(outline.short[k] and _is_prose(outline, k) for k in above):
                for k in above:
                    outline.roles[k] = "authors_note"
            return


def _is_story_title(outline: Outline, i: int) -> bool:
    """Whether this could be the title of the whole story."""
    short = outline.short[i]
    shape = read_heading(short, outline.words.headings)
    if shape is not None and shape.kind != "point_of_view":
        return False
    if outline.raw_blocks[i].role == "heading":
        marked = [block for block in outline.raw_blocks if block.role == "heading"]
        is_only_heading = len(marked) == 1 or sum(block.level <= outline.raw_blocks[i].level for block in marked) == 1
        return is_only_heading
    if (
        i + 1 < len(outline.raw_blocks)
        and outline.raw_blocks[i + 1].gap == 0
        and outline.raw_blocks[i].gap == 0
        and _is_prose(outline, i + 1)
        and not is_capitals(short)
    ):
        return False  # in a file without blank lines the first line is more likely text
    return (
        bool(short)
        and len(short) <= 90
        and is_title(short, outline.words.headings, strict=True)
        and short[-1] not in ".,;:"
        and not is_note(short, outline.words.notes)
    )


# ---- the end


def _mark_endings(outline: Outline) -> None:
    """Mark `THE END`, and turn what comes before the first paragraph into front matter."""
    for i, short in enumerate(outline.short):
        if (
            short
            and outline.roles[i] in (None, "heading")
            and is_the_end(short, outline.words.headings)
            and (i or len(outline.raw_blocks) == 1)
        ):
            later = outline.roles[i + 1 : i + 2]
            if outline.roles[i] is None or not later or later[0] is not None:
                outline.roles[i] = "back_matter"
                outline.headings.pop(i, None)
    first = next((i for i, role in enumerate(outline.roles) if role in (None, "heading")), 0)
    for i in range(first):
        if outline.roles[i] in ("back_matter", "scene_break"):
            outline.roles[i] = "front_matter"
    if all(role is not None and role != "heading" for role in outline.roles):
        _keep_some_story(outline)


def _keep_some_story(outline: Outline) -> None:
    """Undo the roles of one or two blocks if all were taken for front or back matter: they are the story."""
    for i, role in enumerate(outline.roles):
        if role in ("front_matter", "back_matter") and not outline.raw_blocks[i].role and len(outline.raw_blocks) <= 2:
            outline.roles[i] = None


# ---- notices of sites


def _mark_notices(outline: Outline) -> None:
    """Mark what sites put between the paragraphs: that the text is stolen, where to read more."""
    for i, block in enumerate(outline.raw_blocks):
        is_short = block.end - block.start <= MAX_NOTICE_CHARACTERS
        if is_short and outline.roles[i] is None and is_notice(outline.content(i), outline.words.notes):
            outline.roles[i] = "back_matter"


# ---- author's notes


def _mark_notes(outline: Outline) -> None:
    start = 0
    for end in [*sorted(outline.headings), len(outline.raw_blocks)]:
        if end > start:
            _mark_notes_between(outline, start, end)
        start = end


def _mark_notes_between(outline: Outline, start: int, end: int) -> None:
    free = [i for i in range(start, end) if outline.roles[i] is None]
    noted = {i for i in free if starts_note(outline.content(i, MAX_LINE_CHARACTERS), outline.words.notes)}
    noted |= {k for i in noted for k in _open_parenthesis(outline, i, end)}
    _walk_edge(outline, free, noted)
    _walk_edge(outline, free[::-1], noted)
    if free and noted:
        _mark_tail(outline, free, noted)
    if len(noted) == len(free) and start == 0 and end == len(outline.raw_blocks):
        noted = {i for i in noted if starts_note(outline.content(i, MAX_LINE_CHARACTERS), outline.words.notes)}
    for i in noted:
        outline.roles[i] = "authors_note"


def _walk_edge(outline: Outline, edge: list[int], noted: set[int]) -> None:
    """Mark notes from the first (or last) paragraph of a chapter inwards, as long as they talk to readers."""
    follows_note = False
    for i in edge[:MAX_NOTE_BLOCKS]:
        if i not in noted:
            content = outline.content(i, 10 * MAX_LINE_CHARACTERS)
            if not is_note(content, outline.words.notes) and not (
                follows_note
                and score_note(content, outline.words.notes) >= MIN_NEXT_TO_NOTE_SCORE
                and not _is_narrative(content)
            ):
                return
            noted.add(i)
        follows_note = True


def _is_narrative(paragraph: str) -> bool:
    """Whether the paragraph starts with speech, or is too long for an aside."""
    return paragraph[:1] in '"“«' or len(paragraph) > 600


def _mark_tail(outline: Outline, free: list[int], noted: set[int]) -> None:
    """Mark what follows the last note of a chapter, if it mostly talks to readers: thanks, replies, a farewell."""
    last = max(noted)
    tail = [i for i in free if i > last]
    if not tail or len(tail) > MAX_NOTE_BLOCKS or last == free[0] or last < free[len(free) // 2]:
        return
    contents = [outline.content(i, 10 * MAX_LINE_CHARACTERS) for i in tail]
    talking = sum(score_note(content, outline.words.notes) >= MIN_NEXT_TO_NOTE_SCORE for content in contents)
    if talking >= 0.6 * len(tail) and not any(_is_narrative(content) for content in contents):
        noted.update(tail)


def _open_parenthesis(outline: Outline, i: int, end: int) -> list[int]:
    """The blocks that a note which opens with `(` or `[` goes on in, up to where it closes."""
    content = outline.content(i)
    opening = content.lstrip("*_ ")[:1]
    closing = {"(": ")", "[": "]"}.get(opening)
    if closing is None:
        return []
    depth = content.count(opening) - content.count(closing)
    run: list[int] = []
    for k in range(i + 1, min(i + MAX_NOTE_BLOCKS, end)):
        if depth <= 0:
            return run
        if outline.roles[k] is None:
            run.append(k)
        content = outline.content(k)
        depth += content.count(opening) - content.count(closing)
    return run if depth <= 0 else []


# ---- blocks and chapters


def _make_blocks(outline: Outline) -> tuple[tuple[Block, ...], list[int]]:
    """The blocks, and for each the first raw block in it. A number and a title in adjacent lines are one heading."""
    blocks: list[Block] = []
    starts: list[int] = []
    for i, block in enumerate(outline.raw_blocks):
        role = outline.roles[i] or "paragraph"
        joins = (
            role == "heading" and block.gap == 0 and block.role is None and blocks
            and blocks[-1].role == "heading" and i not in outline.headings
        )  # fmt: skip
        if joins:
            blocks[-1] = Block(blocks[-1].start, block.end, "heading")
        else:
            blocks.append(Block(block.start, block.end, role))
            starts.append(i)
    return tuple(blocks), starts


def _find_chapters(outline: Outline, blocks: tuple[Block, ...], starts: list[int]) -> tuple[Chapter, ...]:
    """The chapters, from heading to heading.

    Headings in a row (part, number, title) open one chapter, and so does text before the first heading. Headings of the
    lowest level, as `Rukia's POV`, open chapters only where there are no others.
    """
    levels = {heading.level for heading in outline.headings.values()}
    deepest = 3 if levels == {3} else 2
    openings: list[tuple[int, str | None]] = []
    last_paragraph = -1
    end = 0
    row: list[int] = []
    for k, block in enumerate(blocks):
        if block.role == "heading":
            heading = outline.headings.get(starts[k])
            if row or heading is None or heading.level <= deepest:
                row.append(k)
        elif block.role == "paragraph":
            if row or last_paragraph < 0:
                openings.append(
                    (block.start if not row else blocks[row[0]].start, _chapter_title(outline, blocks, starts, row))
                )
            row = []
            last_paragraph = k
        if block.role not in ("back_matter", "front_matter"):
            end = block.end
    if row:  # a heading without text below it
        openings.append((blocks[row[0]].start, _chapter_title(outline, blocks, starts, row)))
    if not openings:
        return ()
    ends = [start for start, _ in openings[1:]] + [max(end, openings[-1][0])]
    return tuple(
        Chapter(f"chapter-{n}", title, start, stop)
        for n, ((start, title), stop) in enumerate(zip(openings, ends, strict=True), 1)
    )


def _chapter_title(outline: Outline, blocks: tuple[Block, ...], starts: list[int], row: list[int]) -> str | None:
    """A chapter's title: its headings as one line."""
    headings = [outline.headings.get(starts[k]) for k in row]
    deep = [head is not None and head.level == 3 for head in headings]
    row = [
        k for n, k in enumerate(row) if not deep[n] or all(deep)
    ]  # the heading of its first section is not its title
    row = row if len(row) == 1 else [k for k in row if not _is_lone_division(outline, starts[k])] or row
    titles = [plain_heading(outline.text[blocks[k].start : blocks[k].end].rstrip("=-\n")) for k in row]
    titles = _without_repeats([title for title in titles if title], outline.words.headings)
    return ": ".join([*(title.rstrip(" .:") for title in titles[:-1]), titles[-1]]) if titles else None


def _is_lone_division(outline: Outline, i: int) -> bool:
    """Whether a heading is `Volume 1` in a file that has no second volume."""
    heading = outline.headings.get(i)
    if heading is None or heading.level != 1 or heading.number != 1:
        return False
    shape = read_heading(outline.short[i], outline.words.headings)
    others = [other for k, other in outline.headings.items() if k != i and other.level == 1]
    return shape is not None and not shape.titled and not others


def _without_repeats(titles: list[str], words: HeadingWords) -> list[str]:
    """Titles in a row without those that another one says too: `Chapter One: Ash` and `Chapter 1 Ash`."""
    kept: list[str] = []
    for title in titles:
        if kept and _same_heading(kept[-1], title, words):
            kept[-1] = max(kept[-1], title, key=len)
        else:
            kept.append(title)
    return kept


def _same_heading(first: str, second: str, words: HeadingWords) -> bool:
    if first == second:
        return True
    a, b = words.keyword_first.fullmatch(first), words.keyword_first.fullmatch(second)
    if a is None or b is None or a["keyword"].lower() != b["keyword"].lower():
        return False
    rests = ["".join(c for c in match["rest"].casefold() if c.isalnum()) for match in (a, b)]
    same = rests[0] == rests[1] or not all(rests)
    return same and number_of(a["number"], words) == number_of(b["number"], words)
