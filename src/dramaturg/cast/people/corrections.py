"""The user's word on who is who, laid under what `cast` decides: it is known before anything else is asked.

Each hook stands where its question is decided: names in `roster`, the teller in `narrator`, pronouns in `pronouns`,
speakers in `features` (as a tag that names them outright) and `turns`, addressees in `addressees`.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from dramaturg.cast.people.names import Entity, Parts, attach, take_apart, without_article
from dramaturg.cast.people.person import Person
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.corrections.model import MergeCorrection, PersonCorrection, QuotationCorrection, fold_name
from dramaturg.corrections.resolve import ResolvedCorrections, find_quotation
from dramaturg.draft import Draft
from dramaturg.findings import FIRST_PERSON, Findings, Gender, Mention
from dramaturg.layers.rules.corrections import find_mention
from dramaturg.story import Span

GENDERS: dict[str, Gender] = {"he": "m", "him": "m", "she": "f", "her": "f"}
HINTS = 100
TELLER = "Narrator"  # what a reading calls who tells the story, where no name of theirs is found
UNKNOWN = -1  # stands for a speaker who cannot be known


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is given of utterances, by their index: persons are indices in the roster, UNKNOWN for nobody known.

    `places`: the quotation that the correction speaks of. `quoted`: speakers of what is quoted inside speech, by index
    of quotation. `meant`: whom pronouns and nouns mean, by index of mention.
    """

    speakers: dict[int, int] = field(default_factory=dict)
    addressees: dict[int, tuple[int, ...]] = field(default_factory=dict)
    places: dict[int, Span] = field(default_factory=dict)
    quoted: dict[int, int] = field(default_factory=dict)
    meant: dict[int, int] = field(default_factory=dict)


def gender_told(pronouns: str) -> Gender:
    """The gender that somebody's pronouns show: “she/her”."""
    first = pronouns.lower().replace("/", " ").split()
    return GENDERS.get(first[0], "?") if first else "?"


