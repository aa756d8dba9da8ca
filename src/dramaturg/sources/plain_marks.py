"""Marks in plain text that was copied from elsewhere: entities of HTML, BBCode of forums, pages of a PDF."""

import re
from collections import Counter
from html import unescape
from itertools import pairwise

ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")
MIN_ENTITIES = 3  # fewer may be talk of them

BBCODE = re.compile(
    r"\[(?P<end>/?)(?P<tag>i|b|u|s|em|strong|hr|center|centre|left|right|justify|indent|size|font|colou?r|url|spoiler|"
    r"quote|sup|sub|img)(?:=[^\]\n]{0,300})?\]",
    re.IGNORECASE,
)
BBCODE_PICTURE = re.compile(r"\[img(?:=[^\]\n]{0,300})?\][^\[\]\n]{0,500}\[/img\]", re.IGNORECASE)
BOLD_LINE = re.compile(r"^\[b\]([^\n\[\]]{1,200})\[/b\][ \t]*$", re.IGNORECASE | re.MULTILINE)  # a heading
BBCODE_MARKS = {"i": "*", "em": "*", "b": "**", "strong": "**"}
MIN_BBCODE = 4  # tags

PAGE_BREAK = "\f"
MIN_PAGES = 3
MAX_HEAD_LINES = 3  # of a page, where its running head is looked for
MAX_FOOT_LINES = 2
MIN_HEAD_SHARE = 0.4  # of the pages: left and right pages may have different heads
MAX_HEAD_CHARACTERS = 100
PAGE_NUMBER = re.compile(r"[-–—\[( ]*(?:\d{1,4}|[ivxlc]{1,6})[-–—\]) ]*")
NUMBERS = re.compile(r"\d+")
SENTENCE_END = ".!?…\"”’'»)*"


def without_plain_marks(text: str) -> str:
    """The text with entities and BBCode as what they show, and the pages of a PDF as one text.

    >>> without_plain_marks("[b]One[/b]\\n\\nShe [i]ran[/i].\\n\\n[hr][/hr]\\n\\nIt rained.")
    'One\\n\\nShe *ran*.\\n\\n***\\n\\nIt rained.'
    """
    if text.count("&") >= MIN_ENTITIES and len(ENTITY.findall(text)) >= MIN_ENTITIES:
        text = ENTITY.sub(lambda match: unescape(match.group()), text)
    if text.count("[/") >= MIN_BBCODE // 2 and len(BBCODE.findall(text)) >= MIN_BBCODE:
        text = BBCODE.sub(_mark, BOLD_LINE.sub(r"\1", BBCODE_PICTURE.sub("", text)))
    if PAGE_BREAK not in text:
        text = _with_page_breaks(text)
    return _join_pages(text) if text.count(PAGE_BREAK) >= MIN_PAGES - 1 else text


def _with_page_breaks(text: str) -> str:
    """The text with a form feed after each page number, if the same running head follows most of them.

    The numbers stand alone between blank lines and count up by one. Programs that convert PDFs leave them there.
    """
    found = list(LONE_NUMBER.finditer(text))
    numbers = [int(match[1]) for match in found]
    if len(found) < MIN_PAGES - 1 or any(b != a + 1 for a, b in pairwise(numbers)):
        return text
    places = [0, *(match.start() for match in found)]
    sizes = sorted(b - a for a, b in pairwise(places))
    if places[1] < MIN_FIRST_PAGE * sizes[len(sizes) // 2] or sizes[-1] > MAX_PAGE_CHARACTERS:
        return text  # numbers of chapters stand before their text, and far apart
    heads = Counter(match[1].strip() for number in found if (match := NEXT_LINE.match(text, number.end())))
    if not heads or heads.most_common(1)[0][1] < max(2, MIN_HEAD_SHARE * len(found)):
        return text
    ends = [0, *(match.end() for match in found), len(text)]
    text = PAGE_BREAK.join(text[a:b] for a, b in pairwise(ends))
    text = CUT_SENTENCE.sub(r"\1 ", text)
    body, outline, titles = text.rpartition(OUTLINE)
    for title in titles.split("\n") if outline else ():  # those that were taken for one line with the text below
        if title.strip():
            body = body.replace(f"\n\n{title.strip()} ", f"\n\n{title.strip()}\n\n")
    return body + outline + titles


MIN_FIRST_PAGE = 0.4  # of the usual length of a page, before the first page number
MAX_PAGE_CHARACTERS = 6000  # of a printed page
OUTLINE = "\nDocument Outline\n"  # the list of titles that pdftohtml writes at the end
LONE_NUMBER = re.compile(r"(?<=\n\n)[ \t]*(\d{1,4})[ \t]*(?=\n\n)")
NEXT_LINE = re.compile(r"\s*(\S[^\n]{0,99})(?=\n)")
CUT_SENTENCE = re.compile(
    r"([,;][\"”’]?|[^\n]{40}[a-z])\n\n(?=[a-z])"
)  # a line of the page that was taken for a paragraph


def _mark(match: re.Match[str]) -> str:
    tag = match["tag"].lower()
    if tag == "hr":
        return "" if match["end"] else "***"
    return BBCODE_MARKS.get(tag, "")


def _join_pages(text: str) -> str:
    """The pages as one text, without running heads and page numbers."""
    pages = [page.strip("\n").split("\n") for page in text.split(PAGE_BREAK)]
    heads = Counter(key for page in pages for key in set(_edges(page).values()))
    n_pages = sum(any(line.strip() for line in page) for page in pages)
    repeated = {key for key, n in heads.items() if n >= max(2, MIN_HEAD_SHARE * n_pages)}
    kept = [_without_edges(page, repeated) for page in pages]
    kept = [page for page in kept if page]
    spaced = sum(not line.strip() for page in kept for line in page) >= 0.2 * sum(map(len, kept))
    pieces = []
    for page in kept:
        pieces.append("\n".join(page))
        ends = page[-1].rstrip()[-1] in SENTENCE_END
        pieces.append("\n\n" if spaced and ends else "\n")
    return "".join(pieces[:-1])


def _edges(page: list[str]) -> dict[int, tuple[str, str]]:
    """The first and last lines of a page that are not blank, each with its edge and its text without numbers."""
    filled = [i for i, line in enumerate(page) if line.strip()]
    bottom = filled[-MAX_FOOT_LINES:]
    top = [i for i in filled[:MAX_HEAD_LINES] if i not in bottom]
    return {i: (edge, key_of_line(page[i])) for edge, lines in (("top", top), ("bottom", bottom)) for i in lines}


def key_of_line(line: str) -> str:
    """A line without its numbers, which running heads and page numbers share with those of other pages."""
    line = " ".join(line.split())
    return "0" if PAGE_NUMBER.fullmatch(line) else NUMBERS.sub("0", line[:MAX_HEAD_CHARACTERS])


def _without_edges(page: list[str], repeated: set[tuple[str, str]]) -> list[str]:
    """The lines of a page from the first to the last that is not a running head, a page number or blank."""
    edges = _edges(page)
    seen: set[tuple[str, str]] = set()
    first, last = 0, len(page)
    while first < last and (not page[first].strip() or edges.get(first) in repeated - seen):
        seen.add(edges.get(first, ("", "")))  # a title below a running head may be the same
        first += 1
    while last > first and (not page[last - 1].strip() or edges.get(last - 1) in repeated):
        last -= 1
    return page[first:last]
