"""Reading → Fountain (https://fountain.io/syntax), for table reads: speech under the speaker's name, the rest action.

A tag is a parenthetical under the name (`(she whispered)`), so that one utterance stays one piece of dialogue, unless
its sentence goes on in the narration; quotation marks are dropped, as in any play. A chapter is a section and a forced
scene heading, which is what is shown.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from dramaturg.exporters.manuscript import Manuscript, title_of
from dramaturg.exporters.script import Line, script_lines
from dramaturg.formatting import one_line
from dramaturg.reading import Reading, SegmentKind

UNKNOWN = "SOMEBODY"
EMPHASIS = re.compile(r"([\\*_])")
# A line of action that would be taken for something else is forced with `!`.
MISREAD = re.compile(r"[.@~>#=!(]|(?:int|ext|est|i/e)[. /]", re.IGNORECASE)
# A character's name that needs no `@`: capitals alone, and nothing that makes it a heading or a transition.
PLAIN_NAME = re.compile(r"(?!(?:INT|EXT|EST|I/E)\b)[A-Z][A-Z0-9 .'’-]*(?<!TO)")
# One mark, or one doubled by a typist; a dash opens speech and closes none.
OPENING = re.compile(r"(?P<mark>''|``|[“„\"‘'«‹»›]|)(?:[—–]|--?|)\s*")
# What closes speech is of the sort that opened it: speech that goes on in the next paragraph may end in a mark of
# what is quoted in it.
DOUBLE, SINGLE = re.compile(r"''|[”“\"»«]"), re.compile(r"[’'›‹]")
DOUBLE_OPENING = frozenset(["''", "``", *'“„"«»'])


def to_text(reading: Reading, *, leave_out_tags: bool = False, notes: bool = False) -> str:
    """The story as a Fountain script.

    `leave_out_tags`: leave out “he said” where the name above says so already
    `notes`: keep author's notes, summaries, front and back matter, as notes that are not printed
    """
    manuscript = Manuscript(reading)
    lines = [
        line for line in script_lines(reading, leave_out_tags=leave_out_tags) if line.aloud or line.kind == "break"
    ]
    titles = {n for n, block in enumerate(reading.story.blocks, 1) if block.role == "title"}
    made = _title_page(reading)
    lines = [line for line in lines if line.kind != "heading" or line.paragraph not in titles]
    for _, group in groupby(lines, key=_piece_of):
        of_paragraph = list(group)
        kind = of_paragraph[0].kind
        if kind == "break":
            made.append("> * * * <")
        elif kind == "heading":
            words = _shown(manuscript, of_paragraph).replace("\n", " ")
            made.append(f"# {words}\n\n.{words.lstrip('.').upper()}")
        elif kind in ("note", "matter"):
            if notes:
                made.append(f"[[{_shown(manuscript, of_paragraph)}]]")
        else:
            made.extend(_paragraph(reading, manuscript, of_paragraph))
    return "\n\n".join(made) + "\n"


def _piece_of(line: Line) -> tuple[int | None, SegmentKind | None]:
    """What is one piece: a paragraph, a break, headings on end, which would be a scene each by themselves."""
    is_whole = line.kind in ("heading", "break")
    return (None, line.kind) if is_whole else (line.paragraph, None)


def _title_page(reading: Reading) -> list[str]:
    source = reading.story.source
    lines = [f"Title: {_escaped(title_of(reading))}"]
    if source.author:
        lines += ["Credit: by", f"Author: {_escaped(one_line(source.author))}"]
    return ["\n".join(lines)]


def _paragraph(reading: Reading, manuscript: Manuscript, lines: list[Line]) -> Iterable[str]:
    """The pieces of one paragraph: action, and dialogue that takes in the tags whose sentence ends with them."""
    for is_spoken, group in groupby(_with_tags(lines), key=lambda pair: pair[1]):
        of_piece = [line for line, _ in group]
        if is_spoken:
            yield from _dialogue(reading, manuscript, of_piece)
        else:
            yield _action(_shown(manuscript, of_piece))


def _with_tags(lines: list[Line]) -> Iterator[tuple[Line, bool]]:
    """Each line of a paragraph, and whether it is part of its dialogue: speech, and a tag that follows it.

    A tag that narration goes on from (“said Tom, and rose”) stays with it, so that the action is whole sentences.
    """
    is_spoken = False
    for n, line in enumerate(lines):
        following = lines[n + 1] if n + 1 < len(lines) else None
        goes_on = following is not None and following.kind != "speech" and not line.text.endswith((".", "!", "?", "…"))
        is_spoken = line.kind == "speech" or (line.kind == "tag" and is_spoken and not goes_on)
        yield line, is_spoken


def _dialogue(reading: Reading, manuscript: Manuscript, lines: list[Line]) -> Iterator[str]:
    """Speech under the names of those who say it, with tags between its lines."""
    said: list[str] = []
    for line in lines:
        if line.kind == "tag":
            words = _shown(manuscript, [line])
            said.append(f"({words.strip(' ,.;:').replace(chr(10), ' ')})")
            continue
        words = _shown(manuscript, [_without_marks(line)])
        name = _name(reading, line)
        if not said or name != said[0]:
            if said:
                yield "\n".join(said)
            said = [name]
        said += [_spoken(part) for part in words.split("\n") if part.strip()]
    yield "\n".join(said)


def _name(reading: Reading, line: Line) -> str:
    name = one_line(reading.name_of(line.speaker) or UNKNOWN).upper()
    return name if PLAIN_NAME.fullmatch(name) else f"@{_escaped(name.replace('(', '').replace(')', ''))}"


def _without_marks(line: Line) -> Line:
    """Speech without the marks around it; those of what is quoted in it stay, and so does an apostrophe."""
    opening = OPENING.match(line.text)
    start = opening.end() if opening else 0
    end = len(line.text)
    if opening and opening["mark"]:
        width = len(opening["mark"])
        sort = DOUBLE if opening["mark"] in DOUBLE_OPENING else SINGLE
        closing = sort.match(line.text, max(start, end - width))
        end = end - width if closing and closing.end() == end else end
    if start >= end:
        return line
    return replace(line, start=line.start + start, end=line.start + end, text=line.text[start:end])


def _spoken(words: str) -> str:
    """A line of speech; a parenthesis that begins it is no direction for the actor."""
    bare = words.strip()
    return f"\\{bare}" if bare.startswith("(") else bare


def _action(words: str) -> str:
    words = words.strip().lstrip(",;: ") or words
    return "\n".join(f"!{part}" if _is_misread(part) else part for part in words.split("\n"))


def _is_misread(line: str) -> bool:
    return MISREAD.match(line) is not None or (line.upper() == line and any(c.isalpha() for c in line))


def _shown(manuscript: Manuscript, lines: list[Line]) -> str:
    shown = []
    for line in lines:
        for run in manuscript.runs(line.start, line.end):
            words = _escaped(run.text)
            bare = words.strip()
            if run.emphasis and bare and "\n" not in bare:  # emphasis ends with its line, and begins at a letter
                words = words.replace(bare, f"*{bare}*", 1)
            shown.append(words)
        shown.append(" " if line.space else "")
    return "".join(shown).strip()


def _escaped(text: str) -> str:
    """A text without Fountain's marks; `[[` would begin a note, and `/*`, with its asterisk escaped, is nothing."""
    return EMPHASIS.sub(r"\\\1", text).replace("[[", "[ [").replace("]]", "] ]")
