"""Pronouns → people: by what the encoder takes to refer together, and by nearness, gender and the subject's place.

Every mention gets a probability for each person it may refer to. A name refers to its person; a pronoun gets those of
its possible antecedents, each weighted by how likely it is. In narration, rules are used as well: the older ones of
Lappin & Leass (1994), "An Algorithm for Pronominal Anaphora Resolution". Encoder and rules
together are right more often than either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import exp, log

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.relations import Relations
from dramaturg.cast.people.roster import Roster
from dramaturg.findings import Findings, Gender, Mention
from dramaturg.lexicon.language import Language

# Person → the probability that a mention refers to them; what is missing from 1 is somebody or something else.
Referents = dict[int, float]

MAX_ANTECEDENTS = 10  # mentions before a pronoun that the rules look back over
SENTENCE_COST = 0.6  # of one more sentence in between, against 1 for a subject
MENTION_COST = 0.1  # of one more mention in between
BASE_SCORE = 3.0
SUBJECT_SCORE = 1.0
NAME_SCORE = 0.3
GENDER_SCORE = 0.4  # of a person whose gender is known to be the pronoun's
UNREACHED_SCORE = -1.0  # of a person out of the rules' reach
MIN_PROBABILITY = 1e-3  # added for each person, also for one that the encoder does not consider
MAX_REFERENTS = 4  # people that are kept for a mention
MIN_ANTECEDENT_PROBABILITY = 1e-4


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention that a pronoun may refer back to."""

    person: int
    gender: Gender
    plural: bool
    sentence: int
    subject: bool
    named: bool


def resolve_pronouns(
    findings: Findings,
    roster: Roster,
    narrators: Narrators,
    aligned: AlignedSpans,
    language: Language,
    fixed: Mapping[int, int] | None = None,
) -> tuple[Roster, list[Referents], list[Referents]]:
    """Find the person of each pronoun in the narration, and of each “her father”.

    `narrators`: whom I, me and my refer to in narration. `fixed`: the person of some mentions, by index.

    Returns the roster with the people found, the referents of every mention, those inside speech included, and for
    every mention, names and nouns too, the people whom its antecedents refer to by the encoder alone.
    Linear in the number of mentions.
    """
    resolver = _Resolver(findings, roster, narrators, aligned, language, fixed or {})
    referents = resolver.resolve()
    return replace(roster, of_mention=tuple(resolver.of_mention)), referents, resolver.links


