"""A story as dependency trees with its people in them: what the patterns of facts look at."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dramaturg.draft import Draft, outermost_at
from dramaturg.findings import NeuralFindings, Syntax
from dramaturg.layers.neural.heads import load_names
from dramaturg.layers.neural.syntax import apply_edit
from dramaturg.reading import Mention, Quotation, Reading

PLACES = ("GPE", "LOC")
MIN_CHANCE = 0.05  # of an antecedent
AFTER_NOUN = ("ADP", "PUNCT", "VERB", "PRON", "CCONJ", "AUX", "SCONJ")  # parts of speech that end a noun phrase


@dataclass(frozen=True)
class ParsedStory:
    """The units of a draft with their dependencies, and the mention whose head each unit is.

    `words`: in lower case, with straight apostrophes. `start`, `end`: code points. `head`: a unit; itself for a root.
    `mention`: by unit, the mentions of people, also of those who are no characters; `span`: their first and last unit.
    `surnames`: the last words of full names, in lower case. `places`: the units of names of places. `events`: those
    of events that the story shows as having happened. `quotation`: by unit, an index of `reading.quotations`, or -1.
    """

    draft: Draft
    syntax: Syntax
    neural: NeuralFindings
    reading: Reading
    words: list[str]
    start: list[int]
    end: list[int]
    tag: list[str]
    relation: list[str]
    head: list[int]
    children: list[list[int]]
    sentence: list[int]
    mention: dict[int, Mention]
    span: dict[int, tuple[int, int]]
    quotation: list[int]
    surnames: frozenset[str]
    places: frozenset[int]
    events: frozenset[int]

    @cached_property
    def starts(self) -> dict[int, int]:
        """By the first unit of a mention, the unit of its head."""
        return {first: unit for unit, (first, _) in self.span.items()}

    @cached_property
    def ends(self) -> dict[int, int]:
        """By the last unit of a mention, the unit of its head."""
        return {last: unit for unit, (_, last) in self.span.items()}

    @cached_property
    def heads(self) -> list[int]:
        """The units of the heads of mentions of characters, in order."""
        return sorted(unit for unit, mention in self.mention.items() if mention.character is not None)

    @cached_property
    def noun_heads(self) -> dict[int, list[int]]:
        """By the noun that a phrase ends in by its words, the heads of the mentions that are such phrases."""
        found: dict[int, list[int]] = {}
        for unit, (first, last) in self.span.items():
            if self.mention[unit].kind != "pronoun":
                found.setdefault(self.head_noun(first, last), []).append(unit)
        return found

    @cached_property
    def around(self) -> dict[int, list[int]]:
        """By the unit of an adjective that stands in a mention before its noun, the heads of the mention."""
        found: dict[int, list[int]] = {}
        for unit, (first, last) in self.span.items():
            if self.mention[unit].kind != "pronoun":
                noun = self.head_noun(first, last)
                for inside in range(first, noun):
                    if self.tag[inside] == "ADJ":
                        found.setdefault(inside, []).append(unit)
        return found

    @cached_property
    def referents(self) -> dict[int, dict[str, float]]:
        """By the head of each mention of nobody known, the characters it may be, by the encoder's antecedents."""
        unit_of = {bounds: unit for unit, bounds in self.span.items()}
        spans, found = self.neural.spans, dict[int, dict[str, float]]()
        of_span: list[dict[str, float]] = []
        columns = (self.neural.antecedents.tolist(), self.neural.antecedent_probability.tolist())
        bounds = zip(spans.first.tolist(), (spans.last - 1).tolist(), strict=True)
        for place, antecedents, chances in zip(bounds, *columns, strict=True):
            unit = unit_of.get(place, -1)
            known = self.character(unit)
            people: dict[str, float] = {} if known is None else {known: 1.0}
            if known is None:
                for antecedent, chance in zip(antecedents, chances, strict=True):
                    if antecedent >= 0 and chance >= MIN_CHANCE:
                        for person, share in of_span[antecedent].items():
                            people[person] = people.get(person, 0.0) + chance * share
                if unit >= 0:
                    found[unit] = people
            of_span.append(people)
        return found

    @cached_property
    def edits(self) -> tuple[str, ...]:
        """The edits that make lemmas."""
        return load_names("edits")

    def quotation_of(self, unit: int) -> Quotation | None:
        """The outermost quotation that a unit is in."""
        at = self.quotation[unit]
        return self.reading.quotations[at] if at >= 0 else None

    def tag_after(self, unit: int) -> str:
        """The part of speech of the next unit of the sentence, or an empty string."""
        after = unit + 1
        return self.tag[after] if after < len(self.tag) and self.sentence[after] == self.sentence[unit] else ""

    def is_lone_word(self, unit: int) -> bool:
        """Whether a word with a capital is no part of a name: “the Captain”, “Yes, Father.”."""
        near = [u for u in (unit - 1, unit + 1) if 0 <= u < len(self.words) and self.sentence[u] == self.sentence[unit]]
        return self.words[unit] not in self.surnames and not any(self.tag[u] == "PROPN" for u in near)

    def lemma(self, unit: int) -> str:
        """The lemma of a unit, in lower case."""
        return apply_edit(self.words[unit], self.edits[int(self.syntax.edit[unit])]).lower()

    def lemma_among(self, unit: int, lemmas: frozenset[str]) -> str | None:
        """The lemma of a verb if it is one of these; regular endings count too, where the parser has it wrong."""
        word = self.words[unit]
        guesses = [f"{word.removesuffix(a)}{b}" for a, b in self.draft.language.facts.verb_endings if word.endswith(a)]
        irregular = self.draft.language.facts.irregular_verbs.get(word, word)
        return next((lemma for lemma in (self.lemma(unit), irregular, *guesses) if lemma in lemmas), None)

    def character(self, unit: int) -> str | None:
        """The character that a unit is the head of a mention of."""
        mention = self.mention.get(unit)
        return None if mention is None else mention.character

    def dependents(self, unit: int, *relations: str) -> list[int]:
        """The children of a unit with one of these relations, in order."""
        return [child for child in self.children[unit] if self.relation[child] in relations]

    @cached_property
    def narrator(self) -> str | None:
        """The character who tells the story."""
        return next((character.id for character in self.reading.characters if character.narrator), None)

    @cached_property
    def pronouns(self) -> dict[str, str | None]:
        """The pronouns of each character."""
        return {character.id: character.pronouns for character in self.reading.characters}

    def gender_of(self, unit: int) -> str | None:
        """The pronoun for somebody whom a pronoun or a noun of one gender refers to: he, she or None."""
        language, word = self.draft.language, self.words[unit]
        if word in language.grammar.masculine:
            return "he"
        if word in language.grammar.feminine:
            return "she"
        noun = language.people.person_nouns.get(word)
        return {"m": "he", "f": "she"}.get(noun.gender if noun else "?")

    def can_be(self, unit: int, person: str) -> bool:
        """Whether the gender of a mention fits a character, as far as both are known."""
        gender, pronouns = self.gender_of(unit), self.pronouns[person]
        return gender is None or pronouns not in ("he", "she") or gender == pronouns

    def cases(self, unit: int) -> set[str]:
        """The prepositions of a unit."""
        return {self.words[child] for child in self.dependents(unit, "case")}

    def sentence_of(self, unit: int) -> tuple[int, int]:
        """The first and the last unit, excluded, of a unit's sentence."""
        first = last = unit
        while first and self.sentence[first - 1] == self.sentence[unit]:
            first -= 1
        while last < len(self.words) and self.sentence[last] == self.sentence[unit]:
            last += 1
        return first, last

    def compound(self, unit: int) -> tuple[int, int]:
        """The first and the last unit of the hyphenated word that a unit is in: “broad-shouldered”."""
        first = last = unit
        while first >= 2 and self.words[first - 1] == "-" and self.end[first - 2] == self.start[first - 1]:
            first -= 2
        n = len(self.words)
        while last + 2 < n and self.words[last + 1] == "-" and self.end[last + 1] == self.start[last + 2]:
            last += 2
        return first, last

    def head_noun(self, first: int, last: int) -> int:
        """The head of a phrase by its words, whatever the tree says: the last noun before what follows it, or -1."""
        found = -1
        for unit in range(first, last + 1):
            if self.tag[unit] in ("NOUN", "PROPN") and self.compound(unit)[1] == unit:
                found = unit
            elif found >= 0 and self.tag[unit] in AFTER_NOUN and self.words[unit] != "-":
                break
        return found

    def text(self, first: int, last: int) -> str:
        """The text from one unit to another, included, on one line."""
        return " ".join(self.draft.text[self.start[first] : self.end[last]].split())


