"""Grouping the forms of names by person.

Full names are the anchors. Titles with surnames, first names, nicknames and initials are joined to them, each by what
it may be the name of and by how often it occurs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from dramaturg.cast.people.names.entities import (
    MIN_OWN_NAME_COUNT,
    Entity,
    agree,
    count_with_word,
    has_title_of,
    is_full_with_title,
    is_in_service,
    is_mostly_by_surname,
    is_noble,
    is_service_title,
    known_gender,
)
from dramaturg.cast.people.names.parts import Parts, take_apart
from dramaturg.cast.people.names.spelling import count_words, repair
from dramaturg.findings import Gender, Mention
from dramaturg.lexicon.language import Language

DIGITS = "0123456789_"  # at the end of a handle
MIN_COUNT_OF_TITLE = 8  # by which two people of one surname are told apart
MAX_NAMESAKES = 64  # of people with one name the first so many are looked at, so that time stays linear
MAX_OTHER_NAMES_RATIO = 10  # of a person's mentions to those by first name: above it, “John” is another John
MAX_SHORT_FORM_LETTERS = 12  # of a first name's beginnings that may be a short form


def group_names(
    mentions: Iterable[tuple[Mention, bool]], language: Language, hints: Iterable[str] = ()
) -> dict[Parts, Entity]:
    """Find the entity of every name form.

    `mentions`: names, each with whether it is broken off in the text (“Orihim--”). `hints`: names in the story's tags;
    a hint of which one word is a name in the story also joins its other words to it. Linear in the number of mentions:
    forms are compared if they share a word, not pair by pair.
    """
    forms: Counter[Parts] = Counter()
    broken_off: set[Parts] = set()
    for mention, is_broken_off in mentions:
        parts = take_apart(mention.form, language)
        forms[parts] += 1
        if is_broken_off:
            broken_off.add(parts)
    repaired = repair(forms, broken_off, language)
    counts: Counter[Parts] = Counter()
    for parts, count in forms.items():
        counts[repaired[parts]] += count
    hinted = _hinted(hints, counts, language)
    counts.update(dict.fromkeys(hinted - counts.keys(), 0))
    families = _families(counts, language)
    single = Counter({parts: n for parts, n in counts.items() if parts not in families})
    owner = _Grouping(single, language).run()
    for parts in hinted - families.keys():
        owner[parts].hinted = True
    for parts, family in families.items():
        family.forms[parts] += counts[parts]
        owner[parts] = family
    return {parts: owner[repaired[parts]] for parts in forms}


def attach(counts: Counter[Parts], seeds: Mapping[Parts, Entity], language: Language) -> dict[Parts, Entity]:
    """Find the entity of some names where those of others are known (`seeds`)."""
    grouping = _Grouping(counts, language)
    for parts, entity in seeds.items():
        grouping.know(parts, entity)
    owner = grouping.run()
    return {parts: owner[parts] for parts in counts}


def _hinted(hints: Iterable[str], counts: Counter[Parts], language: Language) -> set[Parts]:
    """The hints of which a word is a name in the story."""
    words = {word for parts in counts for word in parts.words}
    taken_apart = [take_apart(hint, language) for hint in hints]
    return {parts for parts in taken_apart if words.intersection(parts.words)}


def _families(counts: Counter[Parts], language: Language) -> dict[Parts, Entity]:
    """“The Westons”: plurals of names, each family an entity of its own."""
    words = count_words(counts)
    found: dict[str, Entity] = {}
    families = {}
    for parts in counts:
        last = parts.words[-1] if parts.words else ""
        for suffix in language.names.plural_suffixes:
            singular = last.removesuffix(suffix)
            if singular != last and words[singular] > words[last]:
                families[parts] = found.setdefault(singular, Entity(group=True))
    return families


class _Grouping:
    """Joins name forms to entities, the surest forms first."""

    def __init__(self, counts: Counter[Parts], language: Language) -> None:
        self.counts, self.language = counts, language
        self.names, self.people = language.names, language.people
        self.owner: dict[Parts, Entity] = {}
        self.by_given: dict[str, list[Entity]] = defaultdict(list)
        self.by_surname: dict[str, list[Entity]] = defaultdict(list)
        self.by_middle: dict[str, list[Entity]] = defaultdict(list)  # words between the first name and the last
        self.by_formal_name: dict[str, set[str]] = defaultdict(set)  # first names, by what they may be short for
        self.by_beginning: dict[str, set[str]] = defaultdict(set)  # first names, by how they begin
        self.given_in_full: Counter[str] = Counter()  # first names in full names
        self.misses = {p.words[0] for p in counts if len(p.words) == 1 and set(p.titles) & self.names.unmarried_titles}

    def run(self) -> dict[Parts, Entity]:
        """Group full names, then titled surnames, then single names, then titles alone."""
        full = [parts for parts in self.counts if len(parts.words) > 1]
        for parts in full:
            self.given_in_full[parts.words[0]] += self.counts[parts]
        single = [parts for parts in self.counts if len(parts.words) == 1]
        titled = [parts for parts in single if parts.titles]
        bare = [parts for parts in single if not parts.titles]
        only_titles = [parts for parts in self.counts if not parts.words]
        steps = (full, self._full), (titled, self._titled), (bare, self._bare), (only_titles, self._only_titles)
        for group, place in steps:
            for parts in sorted(
                group, key=lambda p: (self._order(p), -len(p.words), -self.counts[p], p.words, p.titles)
            ):
                place(parts)
        return self.owner

    def know(self, parts: Parts, entity: Entity) -> None:
        """Give a name to an entity, whatever the others are."""
        words = parts.words
        given = words[0] if len(words) > 1 or (words and not parts.titles) else None
        surname = words[-1] if len(words) > 1 or (words and parts.titles) else None
        self._put(parts, entity, given, surname)

    def _order(self, parts: Parts) -> int:
        """Plain full names are the anchors; a noble title with a first name is as sure."""
        if not parts.titles:
            return 0
        return 1 if self.people.titles[parts.titles[-1]].kind == "nobility" else 2

    def _put(self, parts: Parts, entity: Entity | None, given: str | None, surname: str | None) -> None:
        """Give a name to an entity, or to a new one, and note its given name and surname."""
        if entity is None:
            entity = Entity()
        entity.forms[parts] += self.counts[parts]
        if entity.gender == "?":
            entity.gender = parts.gender
        for middle in set(parts.words[1:-1]) - self.people.name_particles:
            if entity not in self.by_middle[middle] and len(self.by_middle[middle]) < MAX_NAMESAKES:
                self.by_middle[middle].append(entity)
        if given and given not in entity.given and len(self.by_given[given]) < MAX_NAMESAKES:
            entity.given.add(given)
            self.by_given[given].append(entity)
            if len(given) > 1:
                for key in self._formal_names(given):
                    self.by_formal_name[key].add(given)
                for length in range(2, min(len(given), MAX_SHORT_FORM_LETTERS)):
                    self.by_beginning[given[:length]].add(given)
        if surname and surname not in entity.surnames and len(self.by_surname[surname]) < MAX_NAMESAKES:
            entity.surnames.add(surname)
            self.by_surname[surname].append(entity)
        self.owner[parts] = entity

    def _full(self, parts: Parts) -> None:
        given, surname = parts.words[0], parts.words[-1]
        if set(parts.titles) & self.names.married_titles and self.people.given_names.get(given) == "m":
            self._put(parts, None, None, surname)  # “Mrs. John Dashwood” is not John
            return
        gender = parts.gender if parts.gender != "?" else self.people.given_names.get(given, "?")
        fits = [
            entity
            for entity in self.by_surname[surname]
            if any(self._is_same_given(given, other) for other in entity.given) and agree(entity.gender, gender)
        ]
        if not fits:  # “María José”, of María José de la Fuente Ortiz
            fits = [e for e in self.by_given[given] if surname in _middles(e) and agree(e.gender, gender)]
        self._put(parts, max(fits, key=_count, default=None), given, surname)
        if self.owner[parts].gender == "?":
            self.owner[parts].gender = gender

    def _titled(self, parts: Parts) -> None:
        name, title = parts.words[0], parts.titles[-1]
        bearers = self._bearers_of_title(parts)
        if bearers:
            best = max(bearers, key=_count)
            is_clear = len(bearers) == 1 or _count(best) > 2 * sorted(map(_count, bearers))[-2]
            if is_clear or title in self.names.courtesy_titles or parts.gender != "?":
                self._put(parts, best, None, None)
                return
        by_given = [e for e in self.by_given[name] if agree(known_gender(e, self.language), parts.gender)]
        if not by_given:
            by_given = self._by_nickname(name, parts.gender)
        if by_given and title not in self.names.married_titles:
            self._put(parts, max(by_given, key=_count), None, None)
            return
        by_middle = [e for e in self.by_middle[name] if agree(known_gender(e, self.language), parts.gender)]
        if len(by_middle) == 1:
            self._put(parts, by_middle[0], None, None)  # “Señor Ibarra”, of Rafael Ibarra Quiroga
            return
        is_courtesy = title in self.names.courtesy_titles
        is_given = name in self.given_in_full or (name in self.people.given_names and not is_courtesy)
        self._put(parts, None, name if is_given else None, None if is_given else name)

    def _bearers_of_title(self, parts: Parts) -> list[Entity]:
        """The people of a surname who may have a title."""
        name, title = parts.words[0], parts.titles[-1]
        married, unmarried = self.names.married_titles, self.names.unmarried_titles
        people = [e for e in self.by_surname[name] if agree(known_gender(e, self.language), parts.gender)]
        if title in married:
            people = [e for e in people if not has_title_of(e, unmarried) and not is_in_service(e, self.language)]
            if name in self.misses:
                people = [e for e in people if has_title_of(e, married)]
        elif is_service_title(title, self.language):
            people = [e for e in people if not has_title_of(e, married)]  # “Mrs. Croft” is the wife of “Admiral Croft”
            people = [e for e in people if not self._is_another(parts, e)]
        elif title in self.names.courtesy_titles:
            # “Mr. John Knightley” is so called because plain “Mr. Knightley” is another; Sir Walter is not a Mr.
            people = [e for e in people if not is_full_with_title(e, self.language) and not is_noble(e, self.language)]
            people = [e for e in people if not self._is_another(parts, e)]
        return people

    def _is_another(self, parts: Parts, bearer: Entity) -> bool:
        """Whether the story often says both “Mr. Craven” and “Dr. Craven”, who are then two."""
        courtesy = self.names.courtesy_titles
        is_courtesy = parts.titles[-1] in courtesy
        others = sum(
            n
            for form, n in bearer.forms.items()
            if form.titles and len(form.words) == 1 and (form.titles[-1] in courtesy) != is_courtesy
        )
        return min(others, self.counts[parts]) >= MIN_COUNT_OF_TITLE

    def _bare(self, parts: Parts) -> None:
        name = parts.words[0]
        gender = self.people.given_names.get(name, "?")
        by_given = self.by_given[name]
        family = self.by_surname[name]
        if by_given and not (family and gender == "?" and max(map(_count, family)) > 3 * max(map(_count, by_given))):
            # “John” is John Andrew, where John Beaver is mostly called Beaver.
            called = [e for e in by_given if MAX_OTHER_NAMES_RATIO * count_with_word(e, name) >= _count(e)]
            self._put(parts, max(called or by_given, key=_count), None, None)
        elif family:
            men = [e for e in family if known_gender(e, self.language) != "f"]
            self._put(parts, max(men or family, key=_count), None, None)
        else:
            fits = self._by_nickname(name, gender) or self._by_short_form(name)
            if not fits and len(self.by_middle[name]) == 1 and self.counts[parts] < MIN_OWN_NAME_COUNT:
                fits = self.by_middle[name]
            self._put(parts, max(fits, key=_count, default=None), name, None)

    def _by_nickname(self, name: str, gender: Gender) -> list[Entity]:
        """The person whose first name this is a form of, if there is only one."""
        fits: list[Entity] = []
        related = {other for key in self._formal_names(name) for other in self.by_formal_name[key]}
        for other in sorted(related - {name}) if len(name) > 1 else ():
            if self.people.same_given_name(name, other):
                fits += [
                    e for e in self.by_given[other] if agree(known_gender(e, self.language), gender) and e not in fits
                ]
        if self.counts[Parts((), (name,))] >= MIN_OWN_NAME_COUNT:
            # Tom is the son of Mr. Gradgrind, whose name is Thomas.
            fits = [e for e in fits if not is_mostly_by_surname(e, self.language)]
        return fits if len(fits) == 1 else []

    def _by_short_form(self, name: str) -> list[Entity]:
        """The person whose first name begins so (Em is Emeka), if there is only one and the name is not its own."""
        if len(name) < 2:
            return []
        letters = name.rstrip(DIGITS)
        if letters != name:  # dexterous99 is Dex, but clone2 is not Clone
            beginnings = (name[:k] for k in range(len(letters) - 1, 2, -1))
            return next((found for start in beginnings if len(found := self.by_given.get(start, [])) == 1), [])
        others = self.by_beginning[name]
        if name in self.people.given_names:
            # Dex is dexterous99, but Sam is not Sam2.
            others = {other for other in others if other.rstrip(DIGITS) not in (other, name)}
        begun = dict.fromkeys(entity for other in sorted(others) for entity in self.by_given[other])
        return list(begun) if len(begun) == 1 else []

    def _only_titles(self, parts: Parts) -> None:
        """“The Major” is Major Callendar, where the story has one major."""
        entities = dict.fromkeys(self.owner.values())
        fits = [e for e in entities if any(p.words and p.titles == parts.titles for p in e.forms)]
        self._put(parts, fits[0] if len(fits) == 1 else None, None, None)

    def _formal_names(self, name: str) -> set[str]:
        """A first name, and those that it may be short for: two names of one person share one of these."""
        return {name, *self.people.formal_names(name)}

    def _is_same_given(self, one: str, other: str) -> bool:
        if 1 in (len(one), len(other)):  # an initial
            return one[0] == other[0]
        return one == other or self.people.same_given_name(one, other)


def _middles(entity: Entity) -> set[str]:
    """The words of an entity's names between the first and the last."""
    return {word for parts in entity.forms for word in parts.words[1:-1]}


def _count(entity: Entity) -> int:
    return entity.count
