"""Narration in brackets within speech: “Yes (with a smile), I do.”

The brackets are inside the quotation marks, but nobody says what is in them: older novels say so how something is said,
and to whom. Brackets that the speaker means are left alone. An aside is known by how it begins, and has no I or you.
"""

from dramaturg.lexicon.language import Language

MAX_CHARACTERS = 200  # of an aside


def find_asides(text: str, start: int, end: int, language: Language) -> list[tuple[int, int]]:
    """The asides in the speech `text[start:end]` as (start, end), brackets included, in order."""
    found = []
    at = text.find("(", start, end)
    while at >= 0:
        close = text.find(")", at, min(end, at + MAX_CHARACTERS)) + 1
        if close and _is_aside(text, at, close, language):
            found.append((at, close))
        at = text.find("(", max(at + 1, close), end)
    return found


def _is_aside(text: str, start: int, end: int, language: Language) -> bool:
    narration = language.narration
    match = narration.aside.match(text, start, end)
    if match is None or match["participle"] in narration.spoken_participles:
        return False
    if narration.spoken_aside.match(text, start, end):
        return False
    return match.end() >= end - 1 and narration.spoken_pronouns.search(text, start, end) is None