class PeopleCorrections:
    """What the user says of one story's people, and who they are in its roster."""

    def __init__(self, findings: Findings, resolved: ResolvedCorrections | None = None) -> None:
        self.resolved = resolved if resolved is not None else ResolvedCorrections()
        self.ledger = self.resolved.ledger
        self.listed = self.resolved.corrections.people
        self.complete = self.resolved.is_complete("cast")
        self.placed = {
            number: one
            for one in self.resolved.mentions
            if one.correction.character is not None and (number := find_mention(findings.mentions, one.span)) >= 0
        }
        self.of_entity: dict[int, PersonCorrection] = {}  # by the id of the entity
        self.nouns: dict[str, PersonCorrection | int] = {}  # folded → whose; an int is the id of an entity
        self.nameless: list[tuple[MergeCorrection, list[str]]] = []  # nouns that are one person's who has no name
        self.seen_nouns: set[str] = set()  # folded, those of `nouns` that stand in the narration
        self.later: list[int] = []  # names at one place that mean the teller, who is found only after them
        self.found_names: Container[Parts] = ()  # those that stand in the text
        self.by_name, self.by_alias = _owners(self.listed)
        self.numbers: dict[str, int] = {}  # a listed person's name → index in people
        self.hints = HINTS
        self._known: dict[str, list[int]] = {}
        self._n_known = -1

    # Names

    def regroup(self, owner: dict[Parts, Entity], mentions: Sequence[Mention]) -> dict[Parts, Entity]:
        """Part and join the entities that names were grouped to, as the cast says; what agrees with it stays."""
        same = self.resolved.corrections.same
        self.found_names = owner
        if not self.listed and not same:
            return owner
        regrouping = _Regrouping(owner, Counter(take_apart(mention.form) for mention in mentions))
        self.of_entity = regrouping.list_people(self.listed)
        for one in same:
            self._join(one, regrouping)
        for listed in self.listed:
            for name in listed.names:  # “Waiter!” may be a name in the story, and “the waiter” a noun
                self.nouns.setdefault(fold_name(name), listed)
        return regrouping.owner

    def _join(self, one: MergeCorrection, regrouping: "_Regrouping") -> None:
        forms = [form for name in one.names for form in _plainly(name)]
        entities = {id(e): e for form in forms if (e := regrouping.owner.get(take_apart(form))) is not None}
        listed = {who.name: who for key in entities if (who := self.of_entity.get(key)) is not None}
        listed |= {
            who.name: who for who in self.listed if set(map(fold_name, one.names)) & set(map(fold_name, who.names))
        }
        if len(listed) > 1:
            self.ledger.mark_unmatched(one, f"{' and '.join(listed)} are two people under [people]")
            return
        chief = regrouping.join(list(entities.values())) if entities else None
        who = next(iter(listed.values()), None)
        if chief is not None and who is not None:
            self.of_entity[id(chief)] = who
        nouns = [fold_name(name) for name in one.names if take_apart(name) not in regrouping.owner]
        for noun in nouns:
            if who is not None:
                self.nouns[noun] = who
            elif chief is not None:
                self.nouns[noun] = id(chief)
        if chief is None and who is None:
            self.nameless.append((one, nouns))

    def describe(self, person: Person, listed: PersonCorrection) -> None:
        """Enter into a person what the cast says of them."""
        person.listed = True
        person.name = listed.name
        person.kind = listed.kind or person.kind
        if listed.pronouns is not None:
            person.pronouns = listed.pronouns
            person.gender = gender_told(listed.pronouns)

    def person(self, listed: PersonCorrection, people: list[Person], named: bool = True) -> int:
        """The index of a listed person, who is added where no name of theirs stands in the text."""
        if listed.name not in self.numbers:
            self.numbers[listed.name] = len(people)
            people.append(Person(listed.name, named))
            self.describe(people[-1], listed)
        self.ledger.mark_applied(listed)
        return self.numbers[listed.name]

    # Nouns and single places

    def place(
        self,
        draft: Draft,
        mentions: list[Mention],
        of_entity: dict[int, int],
        people: list[Person],
        of_mention: list[int],
    ) -> None:
        """Enter into `of_mention` whom nouns mean, and names at one place. `of_entity`: id of an entity → person."""
        for i, mention in enumerate(mentions if self.nouns else ()):
            if mention.kind == "noun" and mention.quotation < 0:
                owner = self.nouns.get(fold_name(draft.text[mention.start : mention.end]))
                number = self._noun_owner(owner, of_entity, people)
                if number >= 0:
                    self.seen_nouns.add(fold_name(draft.text[mention.start : mention.end]))
                    people[number].mentions.append(i)
                    forms = people[number].described if people[number].named else people[number].forms
                    forms[" ".join(draft.text[mention.start : mention.end].split())] += 1
                    of_mention[i] = number
        for i, placed in self.placed.items():
            if mentions[i].kind == "name":
                whom = self._whom(placed.correction.character or "", placed.span.start, people, mentions)
                if isinstance(whom, int):
                    self.ledger.mark_applied(placed.correction, placed.span)
                    _give(i, mentions[i], whom, people, of_mention)
                elif fold_name(placed.correction.character or "") == fold_name(TELLER):
                    self.later.append(i)
                else:
                    self.ledger.mark_unmatched(placed.correction, whom, placed.span)
        if self.nouns:
            for person in people:
                person.mentions.sort()

    def _noun_owner(self, owner: PersonCorrection | int | None, of_entity: dict[int, int], people: list[Person]) -> int:
        if owner is None:
            return -1
        return (
            self.person(owner, people, named=False) if isinstance(owner, PersonCorrection) else of_entity.get(owner, -1)
        )

    def join_nameless(self, mentions: Sequence[Mention], people: list[Person], of_mention: list[int]) -> None:
        """Join people without a name whom nouns of one list mean."""
        for one, nouns in self.nameless:
            fits = [n for n, person in enumerate(people) if not person.named and self._is_called(person, nouns)]
            kinds = {fold_name(form) for n in fits for form in people[n].forms} & set(nouns)
            if len(kinds) < 2:
                self.ledger.mark_unmatched(one, "these names do not all stand in the story")
                continue
            self.ledger.mark_applied(one)
            chief = people[fits[0]]
            for n in fits[1:]:
                for mention in people[n].mentions:
                    of_mention[mention] = fits[0]
                chief.forms.update(people[n].forms)
                chief.mentions += people[n].mentions
                chief.gender = chief.gender if chief.gender != "?" else people[n].gender
                people[n].mentions, people[n].forms = [], Counter()
            chief.mentions.sort()
        for one in self.resolved.corrections.same:
            unknown = [name for name in one.names if not self._is_found(name) and not self._is_teller(name)]
            if unknown:
                self.ledger.mark_unmatched_unless_applied(one, f"nobody is called “{unknown[0]}” in the story")
            elif not any(map(self._is_teller, one.names)):  # who tells the story is asked later
                self.ledger.mark_applied(one)
        for listed in self.listed:
            if listed.name in self.numbers:
                self.ledger.mark_applied(listed)

    def _is_found(self, name: str) -> bool:
        """Whether a name, or a noun of the narration, stands in the text, or the user says whose it is."""
        folded = fold_name(name)
        return (
            any(take_apart(form) in self.found_names for form in _plainly(name))
            or folded in self.seen_nouns
            or folded in self.by_name
            or folded in self.by_alias
        )

    def _is_teller(self, name: str) -> bool:
        """Whether a name is the one that a reading gives to a narrator without a name."""
        folded = fold_name(name)
        stands = folded in self.seen_nouns or take_apart(name) in self.found_names
        return folded == fold_name(TELLER) and not stands

    def _is_called(self, person: Person, nouns: Sequence[str]) -> bool:
        return any(fold_name(form) in nouns for form in person.forms)

    def leave_only_listed(self, people: list[Person], of_mention: list[int], narrator: int) -> None:
        """Where the cast is complete, nobody else keeps a mention."""
        if not self.complete:
            return
        for i, number in enumerate(of_mention):
            if number >= 0 and not people[number].listed and number != narrator:
                of_mention[i] = -1
        for number, person in enumerate(people):
            if not person.listed and number != narrator:
                person.mentions, person.forms, person.named = [], Counter(), False

    # Finding somebody by name

    def _whom(self, name: str, at: int, people: list[Person], mentions: Sequence[Mention]) -> int | str:
        """The index of whoever a name means at a place of the text; in words, why that cannot be told."""
        key = fold_name(name)
        for owners in (self.by_name.get(key, []), self.by_alias.get(key, [])):
            if len(owners) == 1:
                return self.person(owners[0], people)
            if owners:
                return f"“{name}” may be {' or '.join(one.name for one in owners)}"
        known = self._by_name(people)
        fits = known.get(key, [])
        named = [n for n in fits if people[n].narrator or key in map(fold_name, (people[n].name, *people[n].forms))]
        named = [n for n in named if people[n].named or people[n].narrator]
        if len(named) == 1:
            return named[0]
        if named:
            return f"“{name}” may be more than one; list them under [people]"
        nearest = min((self._distance(people[n], at, mentions), n) for n in fits) if fits else None
        if nearest is not None:
            return nearest[1]
        self.hints -= 1  # to look for the nearest name takes as long as there are names
        near = get_close_matches(key, known, n=1, cutoff=0.7) if self.hints >= 0 else []
        hint = f"; is “{people[known[near[0]][0]].name}” meant?" if near else ""
        return f"nobody is called “{name}”{hint or '; list a new one under [people]'}"

    def _by_name(self, people: list[Person]) -> dict[str, list[int]]:
        """Who is called how, by folded name; made anew where people were added."""
        if self._n_known != len(people):
            found: dict[str, dict[int, None]] = defaultdict(dict)
            for n, person in enumerate(people):
                for name in (person.name, *person.forms, *person.described, *[TELLER] * person.narrator):
                    if person.mentions or person.listed or person.narrator:
                        found[fold_name(name)][n] = None
            self._known, self._n_known = {name: list(numbers) for name, numbers in found.items()}, len(people)
        return self._known

    def _distance(self, person: Person, at: int, mentions: Sequence[Mention]) -> int:
        k = bisect_left(person.mentions, at, key=lambda i: mentions[i].start)
        return min((abs(mentions[i].start - at) for i in person.mentions[max(0, k - 1) : k + 1]), default=1 << 40)

    # The narrator

    def narrator(self, people: list[Person], findings: Findings) -> int | None:
        """The narrator's index, -1 where nobody in the story tells it, None where nothing is said of that."""
        teller = self.resolved.corrections.narrator
        if teller is None:
            return None
        if teller.name is None:
            self.ledger.mark_applied(teller)
            return -1
        number = self._whom(teller.name, 0, people, findings.mentions)
        if isinstance(number, str):
            if "may be" in number:
                self.ledger.mark_unmatched(teller, number)
                return None
            number = len(people)  # who says I need not be named in the text
            people.append(Person(teller.name, True))
            people[-1].listed = True
        self.ledger.mark_applied(teller)
        return number

    def nameless_narrator(self, people: list[Person], findings: Findings) -> int:
        """Whom the user means by what a narrator without a name is called in a reading; -1 where nobody is meant.

        In a story that somebody tells as “I”, and of whom nothing is said by `narrator`.
        """
        for listed in self.listed:
            if any(map(self._is_teller, listed.names)):
                return self.person(listed, people, named=not self._is_teller(listed.name))
        for one in self.resolved.corrections.same:
            others = [name for name in one.names if not self._is_teller(name)]
            if others and len(others) < len(one.names):
                number = self._whom(others[0], 0, people, findings.mentions)
                if isinstance(number, int):
                    self.ledger.mark_applied(one)
                    return number
                self.ledger.mark_unmatched(one, number)
        return -1

    # Quotations

    def fix(
        self,
        draft: Draft,
        findings: Findings,
        utterances: Sequence[Utterance],
        people: list[Person],
        of_mention: list[int],
    ) -> Fixed:
        """Who is given as speaker and addressee of which utterance, and whom pronouns mean, there and elsewhere."""
        fixed = Fixed()
        self._n_known = -1  # descriptions were joined to names since
        of_quotation = {q: u for u, utterance in enumerate(utterances) for q in utterance.quotations}
        last: dict[int, QuotationCorrection] = {}  # by quotation
        for one in sorted(self.resolved.quotations, key=lambda one: one.order):
            correction = one.correction
            if correction.speech is False:
                continue
            number = find_quotation(draft.quotations, one.span)
            if number < 0:
                why = "no speech was found there; if it is speech, say so by `speech = true`"
                self.ledger.mark_unmatched(correction, why, one.span)
                continue
            if number in last and _contradict(last[number], correction):
                self.ledger.mark_unmatched(last[number], "a later one says otherwise", one.span)
            last[number] = correction
            place = Span(draft.quotations[number].start, draft.quotations[number].end)
            self._fix(correction, number, of_quotation.get(number), place, people, findings, fixed)
        for u, speaker in fixed.speakers.items():
            if speaker >= 0:
                fixed.meant.update(_tagged(utterances[u], findings, people, speaker))
        for i, placed in self.placed.items():
            mention = findings.mentions[i]
            if mention.kind != "name" or i in self.later:
                whom = self._whom(placed.correction.character or "", placed.span.start, people, findings.mentions)
                if isinstance(whom, str):
                    self.ledger.mark_unmatched(placed.correction, whom, placed.span)
                else:
                    self.ledger.mark_applied(placed.correction, placed.span)
                    if mention.kind == "name":
                        _give(i, mention, whom, people, of_mention)
                    else:
                        fixed.meant[i] = whom
        for i in fixed.meant:
            if findings.mentions[i].kind == "noun" and of_mention[i] >= 0:
                people[of_mention[i]].mentions = [k for k in people[of_mention[i]].mentions if k != i]
        return fixed

    def _fix(
        self,
        correction: QuotationCorrection,
        number: int,
        utterance: int | None,
        place: Span,
        people: list[Person],
        findings: Findings,
        fixed: Fixed,
    ) -> None:
        self.ledger.mark_applied(correction, place)
        speaker: int | str | None = None
        if correction.speaker is not None:
            name = correction.speaker
            speaker = self._whom(name, place.start, people, findings.mentions) if name else UNKNOWN
            if isinstance(speaker, str):
                self.ledger.mark_unmatched(correction, speaker, place)
            elif utterance is None:
                fixed.quoted[number] = speaker
            else:
                fixed.speakers[utterance], fixed.places[utterance] = speaker, place
        if correction.addressees is not None:
            found = [self._whom(name, place.start, people, findings.mentions) for name in correction.addressees]
            wrong = [why for why in found if isinstance(why, str)]
            wrong += ["who says it is not whom it is said to"] * (speaker is not None and speaker in found)
            if wrong:
                self.ledger.mark_unmatched(correction, wrong[0], place)
            if utterance is not None:
                given = tuple(dict.fromkeys(who for who in found if isinstance(who, int) and who != speaker))
                if given or not correction.addressees:
                    fixed.addressees[utterance] = given

    def finish(self) -> None:
        """Note what was never used."""
        for one in self.resolved.corrections.same:
            self.ledger.mark_unmatched_unless_applied(one, "nobody tells the story who has no name")
        for listed in self.listed:
            self.ledger.mark_unmatched_unless_applied(listed, "no name of theirs stands in the story")
        for mention in self.resolved.mentions:
            if mention.correction.character is not None:
                self.ledger.mark_unmatched_unless_applied(mention.correction, "nobody was found to be meant there")


