"""Words divided at the end of a line, made whole again."""

import re
from collections import Counter
from collections.abc import Iterable

from dramaturg.weights import read_weights

HYPHENS = "-\u2010\u00ad"
DASHES = "—–"
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
COMPOUND = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)+")
LAST_PART = re.compile(r"(?P<part>[^\W\d_]+)(?P<hyphen>[-\u2010\u00ad])$")
MIN_DIVIDED = 3  # line ends with a divided word, for the file to divide words


class Hyphens:
    """What a hyphen at the end of a line is: the mark of a divided word, or a part of a compound.

    It divides a word that is whole elsewhere in the file, or in the encoder's vocabulary. A compound that is elsewhere
    in the file keeps its hyphen. Any other word is made whole if the file divides words and the parts are not words.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        """Learn the words of all lines of a file."""
        self._words: Counter[str] = Counter()
        self._compounds: Counter[str] = Counter()
        lines = list(lines)
        for line in lines:
            self._words.update(match.group().lower() for match in WORD.finditer(line))
            self._compounds.update(match.group().lower() for match in COMPOUND.finditer(line))
        self._vocabulary: frozenset[str] | None = None
        self._divides = sum(self._is_whole(*parts) for parts in _divided(lines)) >= MIN_DIVIDED

    def join(self, text: str, line: str) -> tuple[str, str]:
        """The text up to the end of a line as it goes on in the next, and what is between: a space or nothing."""
        match, rest = LAST_PART.search(text), WORD.match(line)
        if match is None:
            return text, "" if _ends_with_dash(text) or _begins_with_dash(text, line) else " "
        if rest is None or not rest.group()[0].islower() or not self._is_divided(match["part"], rest.group()):
            return text[:-1] + ("-" if text.endswith("\u00ad") else text[-1]), ""
        return text[:-1], ""

    def _is_divided(self, first: str, second: str) -> bool:
        n_compounds = self._compounds[f"{first}-{second}".lower()]
        if n_compounds:
            return self._words[(first + second).lower()] > n_compounds
        if self._is_whole(first, second):
            return True
        return self._divides and not (self._is_known(first) and self._is_known(second))

    def _is_whole(self, first: str, second: str) -> bool:
        return (first + second).lower() in self._words or self._is_known(first + second)

    def _is_known(self, word: str) -> bool:
        if self._vocabulary is None:
            self._vocabulary = frozenset(read_weights("vocabulary.txt").decode("utf-8").split("\n"))
        return word.lower() in self._vocabulary


def _ends_with_dash(text: str) -> bool:
    return text[-1:] in DASHES and text[-2:-1] != " " or text[-1:] in HYPHENS and text[-2:-1] not in "- "


def _begins_with_dash(text: str, line: str) -> bool:
    return line[:1] == "—" and line[1:2] != " " and not text.endswith(" ")


def _divided(lines: list[str]) -> Iterable[tuple[str, str]]:
    for line, following in zip(lines, lines[1:], strict=False):
        match, rest = LAST_PART.search(line), WORD.match(following)
        if match and rest:
            yield match["part"], rest.group()
