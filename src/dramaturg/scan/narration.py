"""Whether a sentence tells rather than speaks: a third person, a past tense, no I and no you."""

import re

_PAST = re.compile(
    r"(?:[\w’'-]+\s+){1,4}?(?:[a-z]+ed|was|were|had|did|went|came|took|sat|stood|put|left|got|gave|made|ran|fell|felt|held"
    r"|kept|saw|heard|knew|began|broke|drew|rose|shook|threw|lay|led|let|set|bent|caught|brought|found|turned|could|would"
    r"|thought|read|shut|spoke|struck|swung|wore|blew|drank|ate|slid|paid|met|told|said)\b"
)
_THIRD = re.compile(r"(?!(?:It|There|That|This|I)\b)(?:He|She|They|His|Her|Their|The|Then|A|An|[A-Z][a-z]+)\b")
_NEAR = re.compile(r"\b(?:I|you|we|me|my|your|us|our|is|are|am|will|don[’']t|isn[’']t|[Yy]ou’?r?e?|can|has|have)\b")
_CLAUSE_END = re.compile(r"[.!?…;:]")
BEGINNING = 120  # characters in which the verb must come
LOOK = 400  # characters of a sentence looked at


def speaks(text: str, start: int, end: int) -> bool:
    """Whether the clause at `start` has an I, a you or a present tense, as speech has."""
    return _NEAR.search(text, start, _clause_end(text, start, end)) is not None


def tells(text: str, start: int, end: int) -> bool:
    """Whether the clause at `start` has somebody else and a past tense, as narration has, and no question or shout."""
    if not (_THIRD.match(text, start, end) and _PAST.match(text, start, min(end, start + BEGINNING))):
        return False
    stop = _clause_end(text, start, end)
    return text[stop : stop + 1] not in ("?", "!") and _NEAR.search(text, start, stop) is None


def _clause_end(text: str, start: int, end: int) -> int:
    """Where the point stands that ends the clause at `start`, or where the search gives up."""
    limit = min(end, start + LOOK)
    stop = _CLAUSE_END.search(text, start, limit)
    return stop.start() if stop else limit
