"""Speech that is marked by a dash at the start of a line: —Come in, said he. I have it here.

Nothing marks the end of such speech. It stops before a tag, and goes on after the tag's sentence unless what follows
reads as narration. Tags are known by the words of the story's language, or by a dash on both sides in any language:
— Entrez, — dit-il. — Je suis là.
"""

import re
from collections.abc import Iterator
from itertools import islice

from dramaturg.lexicon.language import Language
from dramaturg.scan.narration import has_spoken_words, is_narration
from dramaturg.scan.tags import find_tag
from dramaturg.story import Block

_LEAD = re.compile(r"[_*]{0,2}(?P<dash>—+|―+|–+|-{1,3}|‒|−)[ \t\u00a0\u2009\u200a]*(?=[\w¿¡…('‘’“\"_*])(?!\d)")
_LIST_LIKE = frozenset("-–‒−")
_TURN = re.compile(r"(?<=[.!?…—-])[ \t]*\n\s*(?=(?:—|―|--)[ \t]*\w)")
_SAYING_MARKS = re.compile(r"[?!]")
_ENDING = re.compile(r"[.!?…,:;—–-][\"”’')_*]*$")
# What may end a tag: a full stop, a comma, a dash. After a comma or colon a tag may also go on.
_BREAK = re.compile(r"(?<![.!?…])[.!?…]++[\"”’')_*]*+\s+|\s[—―–-]+\s*|[,;:]\s+")
_DASHED = re.compile(r"\s[—―–]\s")
_SET_OFF = re.compile(r"(?P<point>[,.!?…;])\s[—―–]\s+(?=[a-z])")
MIN_HYPHEN_TURNS = 3  # with fewer, hyphens at the start of paragraphs are a list
MAX_PARAGRAPHS = 20_000  # looked at
MIN_DASH_SHARE = 0.2  # of the paragraphs that open with speech
MAX_CHARACTERS = 400  # of a paragraph's start or end looked at


def find_dash_style(text: str, paragraphs: tuple[Block, ...], n_led_by_marks: int, language: Language) -> bool:
    """Whether dashes at the start of paragraphs mark speech in this story.

    `n_led_by_marks`: how many paragraphs begin with a quotation mark.
    """
    n_turns = n_said = n_list_like = 0
    for block in islice(paragraphs, MAX_PARAGRAPHS):
        lead = _lead(text, block)
        if lead is None or not _ENDING.search(text[max(lead.end(), block.end - 6) : block.end]):
            continue
        n_turns += 1
        n_list_like += lead["dash"] in _LIST_LIKE
        head = text[lead.end() : min(block.end, lead.end() + MAX_CHARACTERS)]
        n_said += _SAYING_MARKS.search(head) is not None or find_tag(head, 0, len(head), language) is not None
    if n_turns == 0 or n_turns < MIN_DASH_SHARE * (n_turns + n_led_by_marks):
        return False
    if n_list_like * 2 > n_turns and n_turns < MIN_HYPHEN_TURNS:
        return False
    return n_said * 3 >= n_turns and (n_turns >= 2 or n_said >= 1)


def _lead(text: str, block: Block) -> "re.Match[str] | None":
    return _LEAD.match(text, block.start, min(block.end, block.start + 20))


def find_turns(text: str, block: Block, language: Language) -> list[list[tuple[int, int]]]:
    """The turns of speech in a paragraph that a dash opens: for each, its stretches, the dash included."""
    lead = _lead(text, block)
    if lead is None or text[lead.end()] in '“"‘«„':
        return []
    starts = [block.start, *(match.end() for match in _TURN.finditer(text, block.start, block.end))]
    turns = []
    for start, end in zip(starts, [*starts[1:], block.end], strict=True):
        spans = _turn(text, start, end, language)
        stretches = [span for span in spans if any(map(str.isalnum, text[span[0] : span[1]]))]
        if stretches:
            turns.append(stretches)
    return turns


def _turn(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    """The stretches of speech of one turn, without the tags between them."""
    at = start
    while at < end:
        tag = _first_tag(text, at + 1, end, language)
        if tag is None:
            yield _trim(text, at, end)
            return
        yield _trim(text, at, tag[0])
        resumed = _resume(text, tag[1], end, language)
        if resumed is None:
            return
        at = resumed


def _first_tag(text: str, start: int, end: int, language: Language) -> tuple[int, int] | None:
    """The first tag: by its words, or lower-case words between spaced dashes after a punctuation mark."""
    tag = find_tag(text, start, end, language)
    between = _SET_OFF.search(text, start, tag[0] + 1 if tag else end)
    if between and (tag is None or between.start() < tag[0]):
        return between.end("point"), between.end()
    return tag


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _resume(text: str, tag_end: int, end: int, language: Language) -> int | None:
    """Where speech goes on after a tag, or None."""
    narration = language.narration
    directly = True  # only the tag's own words so far
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
            return None if is_narration(text, at, end, language) else at
        continues = narration.continues_after_colon.match(text, at, end)
        if point in ";:" and not continues and not _DASHED.search(text, at, min(end, at + MAX_CHARACTERS)):
            return at
        if not narration.continues_tag.match(text, at, end) and (
            (point == "," and directly and match.start() == tag_end) or has_spoken_words(text, at, end, language)
        ):
            return at
        directly = False
    return None
