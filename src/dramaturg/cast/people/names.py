"""Names → people: which names are one person's, over the whole story.

Full names are the anchors; titles with surnames, first names, nicknames, initials, misspelt, stammered
and broken-off names are joined to them, each by what it may be the name of and by how often it stands.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from dramaturg.findings import Gender, Mention
from dramaturg.lexicon import formal_names, given_names, honorifics, same_given_name, titles

MARRIED = frozenset({"mrs", "madame", "mme", "signora", "frau", "señora"})
UNMARRIED = frozenset({"miss", "mademoiselle", "mlle", "signorina", "fräulein", "señorita"})
COURTESY = frozenset({"mr", "mister", "monsieur", "m", "signor", "herr", "señor", "messrs"}) | MARRIED | UNMARRIED
SERVING = frozenset({"rank", "religious", "profession", "office"})  # kinds of titles: the Admiral's wife is Mrs. Croft
KNIGHTED = frozenset({"sir", "dame"})
NAMESAKES = 64  # of so many people of one name the most mentioned are looked at, so that time stays linear
STILL_CALLED = 20  # paragraphs after which a title alone is no longer his who was last called by it
SELDOM = 10  # who is called otherwise so many times as often is not meant by a first name that another has, too
OWN_MAN = 15  # a form that stands so often is no slip
HYPHENS = re.compile(r"[-‐‑–—]")


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart, in lower case: its titles and its other words."""

    titles: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def gender(self) -> Gender:
        """What its titles say."""
        for title in self.titles:
            gender = titles()[title].gender if title in titles() else "?"
            if gender != "?":
                return gender
        return "?"


@dataclass(eq=False)
class Entity:
    """Name forms that belong to one person. Entities are compared by identity."""

    forms: Counter[Parts] = field(default_factory=Counter)
    given: set[str] = field(default_factory=set)
    surnames: set[str] = field(default_factory=set)
    gender: Gender = "?"
    group: bool = False
    hinted: bool = False

    @property
    def count(self) -> int:
        """How often any of its names stands in the text."""
        return self.forms.total()

    def copy(self) -> "Entity":
        """Another entity with the same contents."""
        return replace(self, forms=self.forms.copy(), given=set(self.given), surnames=set(self.surnames))


def take_apart(form: str) -> Parts:
    """Split a name into titles and words, in lower case, honorific suffixes (`-san`) with the titles."""
    found_titles: list[str] = []
    words: list[str] = []
    pieces = form.lower().replace("’", "'").replace("-the-", " ").split()
    for i, word in enumerate(pieces):
        bare = word.rstrip(".")
        if i == 0 and len(pieces) > 1:
            bare = _title_meant(bare)
        stem, _, suffix = bare.rpartition("-")
        if bare in titles() and (not words or i < len(pieces) - 1) and (i < len(pieces) - 1 or not words):
            found_titles.append(bare)
        elif stem and suffix in honorifics():
            words.append(stem)
        else:
            words.append(bare)
    return Parts(tuple(found_titles), tuple(words))


def without_article(name: str) -> str:
    """A name without its article: “The Colonel” is written “the Colonel”, of which “Colonel” is the name."""
    article, _, rest = name.partition(" ")
    return rest if rest and article.lower() in ("the", "a", "an") else name


def _title_meant(word: str) -> str:
    """A title for its misspelling (“Captian”), any other word as it stands."""
    if len(word) < 6 or word in titles() or word in given_names():
        return word
    return _titles_spelt().get("".join(sorted(word)), word)


@cache
def _titles_spelt() -> dict[str, str]:
    # Letters out of their order are the commonest slip: the same letters, sorted, are the same title.
    return {"".join(sorted(title)): title for title in titles() if len(title) >= 6}


def group_names(mentions: Iterable[tuple[Mention, bool]], hints: Iterable[str] = ()) -> dict[Parts, Entity]:
    """Decide for every name form whose it is.

    `mentions`: names, each with whether it is broken off in the text (“Orihim--”). `hints`: names that the
    story's tags give; one of which a word stands in the story holds its other words together, too. Linear in
    their number; the number of distinct forms enters by words shared, not by pairs.
    """
    forms: Counter[Parts] = Counter()
    broken: set[Parts] = set()
    for mention, cut in mentions:
        parts = take_apart(mention.form)
        forms[parts] += 1
        if cut:
            broken.add(parts)
    repaired = _repair(forms, broken)
    counts: Counter[Parts] = Counter()
    for parts, count in forms.items():
        counts[repaired[parts]] += count
    hinted = _hinted(hints, counts)
    counts.update(dict.fromkeys(hinted - counts.keys(), 0))
    families = _families(counts)
    owner = _Grouping(Counter({parts: n for parts, n in counts.items() if parts not in families})).run()
    for parts in hinted - families.keys():
        owner[parts].hinted = True
    for parts, family in families.items():
        family.forms[parts] += counts[parts]
        owner[parts] = family
    return {parts: owner[repaired[parts]] for parts in forms}


