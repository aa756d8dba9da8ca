"""What is known of every person of the roster before it is asked who is one: names, nouns, tags, calls, vectors."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.identity.coreference import link_people
from dramaturg.cast.people.names.parts import Parts, take_apart, without_article
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention

MAX_LEAD = 16  # code points before a pronoun, where a verb of naming may be
NAME_MARKS = " \n\"“'‘"
MIN_STATED_SHARE = 0.5  # that a pronoun refers to somebody, of whom a statement is then true


class KnownPeople:
    """The people of a story, by their indices in the roster, with what names, tags and the encoder say of them.

    `by_mention`, `by_person`: what the encoder takes to be one, see `link_people`. `narrated`: the names and nouns in
    narration, with their `paragraphs`. `tagged_utterances`: what each says by tags. `answering`: who speaks next when
    somebody is called. `forms`, `nouns`: names taken apart, and head nouns with the words that tell them apart.
    `vectors`, `voices`: directions of mean vectors, (people, width). `rank`: how prominent, to be compared.
    """

    def __init__(
        self,
        draft: Draft,
        findings: Findings,
        utterances: Sequence[Utterance],
        roster: Roster,
        aligned: AlignedSpans,
        narrators: Narrators,
    ) -> None:
        self.text, self.mentions, self.language = draft.text, findings.mentions, draft.language
        self.narrators = narrators
        self.people, self.of_mention = roster.people, roster.of_mention
        self.by_mention, self.by_person = link_people(findings, roster, aligned)
        self.narrated = [
            i
            for i, mention in enumerate(self.mentions)
            if mention.kind != "pronoun" and mention.quotation < 0 and self.of_mention[i] >= 0
        ]
        self.paragraphs = [self.mentions[i].paragraph for i in self.narrated]
        self.speaker_by_tag = [self._speaker_by_tag(utterance) for utterance in utterances]
        self.tagged_utterances: dict[int, list[int]] = defaultdict(list)  # by person
        for number, person in enumerate(self.speaker_by_tag):
            if person >= 0:
                self.tagged_utterances[person].append(number)
        self.called_in = [
            {self.of_mention[v.mention] for v in utterance.vocatives if v.mention >= 0} for utterance in utterances
        ]
        self.answering: dict[int, Counter[int]] = defaultdict(Counter)  # who speaks next when a person is called
        for u, speaker in enumerate(self.speaker_by_tag[1:]):
            if speaker >= 0:
                for called in self.called_in[u] - {speaker}:
                    self.answering[called][speaker] += 1
        self.n_called = Counter(person for people in self.called_in for person in people)
        self.gaps = [two.first_paragraph - one.last_paragraph for one, two in pairwise(utterances)]
        self.called: dict[int, set[int]] = defaultdict(set)  # by paragraph
        for vocative in findings.vocatives:
            if vocative.mention >= 0 and self.of_mention[vocative.mention] >= 0:
                self.called[self.mentions[vocative.mention].paragraph].add(self.of_mention[vocative.mention])
        self.forms = [self._take_apart(person) for person in self.people]
        self.nouns = [self._nouns(person) for person in self.people]
        self.form_words = [{word.lower() for form in person.forms for word in form.split()} for person in self.people]
        self.bearers = self._bearers()
        self.rank = [self._prominence(number) for number in range(len(self.people))]
        self.vectors = _mean_vectors(aligned, self.of_mention, self.mentions, len(self.people))
        self.voices = self._voices(utterances)
        self.by_noun = self._by_noun()
        self.by_surname: dict[str, list[int]] = defaultdict(list)
        for number, forms in enumerate(self.forms):
            for surname in sorted({parts.words[-1] for parts in forms if parts.words}):
                self.by_surname[surname].append(number)
        self.stated = self._stated()
        self.usage = [self._usage(number) for number in range(len(self.people))]

    def _stated(self) -> dict[int, Counter[int]]:
        """For each person those whom the text says that they are: “they called him the Owl”, “he was Heron”."""
        narration = self.language.narration
        found: dict[int, Counter[int]] = defaultdict(Counter)
        for (i, pronoun), name in zip(enumerate(self.mentions), self.mentions[1:], strict=False):
            person = self.of_mention[i + 1]
            if pronoun.kind != "pronoun" or name.kind == "pronoun" or person < 0 or name.possessive:
                continue
            before, between = (
                self.text[max(0, pronoun.start - MAX_LEAD) : pronoun.start],
                self.text[pronoun.end : name.start],
            )
            is_called = not between.strip(NAME_MARKS) and narration.calls.search(before) is not None
            if is_called or (name.kind == "name" and narration.is_being.fullmatch(between) is not None):
                for other, share in self.by_mention[i].items():
                    if share >= MIN_STATED_SHARE and other != person:
                        found[person][other] += 1
                        found[other][person] += 1
        return found

    def _voices(self, utterances: Sequence[Utterance]) -> NDArray[np.float32]:
        """The direction of the mean vector of what each person says by tags: (people, width), 0 for the silent."""
        width = next((len(u.vector_sum) - 1 for u in utterances if u.vector_sum is not None), 0)
        sums = np.zeros((len(self.people), width), np.float32)
        for person, said in self.tagged_utterances.items():
            for u in said:
                vector = utterances[u].vector_sum
                if vector is not None:
                    sums[person] += vector[:-1]
        spoken = np.array(sorted(self.tagged_utterances), int)
        if len(spoken):
            sums[spoken] = _directions(sums[spoken])
            sums[spoken] -= sums[spoken].mean(axis=0)
        return _directions(sums)

    def _by_noun(self) -> dict[str, tuple[dict[int, float], int]]:
        """For each noun of people without a name: the coreference with others, and the mentions, of all of them."""
        found: dict[str, tuple[dict[int, float], int]] = {}
        for number, person in enumerate(self.people):
            if person.named or not person.mentions:
                continue
            noun = self.mentions[person.mentions[0]].form
            shares, n = found.get(noun, ({}, 0))
            for other, share in self.by_person[number].items():
                shares[other] = shares.get(other, 0.0) + share
            found[noun] = shares, n + len(person.mentions)
        return found

    def _prominence(self, number: int) -> tuple[bool, bool, int, int]:
        person = self.people[number]
        return person.narrator or person.listed, person.named, len(person.mentions), -number

    def _take_apart(self, person: Person) -> list[Parts]:
        if not person.named:
            return []
        return [take_apart(without_article(form, self.language), self.language) for form in person.forms]

    def _usage(self, number: int) -> tuple[float, float, float, float]:
        """How a person is called: the shares of courtesy titles, other titles, single words, and full names."""
        person, courtesy = self.people[number], self.language.names.courtesy_titles
        if not person.named:
            return 0.0, 0.0, 0.0, 0.0
        counts = [0, 0, 0, 0]
        for parts, n in zip(self.forms[number], person.forms.values(), strict=True):
            if parts.titles:
                counts[0 if set(parts.titles) & courtesy else 1] += n
            else:
                counts[2 if len(parts.words) == 1 else 3] += n
        total = max(1, sum(counts))
        return counts[0] / total, counts[1] / total, counts[2] / total, counts[3] / total

    def _nouns(self, person: Person) -> tuple[set[str], set[str]]:
        """The head nouns of a person without a name, and the words that tell them apart."""
        if person.named:
            return set(), set()
        grammar = self.language.grammar
        heads = {self.mentions[i].form for i in person.mentions}
        words = {word for form in person.forms for word in form.lower().split()}
        return heads, words - heads - grammar.definite_determiners - grammar.determiners - grammar.prepositions

    def _bearers(self) -> dict[str, set[int]]:
        """The named people that a noun may refer to because it is their title."""
        names = self.language.names
        vague = names.courtesy_titles | names.vague_titles
        found: dict[str, set[int]] = defaultdict(set)
        for number in range(len(self.people)):
            titles = {title for parts in self.forms[number] for title in parts.titles} - vague
            for noun in titles.union(*(names.title_nouns.get(title, ()) for title in titles)):
                found[noun].add(number)
        return found

    def _speaker_by_tag(self, utterance: Utterance) -> int:
        """The person in the first tag of an utterance, or -1."""
        for cue in utterance.cues:
            if cue.is_tag and cue.has_speech_verb:
                if self.mentions[cue.mention].form in self.narrators.forms:
                    return self.narrators.at(cue.start)
                return self.of_mention[cue.mention]
        return -1


def _mean_vectors(
    aligned: AlignedSpans, of_mention: Sequence[int], mentions: Sequence[Mention], n_people: int
) -> NDArray[np.float32]:
    """The direction of the mean of the encoder's vectors of each person's names and nouns: (people, width)."""
    vectors = np.asarray(aligned.neural.spans.vectors, np.float32)
    sums = np.zeros((n_people, vectors.shape[1]), np.float32)
    for span, mention in enumerate(aligned.mention):
        if mention >= 0 and of_mention[mention] >= 0 and mentions[mention].kind != "pronoun":
            sums[of_mention[mention]] += vectors[span]
    sums = _directions(sums)
    known = np.abs(sums).sum(axis=1) > 0
    if known.any():
        sums[known] -= sums[known].mean(axis=0)
    return _directions(sums)


def _directions(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float32] = vectors / np.maximum(length, 1e-9)
    return found
