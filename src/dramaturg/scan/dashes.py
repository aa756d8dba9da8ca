"""Speech that a dash at the start of a line sets apart: —Come in, said he. I have it here.

Nothing marks where such speech ends. It stops before a tag; after the tag's sentence it goes on, unless that
reads as narration. The words that follow are English ones, but a dash on both sides of a tag is heeded in any
language: — Entrez, — dit-il. — Je suis là.
"""

import re
from collections.abc import Iterator
from itertools import islice

from dramaturg.scan.narration import speaks, tells
from dramaturg.scan.tags import find_tag
from dramaturg.story import Block

_LEAD = re.compile(r"[_*]{0,2}(?P<dash>—+|―+|–+|-{1,3}|‒|−)[ \t\u00a0\u2009\u200a]*(?=[\w¿¡…('‘’“\"_*])(?!\d)")
_LIST_LIKE = frozenset("-–‒−")
_TURN = re.compile(r"(?<=[.!?…—-])[ \t]*\n\s*(?=(?:—|―|--)[ \t]*\w)")
_SAYING_MARKS = re.compile(r"[?!]")
_ENDING = re.compile(r"[.!?…,:;—–-][\"”’')_*]*$")
# What may end a tag: a full stop, a comma, a dash. After a comma or colon a tag may also just go on telling.
_BREAK = re.compile(r"(?<![.!?…])[.!?…]++[\"”’')_*]*+\s+|\s[—―–-]+\s*|[,;:]\s+")
_GOES_ON_TELLING = re.compile(
    r"(?:[a-z]+ing\b|and\b|as\b|with|his\b|her\b|their\b|in\b|at\b|on\b|while\b|when\b|from\b|to\b|for\b|then\b|a\b"
    r"|the\b|[a-z]+ly\b|[a-z]+ed\b|not\b|who\b|after\b|before\b|without\b|still\b|half\b|by\b|though\b|which\b|he\b|she\b|they\b)"
)
# After a semicolon or a colon only this goes on telling, or what a dash ends before speech goes on.
_TELLS_ON = re.compile(
    r"(?:(?:and|but|then|for)\s+)?(?:he|she|they|it|his|her|their|the|a)\s+(?:\w+\s+){0,3}?"
    r"(?:was|were|had|[a-z]+ed|took|went|gave|stood|sat|came|turned)\b|and\s"
)
_DASHED = re.compile(r"\s[—―–]\s")
_SET_OFF = re.compile(r"(?P<point>[,.!?…;])\s[—―–]\s+(?=[a-z])")
LISTS = 3  # turns that a story must have before its hyphens count as dashes of speech
SAMPLE = 20_000  # paragraphs looked at
SHARE = 0.2  # of the paragraphs that open with speech, at least so many must open with a dash
LOOK = 400  # characters of a paragraph's end or start looked at


def find_dash_style(text: str, paragraphs: tuple[Block, ...], n_led_by_marks: int) -> bool:
    """Whether dashes at the start of paragraphs carry speech in this story."""
    n_turns = n_said = n_list_like = 0
    for block in islice(paragraphs, SAMPLE):
        lead = _lead(text, block)
        if lead is None or not _ENDING.search(text[max(lead.end(), block.end - 6) : block.end]):
            continue
        n_turns += 1
        n_list_like += lead["dash"] in _LIST_LIKE
        head = text[lead.end() : min(block.end, lead.end() + LOOK)]
        n_said += _SAYING_MARKS.search(head) is not None or find_tag(head, 0, len(head)) is not None
    if n_turns == 0 or n_turns < SHARE * (n_turns + n_led_by_marks):
        return False
    if n_list_like * 2 > n_turns and n_turns < LISTS:
        return False
    return n_said * 3 >= n_turns and (n_turns >= 2 or n_said >= 1)


def _lead(text: str, block: Block) -> "re.Match[str] | None":
    return _LEAD.match(text, block.start, min(block.end, block.start + 20))


def find_turns(text: str, block: Block) -> list[list[tuple[int, int]]]:
    """The turns of speech in a paragraph that a dash opens: for each, its stretches, the dash included."""
    lead = _lead(text, block)
    if lead is None or text[lead.end()] in '“"‘«„':
        return []
    starts = [block.start, *(match.end() for match in _TURN.finditer(text, block.start, block.end))]
    turns = []
    for start, end in zip(starts, [*starts[1:], block.end], strict=True):
        stretches = [span for span in _turn(text, start, end) if any(map(str.isalnum, text[span[0] : span[1]]))]
        if stretches:
            turns.append(stretches)
    return turns


def _turn(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches of speech of one turn, tags between them left out."""
    at = start
    while at < end:
        tag = _first_tag(text, at + 1, end)
        if tag is None:
            yield _trim(text, at, end)
            return
        yield _trim(text, at, tag[0])
        resumed = _resume(text, tag[1], end)
        if resumed is None:
            return
        at = resumed


def _first_tag(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The first tag: English words of saying, or anything in lower case between spaced dashes after a point."""
    tag = find_tag(text, start, end)
    between = _SET_OFF.search(text, start, tag[0] + 1 if tag else end)
    if between and (tag is None or between.start() < tag[0]):
        return between.end("point"), between.end()
    return tag


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _resume(text: str, tag_end: int, end: int) -> int | None:
    """Where speech goes on after a tag, or None."""
    directly = True  # nothing but the tag's own words so far
    for match in _BREAK.finditer(text, tag_end, end):
        at = match.end()
        point = match.group().strip()[:1]
        if at >= end:
            return None
        if point in "—―–-":  # the dash opens what goes on
            return match.start() + len(match.group()) - len(match.group().lstrip())
        if text[at] in "—―–":
            return at
        if point in ".!?…":
            return None if tells(text, at, end) else at
        if point in ";:" and not _TELLS_ON.match(text, at, end) and not _DASHED.search(text, at, min(end, at + LOOK)):
            return at
        if not _GOES_ON_TELLING.match(text, at, end) and (
            (point == "," and directly and match.start() == tag_end) or speaks(text, at, end)
        ):
            return at
        directly = False
    return None
