"""Kin that cannot be: a sister who is a daughter too, an only child with a brother, two fathers, her own aunt."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from dramaturg.continuity.told import Statement, Told, by_person
from dramaturg.facts.links import denoted, owners
from dramaturg.reading import Slip

CONFIDENCE = 0.7
MAX_BETWEEN = 4  # units between a name and a kin noun in apposition
CLOSE_LINKS = ("mention", "title", "apposition", "copula")
INVERSE = {
    "parent": "child",
    "child": "parent",
    "sibling": "sibling",
    "elder": "younger",
    "younger": "elder",
    "spouse": "spouse",
    "aunt": "niece",
    "niece": "aunt",
    "cousin": "cousin",
    "grandparent": "grandchild",
    "grandchild": "grandparent",
}
SIBLINGS = ("sibling", "elder", "younger")
# Of two people both may be told: cousins marry.
COMPATIBLE = frozenset((frozenset(("spouse", "cousin")), frozenset(SIBLINGS), frozenset(("sibling", "elder"))))
COMPATIBLE |= {frozenset(("sibling", "younger"))}


@dataclass(frozen=True, slots=True)
class Kin:
    """What one person is to another at one place. `relation`: a key of `INVERSE`. `noun`: the unit of the word."""

    person: str
    of: str
    relation: str
    noun: int
    first: int
    last: int
    shown: str
    gender: str


def find_kin(told: Told) -> Iterator[Slip]:
    """Slips of kin, one for each pair or person."""
    statements = list(kin_statements(told))
    yield from _two_relations(told, statements)
    yield from _own_kin(told)
    yield from _absent_kin(told)
    yield from _numbers_of_kin(told)
    yield from _two_of_a_kind(told, statements)


def kin_statements(told: Told) -> Iterator[Kin]:
    """Who is what to whom, where the words name who is kin, and say to whom."""
    story, words = told.story, told.words
    for unit, relation, gender in _kin_nouns(told):
        owner = next((u for u, link in owners(story, unit) if link == "owner" and told.person_at(u)), None)
        if owner is None or not told.is_stated(unit, owner) or words.unlike_kin & told.words_in(told.sentence(unit)):
            continue
        of = told.person_at(owner) or ""
        for anchor, link in denoted(story, unit):
            person = told.person_at(anchor)
            is_other = person is not None and person != of and link in CLOSE_LINKS
            if is_other and person is not None and _is_named_there(told, unit, anchor, link):
                span = story.span.get(anchor, (anchor, anchor))
                first, last = min(unit, owner, span[0]), max(unit, owner, span[1])
                shown = f"{told.name_of(of)}’s {story.words[unit]}"
                yield Kin(person, of, relation, unit, first, last, shown, gender)


def _is_named_there(told: Told, noun: int, anchor: int, link: str) -> bool:
    """Whether the words name who is kin: “her brother Alfred”, “Alfred, her brother”, “Alfred was her brother”.

    Not “his mother, Brenda, Allan and …”, a list; nor, in speech, “my daughter, Miss Morland”, who may be addressed.
    """
    story = told.story
    if story.mention[anchor].kind != "name":
        return False
    if link in ("title", "copula"):
        return True
    first, last = story.span.get(anchor, (anchor, anchor))
    if first <= noun <= last or first == noun + 1:
        return True
    between = story.words[min(noun, last) + 1 : max(noun, first)]
    is_list = story.words[last + 1 : last + 2] == [","] and story.tag[last + 2 : last + 3] == ["PROPN"]
    is_list = is_list or story.tag[last + 1 : last + 2] == ["CCONJ"]
    return told.is_narrated(noun) and len(between) <= MAX_BETWEEN and not is_list


def _kin_nouns(told: Told) -> Iterator[tuple[int, str, str]]:
    """The nouns for kin, with their relation and gender; those by marriage and by courtesy left out."""
    story, words = told.story, told.words
    for unit, word in enumerate(story.words):
        if word not in words.kin or story.tag[unit] not in ("NOUN", "PROPN"):
            continue
        relation, gender = words.kin[word]
        before, after = story.words[max(0, unit - 2) : unit], story.words[unit + 1 : unit + 3]
        if words.not_by_blood.intersection((*before, *after)):
            continue
        if relation == "sibling" and words.elder.intersection(before):
            relation = "elder"
        elif relation == "sibling" and words.younger.intersection(before):
            relation = "younger"
        yield unit, relation, gender


def _two_relations(told: Told, statements: list[Kin]) -> Iterator[Slip]:
    """Somebody who is a daughter here and a sister there, directly or by way of a third person."""
    seen = set()
    for one, other in combinations(statements, 2):
        if frozenset((one.person, one.of)) != frozenset((other.person, other.of)) or one.noun == other.noun:
            continue
        relation = other.relation if other.person == one.person else INVERSE[other.relation]
        pair = frozenset((one.person, one.of))
        if relation != one.relation and frozenset((relation, one.relation)) not in COMPATIBLE and pair not in seen:
            seen.add(pair)
            names = told.name_of(one.person), told.name_of(other.person)
            says = f"{names[0]} is {one.shown} here, but {names[1]} is {other.shown} there."
            yield told.slip("kin", _statement(one), _statement(other), CONFIDENCE, says)


def _statement(kin: Kin) -> Statement:
    return Statement(kin.person, kin.relation, kin.noun, kin.first, kin.last, kin.shown)


def _own_kin(told: Told) -> Iterator[Slip]:
    """“Maud was Maud’s aunt”: somebody who is kin to themselves."""
    story = told.story
    for unit, _, _ in _kin_nouns(told):
        if not story.dependents(unit, "cop") or not told.is_stated(unit):
            continue
        subject = next((u for u in story.dependents(unit, "nsubj") if u in story.mention), None)
        possessor = next((u for u in story.dependents(unit, "nmod:poss") if u in story.mention), None)
        both = (subject, possessor)
        if subject is None or possessor is None or any(story.mention[u].kind != "name" for u in both if u is not None):
            continue
        person = told.person_at(subject)
        if person is not None and person == told.person_at(possessor):
            one = Statement(person, "", subject, subject, subject)
            other = Statement(person, "", unit, min(possessor, unit), max(possessor, unit))
            says = f"{told.name_of(person)} is called their own {story.words[unit]}."
            yield told.slip("kin", one, other, CONFIDENCE, says)


def _absent_kin(told: Told) -> Iterator[Slip]:
    """Kin of somebody who has none: an only child’s brother, a bachelor’s wife, the son of the childless."""
    absent = list(_absences(told))
    present = list(_presences(told))
    for one in absent:
        relation, gender = one.value if isinstance(one.value, tuple) else ("", "")
        for other in present:
            others = other.value if isinstance(other.value, tuple) else ("", "")
            is_same = other.person == one.person and others[0] == relation and gender in ("", others[1])
            is_later = other.unit > one.unit or relation == "sibling"
            if is_same and is_later and told.sentence(one.unit) != told.sentence(other.unit):
                if relation != "sibling" and _has_since(told, one.unit, other.unit):
                    continue
                first, second = sorted((one, other), key=lambda statement: statement.unit)
                says = f"{told.name_of(one.person)} is said to have “{one.shown}” and “{other.shown}”."
                yield told.slip("kin", first, second, CONFIDENCE, says)
                break


def _has_since(told: Told, unit: int, other: int) -> bool:
    """Whether between two places somebody may have married or been born."""
    return bool(told.words.new_kin & told.words_in(range(unit, other + 6))) or told.years_between(unit, other) > 0


def _absences(told: Told) -> Iterator[Statement]:
    """What kin somebody does not have, as pairs of relation and gender (empty: any)."""
    story, words = told.story, told.words
    for unit, word in enumerate(story.words):
        if word in words.without_kin and not _is_negated(told, unit):
            people = [told.person_at(a) for a, _ in denoted(story, unit)] + told.subjects_of(unit)
            value: tuple[str, str] = words.without_kin[word], ""
            if word in words.child_words and not words.only.intersection(story.words[unit - 1 : unit]):
                continue
            if word in words.child_words:
                value = "sibling", ""
            for person in dict.fromkeys(p for p in people if p is not None):
                if told.is_stated(unit):
                    yield Statement(person, value, unit, max(unit - 1, 0), unit, story.text(max(unit - 1, 0), unit))
        elif word in words.kin_of_many and (negation := _no_before(told, unit)) is not None:
            relation, gender = words.kin_of_many[word]
            for person in _having(told, unit):
                yield Statement(person, (relation, gender), unit, negation, unit, story.text(negation, unit))


def _is_negated(told: Told, unit: int) -> bool:
    negations = told.story.draft.language.facts.negations
    return bool(negations.intersection(told.story.words[max(told.sentence(unit).start, unit - 5) : unit]))


def _no_before(told: Told, unit: int) -> int | None:
    """The unit of “no” before a noun: “no brothers”, “never had a sister”."""
    story, negations = told.story, told.story.draft.language.facts.negations
    start = max(told.sentence(unit).start, unit - 4)
    found = [u for u in range(start, unit) if story.words[u] in negations]
    return found[0] if found and not told.words.unlike_kin & told.words_in(told.sentence(unit)) else None


def _having(told: Told, unit: int) -> list[str]:
    """The people who have what a noun stands for: “she had no brothers or sisters”."""
    story, at = told.story, unit
    for _ in range(3):
        above, relation = story.head[at], story.relation[at]
        if relation == "obj" and story.lemma(above) in story.draft.language.facts.has_verbs:
            return [] if told.words.unreal & told.words_in(told.sentence(unit)) else told.subjects_of(above)
        if relation != "conj":
            return []
        at = above
    return []


def _presences(told: Told) -> Iterator[Statement]:
    """What kin somebody has: “her brother Alfred”, “his wife”."""
    story, words = told.story, told.words
    for unit, relation, gender in _kin_nouns(told):
        owner = next((u for u, link in owners(story, unit) if link == "owner" and told.person_at(u)), None)
        here = told.words_in(told.sentence(unit))
        if owner is None or not told.is_stated(unit, owner) or words.unlike_kin & here or owner > unit + 2:
            continue
        general = "sibling" if relation in SIBLINGS else relation
        first, last = min(owner, unit), max(owner, unit)
        yield Statement(told.person_at(owner) or "", (general, gender), unit, first, last, story.text(first, last))


def _numbers_of_kin(told: Told) -> Iterator[Slip]:
    """“her two sisters”, “her three sisters”."""
    story, words = told.story, told.words
    counted = []
    for unit, word in enumerate(story.words):
        number = next((u for u in story.dependents(unit, "nummod") if words.number_of(story.words[u])), None)
        if word not in words.kin_of_many or number is None or words.rest & told.words_in(told.sentence(unit)):
            continue
        owned = [told.person_at(u) for u, link in owners(story, unit) if link in ("owner", "having")]
        if not told.is_stated(unit):
            continue
        for person in dict.fromkeys(p for p in owned if p is not None):
            value = (words.kin_of_many[word], words.number_of(story.words[number]))
            first, last = min(number, unit), max(number, unit)
            counted.append(Statement(person, value, unit, first, last, story.text(first, last)))
    for statements in by_person(counted):
        for one, other in combinations(statements, 2):
            same = isinstance(one.value, tuple) and isinstance(other.value, tuple) and one.value[0] == other.value[0]
            if same and one.value != other.value and not _has_since(told, one.unit, other.unit):
                says = f"{told.name_of(one.person)} has {one.shown} here and {other.shown} there."
                yield told.slip("kin", one, other, CONFIDENCE, says)
                break


def _two_of_a_kind(told: Told, statements: list[Kin]) -> Iterator[Slip]:
    """Two fathers, mothers, husbands or wives of other given names."""
    given = told.story.draft.language.people.given_names
    unique = [kin for kin in statements if told.story.words[kin.noun] in told.words.unique_kin]
    seen = set()
    for one, other in combinations(unique, 2):
        if one.of != other.of or one.person == other.person or one.relation != other.relation:
            continue
        if one.gender != other.gender or (one.of, one.relation) in seen:
            continue
        names = [told.name_of(kin.person).split() for kin in (one, other)]
        is_known = all(name and name[0].lower() in given for name in names) and names[0][0] != names[1][0]
        is_married = one.relation == "spouse" and _has_since(told, one.noun, other.noun)
        if is_known and not is_married:
            seen.add((one.of, one.relation))
            noun = told.story.words[one.noun]
            says = f"{told.name_of(one.of)}’s {noun} is {' '.join(names[0])} here and {' '.join(names[1])} there."
            kin = Statement(one.of, "", one.noun, one.first, one.last)
            yield told.slip("kin", kin, _statement(other), CONFIDENCE, says)
