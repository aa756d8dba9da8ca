"""Syntactic words → word pieces of the encoder's vocabulary.

WordPiece (Schuster & Nakajima 2012; greedy, longest match first) over an uncased vocabulary. Letters are converted to
lower case without accents, as in BERT's uncased tokenizer (Devlin et al. 2019), and typographic quotation marks and
dashes to plain ones, so that a story reads the same however it was typed. Case is a separate input of the encoder.
"""

import re
import unicodedata
from collections.abc import Iterable

UNKNOWN, OPEN, CLOSE, MASK, PAD = "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[PAD]"
MAX_LETTERS = 40  # of a word that is cut into pieces; a longer word is unknown
_CHUNK = re.compile(r"[^\W_]+|[^\w\s]|_")
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "–": "—"})


class WordPieceTokenizer:
    """Cuts words into pieces of a vocabulary, and remembers the pieces of each word."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self._known: dict[str, tuple[int, ...]] = {}
        self.open, self.close, self.mask, self.pad = (self._ids[name] for name in (OPEN, CLOSE, MASK, PAD))

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self, word: str) -> tuple[int, ...]:
        """The ids of a word's pieces, at least one."""
        known = self._known.get(word)
        if known is None:
            known = tuple(self._cut(word)) or (self._ids[UNKNOWN],)
            if len(word) <= MAX_LETTERS:
                self._known[word] = known
        return known

    def _cut(self, word: str) -> Iterable[int]:
        if len(word) > MAX_LETTERS:
            return [self._ids["-"]] if not word.strip("-=_*~.") else []
        plain = "—" if word.startswith("--") else word.translate(_PLAIN)
        plain = "".join(c for c in unicodedata.normalize("NFD", plain.lower()) if unicodedata.category(c) != "Mn")
        return [piece for chunk in _CHUNK.findall(plain) for piece in self._chunk(chunk)]

    def _chunk(self, chunk: str) -> list[int]:
        pieces, at = [], 0
        while at < len(chunk):
            end = len(chunk)
            while end > at and (("##" if at else "") + chunk[at:end]) not in self._ids:
                end -= 1
            if end == at:
                return [self._ids[UNKNOWN]]
            pieces.append(self._ids[("##" if at else "") + chunk[at:end]])
            at = end
        return pieces