class _Resolver:
    def __init__(
        self,
        findings: Findings,
        roster: Roster,
        narrators: Narrators,
        aligned: AlignedSpans,
        language: Language,
        fixed: Mapping[int, int],
    ) -> None:
        self.mentions, self.people, self.of_mention = findings.mentions, roster.people, list(roster.of_mention)
        self.narrators, self.fixed = narrators, fixed
        grammar = language.grammar
        self.first_person = grammar.first_person
        # In narration these are only resolved if they mean the narrator.
        self.speech_only = grammar.first_person_plural | grammar.second_person
        self.relations = Relations(roster.people, language)
        self.recent: list[Antecedent] = []
        self.referents: list[Referents] = [{} for _ in self.mentions]
        self.links: list[Referents] = [{} for _ in self.mentions]
        self.mention_of_span = aligned.mention
        self.span_of: dict[int, int] = {}
        for span, mention in enumerate(aligned.mention):
            self.span_of.setdefault(mention, span)
        self.of_span: list[Referents] = [{} for _ in aligned.mention]
        self.antecedents = aligned.neural.antecedents.tolist()
        self.antecedent_probability = aligned.neural.antecedent_probability.tolist()

    def resolve(self) -> list[Referents]:
        for mention, span in self._in_order():
            from_spans = self._from_antecedents(span)
            if mention >= 0:
                self.links[mention] = from_spans
                self._decide(mention, from_spans)
            if span >= 0:
                aligned = self.mention_of_span[span]
                self.of_span[span] = self.referents[aligned] if aligned >= 0 else from_spans
        return self.referents

    def _in_order(self) -> Iterator[tuple[int, int]]:
        """Every mention with its first span, and every other span, -1 for what is missing; once each."""
        i = 0
        for span, mention in enumerate(self.mention_of_span):
            is_first = mention >= 0 and self.span_of[mention] == span
            while is_first and i < mention:
                if i not in self.span_of:
                    yield i, -1
                i += 1
            yield (mention if is_first else -1), span
        for left in range(i, len(self.mentions)):
            if left not in self.span_of:
                yield left, -1

    def _from_antecedents(self, span: int) -> Referents:
        """The referents of the antecedents of a span, weighted by the probability of each antecedent."""
        found: Referents = {}
        if span < 0:
            return found
        for antecedent, weight in zip(self.antecedents[span], self.antecedent_probability[span], strict=True):
            if antecedent < 0 or weight < MIN_ANTECEDENT_PROBABILITY:
                break
            for person, probability in self.of_span[antecedent].items():
                found[person] = found.get(person, 0.0) + weight * probability
        return _likeliest(found)

    def _decide(self, i: int, from_spans: Referents) -> None:
        mention = self.mentions[i]
        if i in self.fixed:
            self.of_mention[i] = self.fixed[i]
        elif mention.quotation >= 0:
            pass
        elif mention.kind == "pronoun":
            self.referents[i] = self._in_narration(mention, from_spans)
            self.of_mention[i] = max(self.referents[i], key=self.referents[i].__getitem__, default=-1)
        elif mention.kind == "noun":
            owner = self._owner(i)
            relative = self.relations.relative(owner, mention.form) if owner is not None else -1
            if relative >= 0:
                self.of_mention[i] = relative
        person = self.of_mention[i]
        if mention.kind != "pronoun" or i in self.fixed:
            self.referents[i] = {person: 1.0} if person >= 0 else from_spans
        elif mention.quotation >= 0:
            self.referents[i] = self._agreeing(mention, from_spans)
        if person >= 0 and person != self.narrators.at(mention.start) and mention.quotation < 0:
            self.recent.append(_antecedent(mention, person, self.people[person]))
            del self.recent[:-MAX_ANTECEDENTS]

    def _agreeing(self, mention: Mention, referents: Referents) -> Referents:
        """The referents that agree with a pronoun in gender and number; “I” and “you” agree with anybody."""
        if mention.form in self.first_person or mention.form in self.speech_only:
            return referents
        return {p: q for p, q in referents.items() if _agrees(mention, self.people[p].gender, self.people[p].plural)}

    def _in_narration(self, mention: Mention, from_spans: Referents) -> Referents:
        """The referents of a pronoun in narration, by the encoder and by the rules."""
        narrator = self.narrators.at(mention.start)
        if mention.form in self.narrators.forms:
            return {narrator: 1.0} if narrator >= 0 else {}
        if mention.form in self.speech_only or mention.form in self.first_person:
            return {}
        by_encoder, by_rules = self._agreeing(mention, from_spans), self._by_rules(mention)
        by_encoder.pop(narrator, None)  # the narrator is never he or she in their own story
        scores = {
            p: log(by_encoder.get(p, 0.0) + MIN_PROBABILITY) + by_rules.get(p, UNREACHED_SCORE)
            for p in dict.fromkeys([*by_encoder, *by_rules])
        }
        top = max(scores.values(), default=0.0)
        power = {p: exp(score - top) for p, score in scores.items()}
        total = sum(power.values())
        return _likeliest({p: value / total for p, value in power.items()})

    def _by_rules(self, mention: Mention) -> dict[int, float]:
        """A score for each recent antecedent of a pronoun by nearness, place and gender; higher is better."""
        found: dict[int, float] = {}
        for n_between, antecedent in enumerate(reversed(self.recent)):
            if not _agrees(mention, antecedent.gender, antecedent.plural):
                continue
            score = BASE_SCORE - SENTENCE_COST * (mention.sentence - antecedent.sentence) - MENTION_COST * n_between
            score += SUBJECT_SCORE * antecedent.subject + NAME_SCORE * antecedent.named
            score += GENDER_SCORE * (antecedent.gender == mention.gender)
            if score > 0:
                found[antecedent.person] = max(score, found.get(antecedent.person, 0.0))
        return found

    def _owner(self, i: int) -> int | None:
        """The person of the possessive that a noun begins with (-1 if unknown), None if it has none."""
        noun = self.mentions[i]
        for j in range(i + 1, min(i + 3, len(self.mentions))):
            inner = self.mentions[j]
            if inner.start >= noun.end:
                break
            if inner.possessive and inner.kind != "pronoun":
                return self.of_mention[j]
            if inner.possessive:
                referents = self._in_narration(inner, self._from_antecedents(self.span_of.get(j, -1)))
                return max(referents, key=referents.__getitem__, default=-1)
        return None


def _likeliest(referents: Referents) -> Referents:
    if len(referents) <= MAX_REFERENTS:
        return referents
    return dict(sorted(referents.items(), key=lambda item: (-item[1], item[0]))[:MAX_REFERENTS])


def _agrees(mention: Mention, gender: Gender, plural: bool) -> bool:
    return mention.plural == plural and (mention.plural or gender in ("?", mention.gender))


def _antecedent(mention: Mention, number: int, person: Person) -> Antecedent:
    is_subject = mention.subject and not mention.possessive
    return Antecedent(number, person.gender, person.plural, mention.sentence, is_subject, person.named)
