"""Pronouns → people: what the encoder holds to refer together, and nearness, gender and the subject's place beside it.

Every mention gets shares of people: a name's is its person, a pronoun's are those of the mentions that it may take up,
each by how likely that is. In narration, rules have their say too: the older ones of Lappin & Leass (1994), "An
Algorithm for Pronominal Anaphora Resolution". Neither alone is as often right as both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import exp, log

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.relations import Relations
from dramaturg.cast.people.roster import Roster
from dramaturg.findings import FIRST_PERSON, Findings, Gender, Mention

Shares = dict[int, float]  # person → how likely it is they; what is missing from 1 is somebody or something else

NOBODY_HERE = frozenset({"we", "us", "our", "you", "your"})
REACH = 10  # how many earlier mentions a pronoun may look back over by the rules
DECAY = 0.6  # what one more sentence between costs, against 1 for having been the subject
SUBJECT = 1.0
NAMED = 0.3
UNRULY = -1.0  # of who is out of the rules' reach
UNSEEN = 1e-3  # the share of whom the encoder thinks of not at all
MOST = 4  # people of a mention's shares that are kept
FAINT = 1e-4


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention that a pronoun may take up."""

    person: int
    gender: Gender
    plural: bool
    sentence: int
    subject: bool
    named: bool


def resolve_pronouns(
    findings: Findings, roster: Roster, narrator: int, seen: AlignedSpans, meant: Mapping[int, int] | None = None
) -> tuple[Roster, list[Shares]]:
    """Enter into `roster.of_mention` whom each pronoun, and each “her father”, of the narration means.

    `narrator`: whom I, me and my mean in narration, or -1. `meant`: whom some mentions are known to mean, by their
    index. Returns the shares of every mention, those inside speech too. Linear in the number of mentions.
    """
    resolver = _Resolver(findings, roster, narrator, seen, meant or {})
    shares = resolver.resolve()
    return replace(roster, of_mention=tuple(resolver.of_mention)), shares