def parse_story(draft: Draft, neural: NeuralFindings, reading: Reading) -> ParsedStory:
    """Put the people of a reading into the dependency trees of its draft."""
    syntax, places = neural.syntax, draft.ud_words.places
    start, end = places[:, 0].tolist(), places[:, 1].tolist()
    tags, relations = load_names("tags"), load_names("relations")
    head = syntax.head.tolist()
    children: list[list[int]] = [[] for _ in head]
    for unit, above in enumerate(head):
        if above != unit:
            children[above].append(unit)
    text = draft.text
    mention, span = _heads_of_mentions(reading, start, end, head)
    return ParsedStory(
        draft,
        syntax,
        neural,
        reading,
        [text[a:b].lower().replace("’", "'") for a, b in zip(start, end, strict=True)],
        start,
        end,
        [tags[t] for t in syntax.tag.tolist()],
        [relations[r] for r in syntax.relation.tolist()],
        head,
        children,
        draft.ud_words.sentence.tolist(),
        mention,
        span,
        outermost_at(draft.quotations, np.array(start, np.int32)).tolist(),
        frozenset(c.name.split()[-1].lower() for c in reading.characters if c.named and len(c.name.split()) > 1),
        frozenset(u for m in reading.mentions if m.type in PLACES for u in _units_of(m, start)),
        frozenset(bisect_right(start, event.start) - 1 for event in reading.events),
    )


def _units_of(mention: Mention, start: list[int]) -> range:
    first = max(0, bisect_right(start, mention.start) - 1)
    last = first
    while last + 1 < len(start) and start[last + 1] < mention.end:
        last += 1
    return range(first, last + 1)


def _heads_of_mentions(
    reading: Reading, start: list[int], end: list[int], head: list[int]
) -> tuple[dict[int, Mention], dict[int, tuple[int, int]]]:
    """By the unit of its head, each mention of a person, the outermost first, and its first and last unit."""
    mentions: dict[int, Mention] = {}
    spans: dict[int, tuple[int, int]] = {}
    for mention in reading.mentions:
        if mention.type != "PER":
            continue
        units = _units_of(mention, start)
        first, last = units[0], units[-1]
        top = next((unit for unit in range(first, last + 1) if not first <= head[unit] <= last), None)
        if top is None:  # the head of the sentence is its own head
            top = next((unit for unit in range(first, last + 1) if head[unit] == unit), first)
        if top not in mentions:
            mentions[top], spans[top] = mention, (first, last)
    return mentions, spans
