"""Markdown → Story: plain text whose mark-up shows headings, breaks and emphasis. This mark-up stays in the text.

It covers what stories use of CommonMark: ATX and setext headings, thematic breaks, block quotations, emphasis. Where
paragraphs are separated by a single newline, as many writers do, lines are grouped into paragraphs as in plain text.
"""

import re
from collections.abc import Sequence

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language, StructureWords
from dramaturg.sources.build import build_story
from dramaturg.sources.decode import decode
from dramaturg.sources.emphasis import find_emphasis
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.lines import RawBlock, find_lines, find_raw_blocks
from dramaturg.sources.markdown_marks import without_marks
from dramaturg.sources.structure import find_structure
from dramaturg.sources.wrapping import Line, find_wrapping
from dramaturg.story import Story

FOOTNOTE = re.compile(r"\[\^[\w-]{1,40}\]:")
ATX = re.compile(r"(?P<level>#{1,6})[ \t]+\S")
FOOTNOTE_INDENT = 4  # of the paragraphs of a footnote after its first
UNDERLINE = re.compile(r"=+|-+")
MAX_SETEXT_CHARACTERS = 200  # of a heading that is underlined
SIGNS = (
    re.compile(r"^#{1,6} +\S[^\n]{0,200}$", re.MULTILINE),
    re.compile(r"\*\*[^\s*][^\n*]{0,200}\*\*"),
    re.compile(r"(?<![\w*])\*[^\s*][^\n*]{0,200}\*(?![\w*])"),
    re.compile(r"\[[^\]\n]{1,200}\]\(https?://"),
    re.compile(r"^> \S", re.MULTILINE),
    re.compile(r"^[^\n]{1,80}\n(?:={3,}|-{3,})$", re.MULTILINE),
)


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of a Markdown file. Raises UnreadableStory if they are not text."""
    decoded, warnings = decode(data, name)
    text, left_out = without_marks(decoded)
    labels = read_front_matter(text)
    structure = find_structure(text, _find_blocks(text, language.structure), language.structure)
    return build_story(
        data,
        name,
        "markdown",
        text,
        structure,
        emphasis=find_emphasis(text, structure.blocks),
        language=find_language(text),
        title=labels.get("title"),
        author=labels.get("author"),
        metadata=structure.metadata | labels,
        warnings=warnings,
        left_out=left_out,
    )


FRONT_MATTER = re.compile(r"---[ \t]*\n(?=[\w#-]).{0,20000}?\n(?:---|\.\.\.)[ \t]*(?=\n|\Z)", re.DOTALL)
LABEL = re.compile(r"^[ \t]*([\w-]+):[ \t]+([^\s|>\[{&*#][^\n]*?)[ \t]*$", re.MULTILINE)


def read_front_matter(text: str) -> dict[str, str]:
    """The labels with a value of one line in the YAML that a file may start with. Lists and longer values are left.

    >>> read_front_matter('---\\ntitle: "The Weir"\\ntags: [draft]\\nauthor: Jo Writer\\n---\\n\\nShe ran.')
    {'title': 'The Weir', 'author': 'Jo Writer'}
    """
    match = FRONT_MATTER.match(text)
    labels: dict[str, str] = {}
    for name, value in LABEL.findall(match.group()) if match else ():
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        labels.setdefault(name.lower(), value[1:-1] if quoted else value)
    return labels


def looks_like_markdown(sample: str) -> bool:
    """Whether a text has a heading with `#` and at least one other sign of Markdown.

    >>> looks_like_markdown("# Ashes\\n\\nShe *ran*.")
    True
    >>> looks_like_markdown("#\\n\\nShe *ran*.")
    False
    """
    return SIGNS[0].search(sample) is not None and any(sign.search(sample) for sign in SIGNS[1:])


def _find_blocks(text: str, words: StructureWords) -> list[RawBlock]:
    """The blocks of the text. Headings and scene breaks in mark-up have their roles."""
    lines = find_lines(text)
    wrapping = find_wrapping(text, lines)
    blocks: list[RawBlock] = []
    plain: list[Line] = []
    front = FRONT_MATTER.match(text)
    if front:
        n_front = sum(line.start < front.end() for line in lines)
        blocks.append(RawBlock(lines[0].start, lines[n_front - 1].end, 0, 0, n_front, "front_matter"))
        lines = lines[n_front:]
    in_footnote = False
    for i, line in enumerate(lines):
        heading = _heading(text, lines, i)
        starts_footnote = FOOTNOTE.match(text, line.start, line.end) is not None
        in_footnote = starts_footnote or (in_footnote and (line.gap == 0 or line.indent >= FOOTNOTE_INDENT))
        if in_footnote:
            blocks.extend(find_raw_blocks(text, plain, wrapping, words))
            plain = []
            blocks.append(RawBlock(line.start, line.end, line.gap, line.indent, 1, "back_matter"))
            continue
        if heading is None and not _is_break(text, line):
            plain.append(line)
            continue
        if heading and heading.n_lines == 2:
            plain.pop()
        blocks.extend(find_raw_blocks(text, plain, wrapping, words))
        plain = []
        blocks.append(heading or RawBlock(line.start, line.end, line.gap, line.indent, 1, "scene_break"))
    blocks.extend(find_raw_blocks(text, plain, wrapping, words))
    return blocks


def _heading(text: str, lines: Sequence[Line], i: int) -> RawBlock | None:
    """Line `i` as a heading, or the line above it that line `i` underlines with = or -; None where it does neither."""
    line = lines[i]
    match = ATX.match(text, line.start, line.end)
    if match and line.indent < 4:
        return RawBlock(line.start, line.end, line.gap, line.indent, 1, "heading", len(match["level"]))
    if i and line.gap == 0 and UNDERLINE.fullmatch(text, line.start, line.end):
        above = lines[i - 1]
        first = above.gap > 0 or i == 1
        if (
            first
            and above.end - above.start <= MAX_SETEXT_CHARACTERS
            and text[above.start] not in "#>=-"
            and not _is_break(text, above)
            and text[above.end - 1] not in '.,;:”"'
        ):
            level = 1 if text[line.start] == "=" else 2
            return RawBlock(above.start, line.end, above.gap, above.indent, 2, "heading", level)
    return None


def _is_break(text: str, line: Line) -> bool:
    marks = set(text[line.start : line.end]) - {" ", "\t"} if text[line.start] in "*-_" else set()
    return len(marks) == 1 and text.count(marks.pop(), line.start, line.end) >= 3
