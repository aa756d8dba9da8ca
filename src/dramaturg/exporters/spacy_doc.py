"""Reading → spaCy: a `Doc` of the whole story, or a DocBin file of it, for whatever is built on spaCy.

`to_doc(reading)` makes the Doc. Its text is the story's, to the character. What it holds:

- words, and where the reading knows them their sentences, lemmas, parts of speech and syntax;
- `doc.ents`: names, labelled as spaCy labels them;
- `doc.spans`: `quotations`, `mentions`, `segments`, `emphasis`, `chapters`, `events`, and a group `coref_clusters_1`, …
  for each entity that is mentioned twice or more, as spaCy's coreference has them;
- `span._.speaker`, `span._.addressees`, `span._.confidence`, `span._.quotation`, `span._.utterance` of a quotation's
  span, `span._.character` and `span._.entity` of a mention's, and `doc._.characters`, the cast as dicts.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import pairwise
from typing import Any

from dramaturg.exporters import needed
from dramaturg.exporters.people import parts_of_names
from dramaturg.exporters.worddumb import LABELS
from dramaturg.exporters.words import Word, words_of
from dramaturg.reading import Reading

CLUSTERS = "coref_clusters"
UNIVERSAL = frozenset(
    "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split()
)  # https://universaldependencies.org/u/pos/
SPAN_ATTRIBUTES = ("speaker", "addressees", "confidence", "quotation", "utterance", "character", "entity")


def to_bytes(reading: Reading) -> bytes:
    """The story as a DocBin file, with what is not spaCy's own kept in its user data.

    To load it, `dramaturg.exporters.spacy_doc.register()` first, then `DocBin().from_disk(path)`.
    """
    spacy_tokens = needed("spacy.tokens", "spacy")
    docs = spacy_tokens.DocBin(store_user_data=True)
    docs.add(to_doc(reading))
    return bytes(docs.to_bytes())


def register() -> None:
    """Make spaCy know our attributes. Raises MissingExtra where spaCy is not installed."""
    tokens = needed("spacy.tokens", "spacy")
    for name in SPAN_ATTRIBUTES:
        tokens.Span.set_extension(name, default=None, force=True)
    tokens.Doc.set_extension("characters", default=None, force=True)


def to_doc(reading: Reading, vocab: Any = None) -> Any:
    """The story as a spaCy `Doc`. `vocab`: that of your pipeline; a bare English one where None.

    Raises MissingExtra where spaCy is not installed.
    """
    spacy = needed("spacy", "spacy")
    register()
    vocab = spacy.blank("en").vocab if vocab is None else vocab
    pieces = _pieces(reading)
    doc = spacy.tokens.Doc(
        vocab,
        words=[piece.text for piece in pieces],
        spaces=[piece.space for piece in pieces],
        **_columns(pieces),
    )
    doc._.characters = reading.table("characters")
    _add_quotations(doc, reading)
    _add_mentions(doc, reading)
    story = reading.story
    for name, rows in (("segments", reading.segments), ("emphasis", story.emphasis), ("events", reading.events)):
        _add(doc, name, [(row.start, row.end, getattr(row, "kind", ""), "") for row in rows])
    _add(doc, "chapters", [(c.start, c.end, "", c.id) for c in story.chapters])
    return doc


class _Piece:
    """A token of spaCy's: a word, or white space that is more than the one space after a word.

    `word` is None for white space. `number` is the word's among the reading's words; `tail`: cut off from the piece
    before, since a span ends there (the `’s` of a name).
    """

    __slots__ = ("text", "space", "word", "number", "tail")

    def __init__(self, text: str, word: Word | None = None, number: int = -1, tail: bool = False) -> None:
        self.text, self.word, self.number, self.tail = text, word, number, tail
        self.space = False


def _pieces(reading: Reading) -> list[_Piece]:
    """The text as spaCy has it: tokens, each with at most one space after it; other white space is tokens too."""
    text = reading.story.text
    edges = sorted(_edges(reading))
    pieces: list[_Piece] = []
    at = 0
    for number, word in enumerate(words_of(reading).words):
        if at <= word.start < word.end:
            _add_gap(text[at : word.start], pieces)
            inside = edges[bisect_right(edges, word.start) : bisect_left(edges, word.end)]
            cuts = [word.start, *inside, word.end]
            for start, end in pairwise(cuts):
                pieces.append(_Piece(text[start:end], word, number, start > word.start))
            at = word.end
    _add_gap(text[at:], pieces)
    return pieces


def _edges(reading: Reading) -> set[int]:
    rows: tuple[Any, ...] = (*reading.mentions, *reading.quotations, *reading.story.emphasis, *reading.segments)
    return {edge for row in rows for edge in (row.start, row.end)}


def _add_gap(gap: str, pieces: list[_Piece]) -> None:
    if gap.startswith(" ") and pieces:
        pieces[-1].space = True
        gap = gap[1:]
    if gap:
        pieces.append(_Piece(gap))


def _columns(pieces: list[_Piece]) -> dict[str, Any]:
    """What is known of each token, for spaCy's constructor. White space is spaCy's SPACE, in the sentence before it."""
    known = [piece.word for piece in pieces if piece.word is not None]
    columns: dict[str, Any] = {}
    if any(word.pos for word in known):
        columns["pos"] = [_pos(piece) for piece in pieces]
    if any(word.lemma for word in known):
        columns["lemmas"] = [_lemma(piece) for piece in pieces]
    if any(word.deprel for word in known):
        heads = _heads(pieces)
        columns["heads"] = heads
        columns["deps"] = [_relation(n, head, pieces[n]) for n, head in enumerate(heads)]
    else:  # spaCy finds sentences by the trees, and takes only one of the two
        columns["sent_starts"] = _sentence_starts(pieces)
    return columns


def _sentence_starts(pieces: list[_Piece]) -> list[bool]:
    starts: list[bool] = []
    last: int | None = None
    for piece in pieces:
        starts.append(not starts or (piece.word is not None and piece.word.sentence != last))
        last = last if piece.word is None else piece.word.sentence
    return starts


def _pos(piece: _Piece) -> str:
    if piece.word is None:
        return "SPACE"
    if piece.tail:
        return "PART" if any(c.isalpha() for c in piece.text) else "PUNCT"
    return piece.word.pos if piece.word.pos in UNIVERSAL else "X"


def _lemma(piece: _Piece) -> str:
    return piece.text if piece.word is None or piece.tail else piece.word.lemma or piece.text


def _heads(pieces: list[_Piece]) -> list[int]:
    """The head of each token, a root being its own: a tree in each sentence, whatever the reading says."""
    place = {piece.number: n for n, piece in enumerate(pieces) if piece.word is not None and not piece.tail}
    heads = []
    for n, piece in enumerate(pieces):
        if piece.word is None:
            heads.append(max(0, n - 1))  # as spaCy's own parser has it
        elif piece.tail:
            heads.append(place[piece.number])
        else:
            head = place.get(-1 if piece.word.head is None else piece.word.head, n)
            other = pieces[head].word
            heads.append(head if other is not None and other.sentence == piece.word.sentence else n)
    return _without_cycles(heads)


def _without_cycles(heads: list[int]) -> list[int]:
    """The heads, with one of each cycle made a root."""
    seen = [0] * len(heads)  # the walk that came by
    for walk, begin in enumerate(range(len(heads)), 1):
        n = begin
        while not seen[n]:
            seen[n] = walk
            n = heads[n]
        if seen[n] == walk:
            heads[n] = n
    return heads


def _relation(n: int, head: int, piece: _Piece) -> str:
    if head == n:
        return "ROOT"
    if piece.word is None:
        return "dep"
    return "case" if piece.tail else piece.word.deprel or "dep"


def _span(doc: Any, start: int, end: int, label: str = "", id: str = "") -> Any:
    """The tokens that a stretch touches. None where there are none."""
    span = doc.char_span(start, end, alignment_mode="expand") if start < end else None
    if span is None:
        return None
    return doc[span.start : span.end] if not label and not id else _labelled(doc, span, label, id)


def _labelled(doc: Any, span: Any, label: str, id: str) -> Any:
    return type(span)(doc, span.start, span.end, label=label, span_id=id)


def _add(doc: Any, name: str, rows: list[tuple[int, int, str, str]]) -> None:
    spans = [_span(doc, *row) for row in rows]
    doc.spans[name] = [span for span in spans if span is not None]


def _add_quotations(doc: Any, reading: Reading) -> None:
    spans = []
    for quotation in reading.quotations:
        span = _span(doc, quotation.start, quotation.end, "quotation", quotation.id)
        if span is None:
            continue
        span._.speaker, span._.addressees = quotation.speaker, quotation.addressees
        span._.confidence, span._.quotation, span._.utterance = quotation.confidence, quotation.id, quotation.group
        spans.append(span)
    doc.spans["quotations"] = spans


def _add_mentions(doc: Any, reading: Reading) -> None:
    spans, names = [], []
    clusters: dict[str, list[Any]] = defaultdict(list)
    parts = parts_of_names(reading)
    for n, mention in enumerate(reading.mentions):
        label = LABELS[mention.type]
        span = _span(doc, mention.start, mention.end, label, mention.entity)
        if span is None:
            continue
        # spaCy knows a span's attributes by its place: where two mentions share one, the character's are kept.
        if span._.character is None:
            span._.character, span._.entity = mention.character, mention.entity
        spans.append(span)
        if n not in parts:
            clusters[mention.entity].append(span)
        if mention.kind == "name":
            names.append(span)
    doc.spans["mentions"] = spans
    numbered = enumerate((found for found in clusters.values() if len(found) > 1), 1)
    for number, found in numbered:
        doc.spans[f"{CLUSTERS}_{number}"] = found
    doc.ents = _apart(names)


def _apart(spans: list[Any]) -> list[Any]:
    """Those of the spans that do not overlap, the longer first: entities of spaCy's cannot be nested."""
    kept: list[Any] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
