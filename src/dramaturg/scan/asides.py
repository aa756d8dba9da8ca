"""Narration in brackets amid speech: “Yes (with a smile), I do.”

The bracket stands inside the marks and yet nobody speaks it: older novels tell so how something is said, and to whom.
What a speaker puts in brackets is left alone; an aside is known by how it begins, and it says neither I nor you.
"""

import re

_ASIDE = re.compile(
    r"\((?:(?:again|still|then|here|[a-z]+ly),?\s+)?"
    r"(?:(?P<participle>[a-z]+)ing\b"
    r"|with\s+(?:a|an|his|her|their|great|much|some)\b"
    r"|in\s+(?:a|an|his|her)\s+(?:[\w-]+\s+){0,3}?(?:tone|voice|whisper|accent|manner)\b"
    r"|(?:he|she)\s+(?:pointed|nodded|turned|looked|paused|smiled|laughed|sighed|added|bowed|shrugged|blushed)\b"
    r"|aside\b|(?:rather\s+)?[a-z]+ingly\s*\)"
    r"|to\s+(?-i:[A-Z])[\w.’']*(?:\s[\w.’']+)?[,.]?\))"
    r"[^()]*",
    re.IGNORECASE,
)
# Participles that speakers begin brackets with: (considering the weather), (being a widow).
_SPEAKERS_OWN = frozenset(
    ["be", "hav", "consider", "includ", "except", "accord", "concern", "regard", "mean", "judg", "suppos", "ow", "do"]
    + [
        "noth",
        "someth",
        "anyth",
        "everyth",
        "dur",
        "k",
        "br",
        "th",
        "go",
        "know",
        "count",
        "bar",
        "barr",
        "even",
        "morn",
    ]
)
_MANNER_OF_SPEAKING = re.compile(r"\([a-z]+ly\s+speaking\)", re.IGNORECASE)  # (comparatively speaking)
_SPOKEN = re.compile(r"\b(?:I|you|me|my|your|we|us|our)\b")
LONG = 200  # characters of an aside at most


def find_asides(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where asides stand in the speech `text[start:end]`, brackets included, in order."""
    found = []
    at = text.find("(", start, end)
    while at >= 0:
        close = text.find(")", at, min(end, at + LONG)) + 1
        if close and _is_aside(text, at, close):
            found.append((at, close))
        at = text.find("(", max(at + 1, close), end)
    return found


def _is_aside(text: str, start: int, end: int) -> bool:
    match = _ASIDE.match(text, start, end)
    if match is None or match["participle"] in _SPEAKERS_OWN or _MANNER_OF_SPEAKING.match(text, start, end):
        return False
    return match.end() >= end - 1 and _SPOKEN.search(text, start, end) is None
