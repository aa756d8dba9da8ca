"""Ages that do not add up: they go down, grow faster than the time that passes, or make a son older than his mother."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import combinations
from math import inf

from dramaturg.continuity.kin import kin_statements
from dramaturg.continuity.told import Statement, Told, by_person
from dramaturg.facts.links import denoted
from dramaturg.reading import Slip

MIN_GENERATION = 12  # years between a parent and a child
CONFIDENCE = 0.75


def find_ages(told: Told) -> Iterator[Slip]:
    """Slips of age, one for each person."""
    ages = list(_ages(told))
    for statements in by_person(ages):
        pair = next((p for p in combinations(statements, 2) if _disagree(told, *p)), None)
        if pair is not None:
            one, other = pair
            says = f"{told.name_of(one.person)} is {one.shown} here and {other.shown} there."
            yield told.slip("age", one, other, CONFIDENCE, says)
    yield from _generations(told, ages)


def _disagree(told: Told, one: Statement, other: Statement) -> bool:
    """Whether somebody cannot be as old as two statements say."""
    if one.unit == other.unit:
        return False
    age, later = _years(one), _years(other)
    passed = told.years_between(one.unit, other.unit)
    if later < age:
        return True
    is_known = told.chapter_of(one.unit) == told.chapter_of(other.unit) or 0 < passed < inf
    is_known = is_known and told.scene_of(one.unit) == told.scene_of(other.unit) or 0 < passed < inf
    return (is_known and later > age + passed + 1) or (1 < passed < inf and later < age + passed - 2)


def _years(statement: Statement) -> int:
    return statement.value if isinstance(statement.value, int) else 0


def _ages(told: Told) -> Iterator[Statement]:
    """How old somebody is at the time that is told of."""
    story, words, seen = told.story, told.words, set()
    for unit, word in enumerate(story.words):
        if not (word.isdigit() or word in words.numbers) or (unit and story.words[unit - 1] == "-"):
            continue
        last = unit
        while last + 2 < len(story.words) and story.words[last + 1] == "-" and words.number_of(story.words[last + 2]):
            last += 2
        number = words.number_of(" ".join(w for w in story.words[unit : last + 1] if w != "-"))
        if number is None or not told.is_stated(unit) or _is_past(told, unit):
            continue
        for person, end in _aged(told, unit, last):
            seen.add((person, number, told.sentence(unit).start))
            yield Statement(person, number, unit, unit, end, story.text(unit, end))
    for fact in story.reading.facts:
        number = words.number_of(fact.normalised) if fact.kind == "age" else None
        if number is None:
            continue
        first, last = bisect_left(story.start, fact.start), bisect_left(story.start, fact.end) - 1
        if (fact.person, number, told.sentence(last).start) not in seen and not _is_past(told, last):
            yield Statement(fact.person, number, last, first, last, fact.value)


def _aged(told: Told, first: int, last: int) -> Iterator[tuple[str, int]]:
    """Whose age a number is, and the last unit of its words: “was nine”, “a man of forty”, “nine years old”."""
    story, words = told.story, told.words
    after = [w for w in story.words[last + 1 : last + 5] if w != "-"]
    end = next((u for u in range(last + 1, min(last + 6, len(story.words))) if story.words[u] in words.age_ends), last)
    is_aged = after[:2] in words.years_old and end > last
    end = end if is_aged else last
    if not is_aged and after[:1] and after[0][0].isalnum() and after[0] not in words.after_ages:
        return
    units = range(first, end + 1)
    predicate = next((u for u in units if story.dependents(u, "cop")), None)
    if predicate is not None:
        subject = [s for u in units for s in story.dependents(u, "nsubj") if story.words[s] not in words.many_people]
        people = (told.person_at(told.antecedent(u)) for u in subject)
        yield from ((person, end) for person in people if person is not None)
        return
    top = next((u for u in units if story.head[u] not in units), first)
    above, relation = story.head[top], story.relation[top]
    before = story.words[first - 1] if first else ""
    is_age = is_aged or before in story.draft.language.facts.age_prepositions
    if is_age and relation in ("amod", "nmod", "appos", "nummod", "nmod:desc", "nmod:unmarked", "acl"):
        people = (told.person_at(u) for u in (above, *(u for u, _ in denoted(story, above))))
        yield from ((person, end) for person in dict.fromkeys(people) if person is not None)

    elif before in words.at_ages and relation == "obl" and first - 1 == told.sentence(first).start:
        yield from ((person, end) for person in told.subjects_of(above) if not told.is_pluperfect(above))
    elif is_aged and relation in ("ccomp", "parataxis", "advcl", "xcomp"):
        yield from ((person, end) for person in told.subjects_of(above))


def _is_past(told: Told, unit: int) -> bool:
    """Whether the words tell of another time than the story's: “I was sixteen when …”, “he remembered”."""
    story, words = told.story, told.words
    here = told.words_in(told.sentence(unit))
    if words.past & told.words_near(unit) or words.formerly & here:
        return True
    top = unit
    while story.head[top] != top and not story.dependents(top, "cop"):
        top = story.head[top]
    is_when = any(story.words[u] in words.when for u in story.dependents(top, "mark", "advmod"))
    is_pluperfect = any(story.words[u] in words.had for u in story.dependents(top, "aux"))
    return is_when or is_pluperfect or (not told.is_narrated(unit) and bool(words.when & here))


def _generations(told: Told, ages: list[Statement]) -> Iterator[Slip]:
    """Parents who are too young for their children, and elder brothers who are younger."""
    known: dict[str, list[Statement]] = {}
    for age in ages:
        known.setdefault(age.person, []).append(age)
    for kin in kin_statements(told):
        least = {"parent": MIN_GENERATION, "elder": 0}.get(kin.relation)
        pairs = [(a, b) for a in known.get(kin.person, ()) for b in known.get(kin.of, ())] if least is not None else []
        for elder, younger in pairs:
            is_near = told.chapter_of(elder.unit) == told.chapter_of(younger.unit)
            if is_near and _years(elder) - _years(younger) < (least or 0):
                names = told.name_of(elder.person), told.name_of(younger.person)
                says = f"{names[0]} is {elder.shown} and {names[1]}, {kin.shown}, is {younger.shown}."
                one, other = sorted((elder, younger), key=lambda age: age.unit)
                yield told.slip("age", one, other, CONFIDENCE, says)
                return
