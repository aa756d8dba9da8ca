"""Whether a sentence is narration or speech: narration has a third person and a past tense, but no I and no you."""

import re

from dramaturg.lexicon.language import Language

_CLAUSE_END = re.compile(r"[.!?…;:]")
MAX_CHARACTERS_TO_VERB = 120
MAX_CLAUSE_CHARACTERS = 400


def has_spoken_words(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the clause at `start` has an I, a you or a present tense, as speech has."""
    return language.narration.spoken_words.search(text, start, _clause_end(text, start, end)) is not None


def is_narration(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the clause at `start` is about somebody else, in the past, and neither a question nor an exclamation."""
    narration = language.narration
    if not narration.narrated_start.match(text, start, end):
        return False
    if not narration.narrated_verb.match(text, start, min(end, start + MAX_CHARACTERS_TO_VERB)):
        return False
    stop = _clause_end(text, start, end)
    return text[stop : stop + 1] not in ("?", "!") and narration.spoken_words.search(text, start, stop) is None


def _clause_end(text: str, start: int, end: int) -> int:
    """The position of the punctuation mark that ends the clause at `start`, or where the search stops."""
    limit = min(end, start + MAX_CLAUSE_CHARACTERS)
    stop = _CLAUSE_END.search(text, start, limit)
    return stop.start() if stop else limit