def whose_titles(names: Sequence[Mention], owner: Mapping[Parts, Entity]) -> list[Entity]:
    """Whose each name is. A title alone that several have is the last one's who was called so: “Madame”, “the Captain”.

    `names`: in the order of the text. `owner`: whose each form is.
    """
    last: dict[tuple[str, ...], tuple[Entity, int]] = {}
    found = []
    for mention in names:
        parts = take_apart(mention.form)
        entity = owner[parts]
        if parts.words and parts.titles:
            last[parts.titles] = entity, mention.paragraph
        elif parts.titles and all(not form.words for form in entity.forms) and parts.titles in last:
            chief, where = last[parts.titles]
            if mention.paragraph - where <= STILL_CALLED:
                entity = chief
                last[parts.titles] = chief, mention.paragraph
        found.append(entity)
    return found


def _hinted(hints: Iterable[str], counts: Counter[Parts]) -> set[Parts]:
    """The hints of which a word is a name in the story."""
    words = {word for parts in counts for word in parts.words}
    return {parts for parts in map(take_apart, hints) if words.intersection(parts.words)}


def _families(counts: Counter[Parts]) -> dict[Parts, Entity]:
    """“The Westons”: plurals of names, each family an entity of its own."""
    words: Counter[str] = Counter()
    for parts, count in counts.items():
        for word in parts.words:
            words[word] += count
    found: dict[str, Entity] = {}
    families = {}
    for parts in counts:
        last = parts.words[-1] if parts.words else ""
        for singular in (last.removesuffix("es"), last.removesuffix("s")):
            if singular != last and words[singular] > words[last]:
                families[parts] = found.setdefault(singular, Entity(group=True))
    return families


def _repair(forms: Counter[Parts], broken: set[Parts]) -> dict[Parts, Parts]:
    """Where a rare form is another, misspelt, stammered or broken off: the form that it is meant as."""
    words: Counter[str] = Counter()
    for parts, count in forms.items():
        for word in parts.words:
            words[word] += count
    index = _spelling_index(words)
    whole = {word: _meant(word, words, index) for word in words}
    ordered = sorted(words)
    repaired = {}
    for parts in forms:
        fixed = [whole[word] for word in parts.words]
        if parts in broken and fixed:
            fixed[-1] = _completed(fixed[-1], words, ordered)
        repaired[parts] = Parts(parts.titles, tuple(fixed))
    return repaired


def _spelling_index(words: Counter[str]) -> dict[str, list[str]]:
    # Two words one edit apart share a form that lacks one letter: looking up is linear, not pairwise.
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for key in _deletions(word):
            index[key].append(word)
    return index


def _deletions(word: str) -> set[str]:
    plain = HYPHENS.sub("", word)
    if len(plain) > 20:
        return {plain}
    return {plain, *(plain[:i] + plain[i + 1 :] for i in range(len(plain)))}


def _meant(word: str, words: Counter[str], index: dict[str, list[str]]) -> str:
    plain = HYPHENS.sub("", word)
    if len(plain) < 5 or words[word] > 3:
        return word
    near = {other for key in _deletions(word) for other in index[key][:NAMESAKES] if other != word}
    stammered = plain != word
    fits = [
        other
        for other in near
        if words[other] >= (2 if stammered else 6) * words[word]
        and other[0] == word[0]
        and not _plural_of(word, other)
        and (stammered or word not in given_names())
    ]
    return max(fits, key=lambda other: (words[other], other), default=word)


def _plural_of(word: str, other: str) -> bool:
    return word in (other + "s", other + "es") or other in (word + "s", word + "es")


def _completed(word: str, words: Counter[str], ordered: list[str]) -> str:
    """The commonest name that begins as a broken-off one does. `ordered`: the words, sorted."""
    if words[word] > 2 or len(word) < 2 or word in given_names():
        return word
    first, last = bisect_right(ordered, word), bisect_left(ordered, word + "\U0010ffff")
    fits = [other for other in ordered[first : min(last, first + NAMESAKES)] if words[other] > words[word]]
    return max(fits, key=lambda other: (words[other], other), default=word)


def attach(counts: Counter[Parts], seeds: dict[Parts, Entity]) -> dict[Parts, Entity]:
    """Decide whose some names are, where others are known to be somebody's (`seeds`)."""
    grouping = _Grouping(counts)
    for parts, entity in seeds.items():
        grouping.know(parts, entity)
    owner = grouping.run()
    return {parts: owner[parts] for parts in counts}