def _owners(
    listed: Sequence[PersonCorrection],
) -> tuple[dict[str, list[PersonCorrection]], dict[str, list[PersonCorrection]]]:
    """Whose each folded name is, and whose each alias."""
    by_name: dict[str, list[PersonCorrection]] = defaultdict(list)
    by_alias: dict[str, list[PersonCorrection]] = defaultdict(list)
    for one in listed:
        by_name[fold_name(one.name)].append(one)
        for alias in dict.fromkeys(map(fold_name, one.aliases)):
            by_alias[alias].append(one)
    return by_name, by_alias


def _give(i: int, mention: Mention, whom: int, people: list[Person], of_mention: list[int]) -> None:
    """Enter a name at one place into the person whom it means there."""
    people[whom].mentions = sorted([*people[whom].mentions, i])
    people[whom].forms[mention.form] += 1
    of_mention[i] = whom


def _contradict(one: QuotationCorrection, other: QuotationCorrection) -> bool:
    """Whether two corrections say different things of one quotation."""
    answers = ((one.speaker, other.speaker), (one.addressees, other.addressees))
    return any(None not in pair and pair[0] != pair[1] for pair in answers)


def _tagged(utterance: Utterance, findings: Findings, people: Sequence[Person], speaker: int) -> dict[int, int]:
    """The pronoun or noun that tags an utterance means its speaker, where it may."""
    found = {}
    for cue in utterance.cues:
        mention = findings.mentions[cue.mention]
        said = cue.is_tag and cue.has_speech_verb
        if said and mention.kind != "name" and mention.form not in FIRST_PERSON:
            fits = mention.gender == "?" or people[speaker].gender in ("?", mention.gender)
            if fits and mention.plural == people[speaker].plural:
                found[cue.mention] = speaker
    return found


