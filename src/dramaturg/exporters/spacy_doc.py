"""Reading → spaCy: a `Doc` of the whole story, or a DocBin file, for programs built on spaCy.

`to_doc(reading)` makes the Doc, whose text is exactly the story's. It holds:

- words, with sentences, lemmas, parts of speech and syntax if the reading has them;
- `doc.ents`: names, with spaCy's labels;
- `doc.spans`: `quotations`, `mentions`, `segments`, `emphasis`, `chapters`, `events`, `supersenses`, and a group
  `coref_clusters_1`, … for each entity with two or more mentions, as in spaCy's own coreference;
- `span._.speaker`, `span._.addressees`, `span._.confidence`, `span._.quotation` and `span._.utterance` for quotations,
  `span._.character` and `span._.entity` for mentions, and `doc._.characters`, the cast as dicts.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import pairwise
from typing import Any

from dramaturg.exporters.common.entity_types import SPACY_LABELS
from dramaturg.exporters.common.extras import require
from dramaturg.exporters.common.mentions import nouns_inside_names
from dramaturg.exporters.common.word_table import Word, words_of
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Reading

ABOUT = "spaCy: a DocBin of the story"
SUFFIX = ".spacy"
EXTRA = "spacy"
CLUSTERS = "coref_clusters"
UPOS_TAGS = frozenset(
    "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split()
)  # https://universaldependencies.org/u/pos/
SPAN_ATTRIBUTES = ("speaker", "addressees", "confidence", "quotation", "utterance", "character", "entity")


def to_bytes(reading: Reading) -> bytes:
    """The story as a DocBin file. Attributes that are not spaCy's own are in its user data.

    To load it, first call `dramaturg.exporters.spacy_doc.register()`, then `DocBin().from_disk(path)`.
    """
    spacy_tokens = require("spacy.tokens", EXTRA)
    docs = spacy_tokens.DocBin(store_user_data=True)
    docs.add(to_doc(reading))
    return bytes(docs.to_bytes())


def register() -> None:
    """Register our attributes with spaCy. Raises MissingExtra if spaCy is not installed."""
    tokens = require("spacy.tokens", EXTRA)
    for name in SPAN_ATTRIBUTES:
        tokens.Span.set_extension(name, default=None, force=True)
    tokens.Doc.set_extension("characters", default=None, force=True)


def to_doc(reading: Reading, vocab: Any = None) -> Any:
    """The story as a spaCy `Doc`. `vocab` is your pipeline's; a blank English one if None.

    Raises MissingExtra if spaCy is not installed.
    """
    spacy = require("spacy", EXTRA)
    register()
    vocab = spacy.blank(ENGLISH.code).vocab if vocab is None else vocab
    tokens = _tokens(reading)
    doc = spacy.tokens.Doc(
        vocab,
        words=[token.text for token in tokens],
        spaces=[token.space for token in tokens],
        **_columns(tokens),
    )
    doc._.characters = reading.table("characters")
    _add_quotations(doc, reading)
    _add_mentions(doc, reading)
    story = reading.story
    for name, rows in (("segments", reading.segments), ("emphasis", story.emphasis), ("events", reading.events)):
        _add(doc, name, [(row.start, row.end, getattr(row, "kind", ""), "") for row in rows])
    _add(doc, "supersenses", [(row.start, row.end, row.label, "") for row in reading.supersenses])
    _add(doc, "chapters", [(c.start, c.end, "", c.id) for c in story.chapters])
    return doc


class _Token:
    """A spaCy token: a word, or white space beyond the one space after a word.

    `word` is None for white space. `number` is the word's number in the reading. `tail` is whether it was cut off from
    the token before because a span ends there (the `’s` of a name).
    """

    __slots__ = ("text", "space", "word", "number", "tail")

    def __init__(self, text: str, word: Word | None = None, number: int = -1, tail: bool = False) -> None:
        self.text, self.word, self.number, self.tail = text, word, number, tail
        self.space = False


def _tokens(reading: Reading) -> list[_Token]:
    """The text as spaCy tokens. Each has at most one space after it; other white space becomes tokens."""
    text = reading.story.text
    edges = sorted(_edges(reading))
    tokens: list[_Token] = []
    at = 0
    for number, word in enumerate(words_of(reading).words):
        if at <= word.start < word.end:
            _add_gap(text[at : word.start], tokens)
            inside = edges[bisect_right(edges, word.start) : bisect_left(edges, word.end)]
            cuts = [word.start, *inside, word.end]
            for start, end in pairwise(cuts):
                tokens.append(_Token(text[start:end], word, number, start > word.start))
            at = word.end
    _add_gap(text[at:], tokens)
    return tokens


def _edges(reading: Reading) -> set[int]:
    rows: tuple[Any, ...] = (*reading.mentions, *reading.quotations, *reading.story.emphasis, *reading.segments)
    return {edge for row in rows for edge in (row.start, row.end)}


def _add_gap(gap: str, tokens: list[_Token]) -> None:
    if gap.startswith(" ") and tokens:
        tokens[-1].space = True
        gap = gap[1:]
    if gap:
        tokens.append(_Token(gap))


def _columns(tokens: list[_Token]) -> dict[str, Any]:
    """The arguments of spaCy's constructor. White space is tagged SPACE and belongs to the sentence before it."""
    known = [token.word for token in tokens if token.word is not None]
    columns: dict[str, Any] = {}
    if any(word.pos for word in known):
        columns["pos"] = [_pos(token) for token in tokens]
    if any(word.lemma for word in known):
        columns["lemmas"] = [_lemma(token) for token in tokens]
    if any(word.deprel for word in known):
        heads = _heads(tokens)
        columns["heads"] = heads
        columns["deps"] = [_relation(n, head, tokens[n]) for n, head in enumerate(heads)]
    else:  # spaCy derives sentences from the trees, and accepts only one of the two
        columns["sent_starts"] = _sentence_starts(tokens)
    return columns