class _Grouping:
    """Joins name forms to entities, the surest forms first."""

    def __init__(self, counts: Counter[Parts]) -> None:
        self.counts = counts
        self.owner: dict[Parts, Entity] = {}
        self.by_given: dict[str, list[Entity]] = defaultdict(list)
        self.by_surname: dict[str, list[Entity]] = defaultdict(list)
        self.by_kin: dict[str, set[str]] = defaultdict(set)  # a name, by what it may be short for
        self.begun: dict[str, set[str]] = defaultdict(set)  # a name, by how it begins
        self.given_words: Counter[str] = Counter()
        self.misses = {p.words[0] for p in counts if len(p.words) == 1 and set(p.titles) & UNMARRIED}

    def run(self) -> dict[Parts, Entity]:
        """Group full names, then titled surnames, then single names, then titles alone."""
        full = [parts for parts in self.counts if len(parts.words) > 1]
        for parts in full:
            self.given_words[parts.words[0]] += self.counts[parts]
        single = [parts for parts in self.counts if len(parts.words) == 1]
        titled = [parts for parts in single if parts.titles]
        bare = [parts for parts in single if not parts.titles]
        alone = [parts for parts in self.counts if not parts.words]
        for group, place in ((full, self._full), (titled, self._titled), (bare, self._bare), (alone, self._alone)):
            for parts in sorted(group, key=lambda p: (_later(p), -self.counts[p], p.words, p.titles)):
                place(parts)
        return self.owner

    def know(self, parts: Parts, entity: Entity) -> None:
        """Take a name for somebody's, whatever the others are."""
        words = parts.words
        given = words[0] if len(words) > 1 or (words and not parts.titles) else None
        surname = words[-1] if len(words) > 1 or (words and parts.titles) else None
        self._put(parts, entity, given, surname)

    def _put(self, parts: Parts, entity: Entity | None, given: str | None, surname: str | None) -> None:
        if entity is None:
            entity = Entity()
        entity.forms[parts] += self.counts[parts]
        if entity.gender == "?":
            entity.gender = parts.gender
        if given and given not in entity.given and len(self.by_given[given]) < NAMESAKES:
            entity.given.add(given)
            self.by_given[given].append(entity)
            if len(given) > 1:
                for key in _kin_names(given):
                    self.by_kin[key].add(given)
                for length in range(2, min(len(given), 12)):
                    self.begun[given[:length]].add(given)
        if surname and surname not in entity.surnames and len(self.by_surname[surname]) < NAMESAKES:
            entity.surnames.add(surname)
            self.by_surname[surname].append(entity)
        self.owner[parts] = entity

    def _full(self, parts: Parts) -> None:
        given, surname = parts.words[0], parts.words[-1]
        married = set(parts.titles) & MARRIED and given_names().get(given) == "m"
        if married:  # “Mrs. John Dashwood” is not John
            self._put(parts, None, None, surname)
            return
        gender = _gender(parts)
        fits = [
            entity
            for entity in self.by_surname[surname]
            if any(_same_given(given, other) for other in entity.given) and _agree(entity.gender, gender)
        ]
        self._put(parts, max(fits, key=_size, default=None), given, surname)
        if self.owner[parts].gender == "?":
            self.owner[parts].gender = gender

    def _titled(self, parts: Parts) -> None:
        name, title = parts.words[0], parts.titles[-1]
        people = [e for e in self.by_surname[name] if _agree(_sex(e), parts.gender)]
        if title in MARRIED:
            people = [e for e in people if not self._ever(e, UNMARRIED) and not _serving(e)]
            if name in self.misses:
                people = [e for e in people if self._ever(e, MARRIED)]
        elif title in titles() and _serves(title):
            people = [e for e in people if not self._ever(e, MARRIED)]  # “Mrs. Croft” is the wife of “Admiral Croft”
        elif title in COURTESY:
            # “Mr. John Knightley” is so called because plain “Mr. Knightley” is another; Sir Walter is no Mr.
            people = [e for e in people if not self._told_apart(e) and not _noble(e)]
        if people:
            best = max(people, key=_size)
            if len(people) == 1 or _size(best) > 2 * sorted(map(_size, people))[-2]:
                self._put(parts, best, None, None)
                return
            if title in COURTESY or parts.gender != "?":
                self._put(parts, best, None, None)
                return
        first = [e for e in self.by_given[name] if _agree(_sex(e), parts.gender)]
        if not first:
            first = self._nicknamed(name, parts.gender)
        if first and title not in MARRIED:
            self._put(parts, max(first, key=_size), None, None)
            return
        is_given = name in self.given_words or (name in given_names() and title not in COURTESY)
        self._put(parts, None, name if is_given else None, None if is_given else name)

    def _ever(self, entity: Entity, some: frozenset[str]) -> bool:
        return any(set(parts.titles) & some for parts in entity.forms)

    def _told_apart(self, entity: Entity) -> bool:
        titled = sum(n for p, n in entity.forms.items() if len(p.words) > 1 and set(p.titles) & COURTESY)
        plain = sum(n for p, n in entity.forms.items() if len(p.words) > 1 and not p.titles)
        return titled > 2 and titled > plain / 2

    def _bare(self, parts: Parts) -> None:
        name = parts.words[0]
        gender = given_names().get(name, "?")
        first = self.by_given[name]
        family = self.by_surname[name]
        if first and not (family and gender == "?" and max(map(_size, family)) > 3 * max(map(_size, first))):
            # “John” is John Andrew, where John Beaver is mostly called Beaver.
            called = [e for e in first if SELDOM * _times_called(e, name) >= _size(e)]
            self._put(parts, max(called or first, key=_size), None, None)
        elif family:
            men = [e for e in family if _sex(e) != "f"]
            self._put(parts, max(men or family, key=_size), None, None)
        else:
            fits = self._nicknamed(name, gender) or self._shortened(name)
            self._put(parts, max(fits, key=_size, default=None), name, None)

    def _nicknamed(self, name: str, gender: Gender) -> list[Entity]:
        """The one person whose first name this is a form of, if it is one person's alone."""
        fits: list[Entity] = []
        kin = {other for key in _kin_names(name) for other in self.by_kin[key]} if len(name) > 1 else set()
        for other in sorted(kin - {name}):
            if same_given_name(name, other):
                fits += [e for e in self.by_given[other] if _agree(_sex(e), gender) and e not in fits]
        if self.counts_of(name) >= OWN_MAN:
            # Tom, beside a Mr. Gradgrind whose name is Thomas, is his son.
            fits = [e for e in fits if not _mostly_mister(e)]
        return fits if len(fits) == 1 else []

    def _shortened(self, name: str) -> list[Entity]:
        """The one person whose first name begins so: Em is Emeka. What is a name of its own (Ann) is none."""
        if name in given_names() or len(name) < 2:
            return []
        begun = {id(entity): entity for other in self.begun[name] for entity in self.by_given[other]}
        return list(begun.values()) if len(begun) == 1 else []

    def counts_of(self, name: str) -> int:
        """How often a single name stands without a title."""
        return self.counts[Parts((), (name,))]

    def _alone(self, parts: Parts) -> None:
        """“The Major” is Major Callendar, where the story has one major."""
        fits = [e for e in self._entities() if any(p.words and p.titles == parts.titles for p in e.forms)]
        self._put(parts, fits[0] if len(fits) == 1 else None, None, None)

    def _entities(self) -> list[Entity]:
        return list({id(entity): entity for entity in self.owner.values()}.values())


