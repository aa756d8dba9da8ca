"""Reading → Fountain (https://fountain.io/syntax), for table reads: speech under names, the rest as action.

A tag becomes a parenthetical under the name (`(she whispered)`), so that one utterance stays one piece of dialogue,
unless its sentence continues in the narration. Quotation marks are dropped, as in plays. A chapter becomes a section
and a forced scene heading, because sections are not printed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.script_lines import ScriptLine, script_lines
from dramaturg.exporters.common.titles import title_of
from dramaturg.formatting import one_line
from dramaturg.phrases import is_guess
from dramaturg.reading import Reading, SegmentKind

ABOUT = "Fountain, the screenplay format, for table reads"
SUFFIX = ".fountain"
UNKNOWN = "SOMEBODY"
EMPHASIS = re.compile(r"([\\*_])")
# A line of action that Fountain would read as something else needs `!` before it.
MISREAD = re.compile(r"[.@~>#=!(]|(?:int|ext|est|i/e)[. /]", re.IGNORECASE)
# A character's name that needs no `@`: only capitals, and not like a scene heading or a transition.
PLAIN_NAME = re.compile(r"(?!(?:INT|EXT|EST|I/E)\b)[A-Z][A-Z0-9 .'’-]*(?<!TO)")
# One mark, or two typed as a double one. A dash can open speech but never closes it.
OPENING = re.compile(r"(?P<mark>''|``|[“„\"‘'«‹»›]|)(?:[—–]|--?|)\s*")
# A closing mark is of the same kind as the opening one: speech that continues in the next paragraph may end in the mark
# of a quotation inside it.
DOUBLE, SINGLE = re.compile(r"''|[”“\"»«]"), re.compile(r"[’'›‹]")
DOUBLE_OPENING = frozenset(["''", "``", *'“„"«»'])


def to_text(reading: Reading, *, leave_out_tags: bool = False, notes: bool = False) -> str:
    """The story as a Fountain script.

    `leave_out_tags`: leave out “he said”, since the name is above the line
    `notes`: include author's notes, summaries, front and back matter as notes, which are not printed
    """
    display = DisplayText(reading)
    lines = [
        line for line in script_lines(reading, leave_out_tags=leave_out_tags) if line.aloud or line.kind == "break"
    ]
    titles = {n for n, block in enumerate(reading.story.blocks, 1) if block.role == "title"}
    elements = _title_page(reading)
    lines = [line for line in lines if line.kind != "heading" or line.paragraph not in titles]
    for _, group in groupby(lines, key=_group_of):
        of_paragraph = list(group)
        kind = of_paragraph[0].kind
        if kind == "break":
            elements.append("> * * * <")
        elif kind == "heading":
            words = _shown(display, of_paragraph).replace("\n", " ")
            elements.append(f"# {words}\n\n.{words.lstrip('.').upper()}")
        elif kind in ("note", "matter"):
            if notes:
                elements.append(f"[[{_shown(display, of_paragraph)}]]")
        else:
            elements.extend(_paragraph(reading, display, of_paragraph))
    return "\n\n".join(elements) + "\n"


def _group_of(line: ScriptLine) -> tuple[int | None, SegmentKind | None]:
    """The group that a line belongs to: its paragraph, a break, or consecutive headings, which form one scene."""
    is_whole = line.kind in ("heading", "break")
    return (None, line.kind) if is_whole else (line.paragraph, None)


def _title_page(reading: Reading) -> list[str]:
    source = reading.story.source
    lines = [f"Title: {_escape(title_of(reading))}"]
    if source.author:
        lines += ["Credit: by", f"Author: {_escape(one_line(source.author))}"]
    return ["\n".join(lines)]


def _paragraph(reading: Reading, display: DisplayText, lines: list[ScriptLine]) -> Iterable[str]:
    """The elements of one paragraph: action, and dialogue, which includes tags that end their sentence."""
    for is_spoken, group in groupby(_with_tags(lines), key=lambda pair: pair[1]):
        of_piece = [line for line, _ in group]
        if is_spoken:
            yield from _dialogue(reading, display, of_piece)
        else:
            yield _action(_shown(display, of_piece))


def _with_tags(lines: list[ScriptLine]) -> Iterator[tuple[ScriptLine, bool]]:
    """Each line of a paragraph, and whether it belongs to dialogue: speech does, and a tag after it.

    A tag that continues in narration (“said Tom, and rose”) stays with the narration, so that action is whole
    sentences.
    """
    is_spoken = False
    for n, line in enumerate(lines):
        following = lines[n + 1] if n + 1 < len(lines) else None
        goes_on = following is not None and following.kind != "speech" and not line.text.endswith((".", "!", "?", "…"))
        is_spoken = line.kind == "speech" or (line.kind == "tag" and is_spoken and not goes_on)
        yield line, is_spoken


def _dialogue(reading: Reading, display: DisplayText, lines: list[ScriptLine]) -> Iterator[str]:
    """Speech under the names of its speakers, with tags between the lines."""
    said: list[str] = []
    for line in lines:
        if line.kind == "tag":
            words = _shown(display, [line])
            said.append(f"({words.strip(' ,.;:').replace(chr(10), ' ')})")
            continue
        words = _shown(display, [_without_marks(line)])
        name = _name(reading, line)
        if not said or name != said[0]:
            if said:
                yield "\n".join(said)
            said = [name]
        said += [_spoken(part) for part in words.split("\n") if part.strip()]
    yield "\n".join(said)


def _name(reading: Reading, line: ScriptLine) -> str:
    name = one_line(reading.name_of(line.speaker) or UNKNOWN).upper()
    guess = " (?)" if line.quotation is not None and is_guess(line.quotation) else ""  # an extension, not another name
    return (name if PLAIN_NAME.fullmatch(name) else f"@{_escape(name.replace('(', '').replace(')', ''))}") + guess


def _without_marks(line: ScriptLine) -> ScriptLine:
    """Speech without the quotation marks around it. Marks of quotations inside it and apostrophes stay."""
    opening = OPENING.match(line.text)
    start = opening.end() if opening else 0
    end = len(line.text)
    if opening and opening["mark"]:
        width = len(opening["mark"])
        closing_mark = DOUBLE if opening["mark"] in DOUBLE_OPENING else SINGLE
        closing = closing_mark.match(line.text, max(start, end - width))
        end = end - width if closing and closing.end() == end else end
    if start >= end:
        return line
    return replace(line, start=line.start + start, end=line.start + end, text=line.text[start:end])


def _spoken(words: str) -> str:
    """A line of speech. A leading parenthesis is escaped, since it is not a parenthetical."""
    bare = words.strip()
    return f"\\{bare}" if bare.startswith("(") else bare


def _action(words: str) -> str:
    words = words.strip().lstrip(",;: ") or words
    return "\n".join(f"!{part}" if _is_misread(part) else part for part in words.split("\n"))


def _is_misread(line: str) -> bool:
    return MISREAD.match(line) is not None or (line.upper() == line and any(c.isalpha() for c in line))


def _shown(display: DisplayText, lines: list[ScriptLine]) -> str:
    shown = []
    for line in lines:
        for run in display.runs(line.start, line.end):
            words = _escape(run.text)
            bare = words.strip()
            if (
                run.emphasis and bare and "\n" not in bare
            ):  # Fountain's emphasis cannot span lines or begin with a space
                words = words.replace(bare, f"*{bare}*", 1)
            shown.append(words)
        shown.append(" " if line.space else "")
    return "".join(shown).strip()


def _escape(text: str) -> str:
    """A text with Fountain's mark-up escaped: emphasis, comments (`/*`) and notes (`[[`)."""
    return EMPHASIS.sub(r"\\\1", text).replace("[[", "[ [").replace("]]", "] ]")