def _sentence_starts(tokens: list[_Token]) -> list[bool]:
    starts: list[bool] = []
    last: int | None = None
    for token in tokens:
        starts.append(not starts or (token.word is not None and token.word.sentence != last))
        last = last if token.word is None else token.word.sentence
    return starts


def _pos(token: _Token) -> str:
    if token.word is None:
        return "SPACE"
    if token.tail:
        return "PART" if any(c.isalpha() for c in token.text) else "PUNCT"
    return token.word.pos if token.word.pos in UPOS_TAGS else "X"


def _lemma(token: _Token) -> str:
    return token.text if token.word is None or token.tail else token.word.lemma or token.text


def _heads(tokens: list[_Token]) -> list[int]:
    """The head of each token, itself for a root. Each sentence gets valid trees, even if the reading has none."""
    place = {token.number: n for n, token in enumerate(tokens) if token.word is not None and not token.tail}
    heads = []
    for n, token in enumerate(tokens):
        if token.word is None:
            heads.append(max(0, n - 1))  # as in spaCy's own parser
        elif token.tail:
            heads.append(place[token.number])
        else:
            head = place.get(-1 if token.word.head is None else token.word.head, n)
            other = tokens[head].word
            heads.append(head if other is not None and other.sentence == token.word.sentence else n)
    return _without_cycles(heads)


def _without_cycles(heads: list[int]) -> list[int]:
    """The heads, with one token of each cycle made a root."""
    visited = [0] * len(heads)  # the number of the walk that reached each token
    for walk, begin in enumerate(range(len(heads)), 1):
        n = begin
        while not visited[n]:
            visited[n] = walk
            n = heads[n]
        if visited[n] == walk:
            heads[n] = n
    return heads


def _relation(n: int, head: int, token: _Token) -> str:
    if head == n:
        return "ROOT"
    if token.word is None:
        return "dep"
    return "case" if token.tail else token.word.deprel or "dep"


def _span(doc: Any, start: int, end: int, label: str = "", id: str = "") -> Any:
    """The tokens that overlap `[start, end)`, as a spaCy Span. None if there are none."""
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
    inside_names = nouns_inside_names(reading)
    for n, mention in enumerate(reading.mentions):
        label = SPACY_LABELS[mention.type]
        span = _span(doc, mention.start, mention.end, label, mention.entity)
        if span is None:
            continue
        # spaCy stores attributes by offsets: of two mentions with the same span, the one with a character wins.
        if span._.character is None:
            span._.character, span._.entity = mention.character, mention.entity
        spans.append(span)
        if n not in inside_names:
            clusters[mention.entity].append(span)
        if mention.kind == "name":
            names.append(span)
    doc.spans["mentions"] = spans
    numbered = enumerate((found for found in clusters.values() if len(found) > 1), 1)
    for number, found in numbered:
        doc.spans[f"{CLUSTERS}_{number}"] = found
    doc.ents = _without_overlaps(names)


def _without_overlaps(spans: list[Any]) -> list[Any]:
    """The spans without overlaps, preferring longer ones: spaCy entities cannot be nested."""
    kept: list[Any] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