def _later(parts: Parts) -> int:
    """Plain full names are the anchors; a noble title with a first name is as sure."""
    if not parts.titles:
        return 0
    return 1 if titles()[parts.titles[-1]].kind == "nobility" else 2


def _mostly_mister(entity: Entity) -> bool:
    titled = sum(n for p, n in entity.forms.items() if len(p.words) == 1 and set(p.titles) & COURTESY)
    return titled >= OWN_MAN and 2 * titled > entity.count


def _serving(entity: Entity) -> bool:
    return any(_serves(title) for parts in entity.forms for title in parts.titles)


def _serves(title: str) -> bool:
    return titles()[title].kind in SERVING and titles()[title].gender != "f"


def _noble(entity: Entity) -> bool:
    used = {title for parts in entity.forms for title in parts.titles}
    return bool(used & KNIGHTED) or any(titles()[title].kind == "nobility" for title in used)


def _kin_names(name: str) -> set[str]:
    """The name, and those that it may be short for: two names of one person share one of these."""
    return {name, *formal_names(name)}


def _same_given(one: str, other: str) -> bool:
    if 1 in (len(one), len(other)):  # an initial
        return one[0] == other[0]
    return one == other or same_given_name(one, other)


def _gender(parts: Parts) -> Gender:
    return parts.gender if parts.gender != "?" else given_names().get(parts.words[0], "?")


def _sex(entity: Entity) -> Gender:
    if entity.gender != "?":
        return entity.gender
    known = {given_names().get(name, "?") for name in entity.given} - {"?"}
    return known.pop() if len(known) == 1 else "?"


def _agree(one: Gender, other: Gender) -> bool:
    return one == "?" or other == "?" or one == other


def _times_called(entity: Entity, word: str) -> int:
    """How often a word stands among an entity's names."""
    return sum(n for parts, n in entity.forms.items() if word in parts.words)


def _size(entity: Entity) -> int:
    return entity.count