class _Resolver:
    def __init__(
        self, findings: Findings, roster: Roster, narrator: int, seen: AlignedSpans, meant: Mapping[int, int]
    ) -> None:
        self.mentions, self.people, self.of_mention = findings.mentions, roster.people, list(roster.of_mention)
        self.narrator, self.meant = narrator, meant
        self.relations = Relations(roster.people)
        self.recent: list[Antecedent] = []
        self.shares: list[Shares] = [{} for _ in self.mentions]
        self.mention_of_span = seen.mention
        self.span_of: dict[int, int] = {}
        for span, mention in enumerate(seen.mention):
            self.span_of.setdefault(mention, span)
        self.of_span: list[Shares] = [{} for _ in seen.mention]
        self.earlier, self.share = seen.neural.antecedents.tolist(), seen.neural.antecedent_probability.tolist()

    def resolve(self) -> list[Shares]:
        for mention, span in self._in_order():
            mixed = self._mixed(span)
            if mention >= 0:
                self._decide(mention, mixed)
            if span >= 0:
                meant = self.mention_of_span[span]
                self.of_span[span] = self.shares[meant] if meant >= 0 else mixed
        return self.shares

    def _in_order(self) -> Iterator[tuple[int, int]]:
        """Every mention with its first span, and every other span, -1 for what is missing; once each."""
        i = 0
        for span, mention in enumerate(self.mention_of_span):
            own = mention >= 0 and self.span_of[mention] == span
            while own and i < mention:
                if i not in self.span_of:
                    yield i, -1
                i += 1
            yield (mention if own else -1), span
        for left in range(i, len(self.mentions)):
            if left not in self.span_of:
                yield left, -1

    def _mixed(self, span: int) -> Shares:
        """The shares of the spans that one may take up, each by how likely that is."""
        found: Shares = {}
        if span < 0:
            return found
        for before, share in zip(self.earlier[span], self.share[span], strict=True):
            if before < 0 or share < FAINT:
                break
            for person, part in self.of_span[before].items():
                found[person] = found.get(person, 0.0) + share * part
        return _chief(found)

    def _decide(self, i: int, mixed: Shares) -> None:
        mention = self.mentions[i]
        if i in self.meant:
            self.of_mention[i] = self.meant[i]
        elif mention.quotation >= 0:
            pass
        elif mention.kind == "pronoun":
            self.shares[i] = self._narrated(mention, mixed)
            self.of_mention[i] = max(self.shares[i], key=self.shares[i].__getitem__, default=-1)
        elif mention.kind == "noun":
            owner = self._owner(i)
            relative = self.relations.relative(owner, mention.form) if owner is not None else -1
            if relative >= 0:
                self.of_mention[i] = relative
        person = self.of_mention[i]
        if mention.kind != "pronoun" or i in self.meant:
            self.shares[i] = {person: 1.0} if person >= 0 else mixed
        elif mention.quotation >= 0:
            self.shares[i] = self._fitting(mention, mixed)
        if person >= 0 and person != self.narrator and mention.quotation < 0:
            self.recent.append(_antecedent(mention, person, self.people[person]))
            del self.recent[:-REACH]

    def _fitting(self, mention: Mention, mixed: Shares) -> Shares:
        """The shares of those whose gender and number a pronoun lets it mean; “I” and “you” may be anybody's."""
        if mention.form in FIRST_PERSON or mention.form in NOBODY_HERE:
            return mixed
        return {p: share for p, share in mixed.items() if _fits(mention, self.people[p].gender, self.people[p].plural)}

    def _narrated(self, mention: Mention, mixed: Shares) -> Shares:
        if mention.form in FIRST_PERSON:
            return {self.narrator: 1.0} if self.narrator >= 0 else {}
        if mention.form in NOBODY_HERE:
            return {}
        fitting, rules = self._fitting(mention, mixed), self._by_rules(mention)
        fitting.pop(self.narrator, None)  # who tells the story is no he or she in it
        weights = {
            p: log(fitting.get(p, 0.0) + UNSEEN) + rules.get(p, UNRULY) for p in dict.fromkeys([*fitting, *rules])
        }
        top = max(weights.values(), default=0.0)
        power = {p: exp(weight - top) for p, weight in weights.items()}
        whole = sum(power.values())
        return _chief({p: one / whole for p, one in power.items()})

    def _by_rules(self, mention: Mention) -> dict[int, float]:
        """How well those lately mentioned fit a pronoun by nearness, place and gender; more is better."""
        found: dict[int, float] = {}
        for back, antecedent in enumerate(reversed(self.recent)):
            if not _fits(mention, antecedent.gender, antecedent.plural):
                continue
            score = 3.0 - DECAY * (mention.sentence - antecedent.sentence) - 0.1 * back
            score += SUBJECT * antecedent.subject + NAMED * antecedent.named
            score += 0.4 * (antecedent.gender == mention.gender)
            if score > 0:
                found[antecedent.person] = max(score, found.get(antecedent.person, 0.0))
        return found

    def _owner(self, i: int) -> int | None:
        """Whose a noun is: the person of the possessive it begins with (-1 if unknown), None where it has none."""
        noun = self.mentions[i]
        for j in range(i + 1, min(i + 3, len(self.mentions))):
            inner = self.mentions[j]
            if inner.start >= noun.end:
                break
            if inner.possessive and inner.kind != "pronoun":
                return self.of_mention[j]
            if inner.possessive:
                shares = self._narrated(inner, self._mixed(self.span_of.get(j, -1)))
                return max(shares, key=shares.__getitem__, default=-1)
        return None


def _chief(shares: Shares) -> Shares:
    if len(shares) <= MOST:
        return shares
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:MOST])


def _fits(mention: Mention, gender: Gender, plural: bool) -> bool:
    return mention.plural == plural and (mention.plural or gender in ("?", mention.gender))


def _antecedent(mention: Mention, person: int, who: Person) -> Antecedent:
    subject = mention.subject and not mention.possessive
    return Antecedent(person, who.gender, who.plural, mention.sentence, subject, who.named)
