"""Markdown → Story: plain text in which mark-up says what is a heading, a break, emphasised. It stays in the text.

The parts of CommonMark that stories use: ATX and setext headings, thematic breaks, block quotations, emphasis.
Where one newline stands between paragraphs, as people do who write stories, the lines are told apart as in plain text.
"""

import re
from collections.abc import Sequence

from dramaturg.sources.build import build_story
from dramaturg.sources.decode import decode
from dramaturg.sources.emphasis import find_emphasis
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.lines import Line, Piece, find_habit, find_lines, find_pieces
from dramaturg.sources.structure import find_structure
from dramaturg.story import Story

ATX = re.compile(r"(?P<level>#{1,6})[ \t]+\S")
UNDERLINE = re.compile(r"=+|-+")
MAX_SETEXT = 200  # characters of a heading that is underlined
SIGNS = (
    re.compile(r"^#{1,6} +\S[^\n]{0,200}$", re.MULTILINE),
    re.compile(r"\*\*[^\s*][^\n*]{0,200}\*\*"),
    re.compile(r"(?<![\w*])\*[^\s*][^\n*]{0,200}\*(?![\w*])"),
    re.compile(r"\[[^\]\n]{1,200}\]\(https?://"),
    re.compile(r"^> \S", re.MULTILINE),
    re.compile(r"^[^\n]{1,80}\n(?:={3,}|-{3,})$", re.MULTILINE),
)


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> Story:
    """The story in the bytes of a Markdown file. Raises UnreadableStory where there is none."""
    text, warnings = decode(data, name)
    structure = find_structure(text, _pieces(text))
    return build_story(
        data,
        name,
        "markdown",
        text,
        structure,
        emphasis=find_emphasis(text, structure.blocks),
        language=find_language(text),
        warnings=warnings,
    )


def looks_like_markdown(sample: str) -> bool:
    """For text without a file name: a heading by `#` and one sign more.

    >>> looks_like_markdown("# Ashes\\n\\nShe *ran*.")
    True
    >>> looks_like_markdown("#\\n\\nShe *ran*.")
    False
    """
    return SIGNS[0].search(sample) is not None and any(sign.search(sample) for sign in SIGNS[1:])


def _pieces(text: str) -> list[Piece]:
    """The pieces of the text, those that mark-up decides on with their role."""
    lines = find_lines(text)
    habit = find_habit(text, lines)
    pieces: list[Piece] = []
    plain: list[Line] = []
    for i, line in enumerate(lines):
        heading = _heading(text, lines, i)
        if heading is None and not _is_break(text, line):
            plain.append(line)
            continue
        if heading and heading.n_lines == 2:
            plain.pop()
        pieces.extend(find_pieces(text, plain, habit))
        plain = []
        pieces.append(heading or Piece(line.start, line.end, line.gap, line.indent, 1, "scene_break"))
    pieces.extend(find_pieces(text, plain, habit))
    return pieces


def _heading(text: str, lines: Sequence[Line], i: int) -> Piece | None:
    """The heading that line `i` is, or (a line of = or -) that it makes of the line above it."""
    line = lines[i]
    match = ATX.match(text, line.start, line.end)
    if match and line.indent < 4:
        return Piece(line.start, line.end, line.gap, line.indent, 1, "heading", len(match["level"]))
    if i and line.gap == 0 and UNDERLINE.fullmatch(text, line.start, line.end):
        above = lines[i - 1]
        first = above.gap > 0 or i == 1
        if (
            first
            and above.end - above.start <= MAX_SETEXT
            and text[above.start] not in "#>=-"
            and not _is_break(text, above)
            and text[above.end - 1] not in '.,;:”"'
        ):
            level = 1 if text[line.start] == "=" else 2
            return Piece(above.start, line.end, above.gap, above.indent, 2, "heading", level)
    return None


def _is_break(text: str, line: Line) -> bool:
    marks = set(text[line.start : line.end]) - {" ", "\t"} if text[line.start] in "*-_" else set()
    return len(marks) == 1 and text.count(marks.pop(), line.start, line.end) >= 3