class _Regrouping:
    """Names grouped to entities, while they are parted and joined anew."""

    def __init__(self, owner: dict[Parts, Entity], counts: Counter[Parts]) -> None:
        self.owner, self.counts = dict(owner), counts
        self.members: dict[int, list[Parts]] = defaultdict(list)
        for parts, entity in owner.items():
            self.members[id(entity)].append(parts)

    def list_people(self, listed: Sequence[PersonCorrection]) -> dict[int, PersonCorrection]:
        """Give each listed person an entity of their own; returns whose an entity is, by its id."""
        claims = self._claims(listed)
        genders = [gender_told(one.pronouns or "") for one in listed]
        claimed: dict[int, dict[int, list[Parts]]] = defaultdict(lambda: defaultdict(list))
        mixed: set[int] = set()  # “Madame Ratignolle” is also “Ratignolle”, but not “Monsieur Ratignolle”
        for parts, n in claims.items():
            entity = self.owner[parts]
            claimed[id(entity)][n].append(parts)
            if any({form.gender, genders[n]} == {"m", "f"} for form in self.members[id(entity)]):
                mixed.add(id(entity))
        homes: dict[int, list[Entity]] = defaultdict(list)
        for parts, n in claims.items():
            entity = self.owner[parts]
            whole = len(claimed[id(entity)]) == 1 and id(entity) not in mixed
            if whole and not any(entity is home for home in homes[n]):
                homes[n].append(entity)
        home = {n: self.join(entities) for n, entities in homes.items() if entities}
        for key, by_person in claimed.items():
            if len(by_person) > 1 or key in mixed:
                self._part(key, by_person, home, genders)
        for n, entity in home.items():
            if listed[n].kind is not None:
                entity.group = listed[n].kind == "group"
        return {id(entity): listed[n] for n, entity in home.items()}

    def join(self, entities: Sequence[Entity]) -> Entity:
        """Make one entity of several: the one with the most mentions."""
        chief = max(entities, key=lambda entity: entity.count)
        for other in entities:
            if other is not chief:
                for parts in self.members.pop(id(other), []):
                    self.owner[parts] = chief
                    self.members[id(chief)].append(parts)
                chief.forms.update(other.forms)
                chief.given |= other.given
                chief.surnames |= other.surnames
                chief.gender = chief.gender if chief.gender != "?" else other.gender
                chief.hinted |= other.hinted
                chief.group &= other.group
        return chief

    def _part(
        self, key: int, by_person: dict[int, list[Parts]], home: dict[int, Entity], genders: Sequence[Gender]
    ) -> None:
        """Part an entity that is several people's; the names that nobody claims go where they fit best."""
        seeds: dict[Parts, Entity] = {}
        for n, claimed in by_person.items():
            entity = home.setdefault(n, Entity(gender=genders[n]))
            for parts in claimed:
                seeds[parts] = entity
                entity.forms[parts] += self.counts[parts]
        rest = Counter({parts: self.counts[parts] for parts in self.members.pop(key) if parts not in seeds})
        for parts, entity in {**attach(rest, seeds), **seeds}.items():
            self.owner[parts] = entity
            self.members[id(entity)].append(parts)

    def _claims(self, listed: Sequence[PersonCorrection]) -> dict[Parts, int]:
        """Whose each name form of the text is: a name that several have is its namesake's, else the chief one's.

        A first name may be anybody's who has it: his who is called so most in full.
        """
        wanted: dict[Parts, dict[int, None]] = defaultdict(dict)
        first: dict[str, list[int]] = defaultdict(list)
        for n, one in enumerate(listed):
            full = take_apart(one.name).words
            if len(full) > 1:
                first[full[0]].append(n)
            for parts in map(take_apart, [form for name in one.names for form in _plainly(name)]):
                if parts in self.owner:
                    wanted[parts][n] = None
        called: Counter[tuple[int, str]] = Counter()
        alone: Counter[int] = Counter()
        for parts, claimants in wanted.items():
            if len(claimants) == 1:
                n = next(iter(claimants))
                alone[n] += self.counts[parts]
                if len(parts.words) > 1:
                    called[n, parts.words[0]] += self.counts[parts]
        found = {}
        for parts, claimants in wanted.items():
            name = parts.words[0] if len(parts.words) == 1 and not parts.titles else ""
            own = {n for n in claimants if parts in map(take_apart, _plainly(listed[n].name))}
            others = own or {*claimants, *(first[name] if any(n in first[name] for n in claimants) else ())}
            found[parts] = max(others, key=lambda n: (called[n, name], alone[n], -n))
        return found


def _plainly(name: str) -> tuple[str, str]:
    """A name, and the same without its article."""
    return name, without_article(name)
