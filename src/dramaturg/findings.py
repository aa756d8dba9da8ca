"""Findings: what the layers find in the text near each place. The cast decides from them for the whole story."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dramaturg.reading import EntityType, MentionKind

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

Gender = Literal["m", "f", "?"]

CueKind = Literal[
    "tag_after",  # “…,” said Tom / “…,” Tom said
    "tag_before",  # Tom said, “…”
    "loose_after",  # “…,” Tom leant forward: speech ends in a comma, but there is no verb of speech
    "loose_before",  # He turned to her, “…”
    "beat_after",  # “…” Tom smiled.
    "beat_before",  # Tom smiled. “…”
    "lead_in",  # the paragraph before ends in a colon: Tom answered:
    "precede",  # the subject of the last sentence of the paragraph before, if that has no speech
    "follow",  # the subject of the first sentence of the paragraph after, if that has no speech
]

_TAG_KINDS: frozenset[CueKind] = frozenset({"tag_after", "tag_before", "lead_in"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that refers to somebody.

    `first`, `last`: tokens, `last` excluded. `form`: the name without a possessive ending, the head noun in lower case,
    or the pronoun in lower case. `quotation`: index of the outermost quotation around it, -1 in narration.
    `paragraph`: the position of its paragraph, as in `Draft.positions`. `subject`: whether it can be a subject there.
    `possessive`: whether it is possessive.
    """

    start: int
    end: int
    first: int
    last: int
    kind: MentionKind
    form: str
    gender: Gender
    plural: bool
    quotation: int
    sentence: int
    paragraph: int
    subject: bool
    possessive: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """Evidence next to a quotation for its speaker: `mention` is an index in `Findings.mentions`.

    `start`, `end`: its place in the text, from the subject to its verb. `strength`: the class of the verb
    of speech (core, manner, mental), or none.
    """

    quotation: int
    mention: int
    kind: CueKind
    strength: Literal["core", "manner", "mental", "none"]
    start: int
    end: int

    @property
    def is_tag(self) -> bool:
        """Whether it is in the place of a tag. Cues of these kinds have a verb, unless they lead in with a colon."""
        return self.kind in _TAG_KINDS

    @property
    def has_speech_verb(self) -> bool:
        """Whether its verb says that somebody speaks (“said”), or may (“smiled”), but not that somebody thinks."""
        return self.strength in ("core", "manner")


@dataclass(frozen=True, slots=True)
class Vocative:
    """A name or word by which somebody is addressed inside a quotation. `mention` is -1 for a word (“sir”)."""

    quotation: int
    mention: int
    gender: Gender
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rule layers found, each list in the order of the text. A new layer's field has a default."""

    mentions: list[Mention] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    vocatives: list[Vocative] = field(default_factory=list)


KINDS: tuple[MentionKind, ...] = ("name", "noun", "pronoun")
TYPES: tuple[EntityType, ...] = ("PER", "FAC", "GPE", "LOC", "VEH", "ORG")


@dataclass(frozen=True, slots=True)
class Spans:
    """Mentions as columns, in the order of the text, an outer one before those inside it; all of shape (mentions,).

    `first`, `last`: units of the draft, `last` excluded. `type`, `kind`: indices of TYPES and KINDS. `confidence`: the
    probability of the type. `vectors`: (mentions, width), to compare mentions.
    """

    first: Ints
    last: Ints
    type: Ints
    kind: Ints
    confidence: Floats
    vectors: Floats

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Syntax:
    """Parts of speech, edits that make lemmas, heads and relations: columns of shape (units,).

    `tag`, `edit`, `relation`: indices of the weights' lists. `head`: a unit of the draft; the unit itself for a root.
    """

    tag: Ints
    edit: Ints
    head: Ints
    relation: Ints


@dataclass(frozen=True, slots=True)
class Supersenses:
    """Words and expressions with their supersense, in order, as columns; all of shape (supersenses,).

    `first`, `last`: units of the draft, `last` excluded. `label`: an index of `dramaturg.reading.SUPERSENSES`.
    """

    first: Ints
    last: Ints
    label: Ints


@dataclass(frozen=True, slots=True)
class NeuralFindings:
    """What the layers that read the encoder's vectors found. A new layer's field has a default.

    `antecedents`, `antecedent_probability`: for each span the earlier spans that it most likely refers to the same
    entity with, most likely first: (mentions, kept), -1 and 0 where there are fewer. `new_entity_probability`: that a
    span is the first of its entity: (mentions,).
    `events`: units of the draft; `event_probability`: that each is an event: (events,).
    `quotation_sums`: for each quotation of the draft the sum of the vectors of its units, and in the last column their
    number: (quotations, width + 1); zeros for a quotation inside another one.
    """

    spans: Spans
    antecedents: Ints
    antecedent_probability: Floats
    new_entity_probability: Floats
    events: Ints
    event_probability: Floats
    syntax: Syntax
    quotation_sums: Floats
    supersenses: Supersenses | None = None

    @property
    def best_antecedent(self) -> Ints:
        """For each span its most likely antecedent, -1 if the span is more likely the first of its entity."""
        is_linked = self.antecedent_probability[:, 0] > self.new_entity_probability
        chosen: Ints = np.where(is_linked, self.antecedents[:, 0], np.int32(-1))
        return chosen
