"""Bodies that cannot be: a scar that changes sides, a lost arm in use, the blind who read, the tall who are short."""

from collections.abc import Iterator
from itertools import combinations

from dramaturg.continuity.told import Statement, Told, by_person, is_tagged
from dramaturg.facts.links import described
from dramaturg.reading import Slip

CONFIDENCE = 0.7
MAX_SHOWN = 8  # units of what somebody does that are shown


def find_bodies(told: Told) -> Iterator[Slip]:
    """Slips of body, one of a kind for each person."""
    yield from _sides(told)
    yield from _losses(told)
    yield from _senses(told)
    yield from _builds(told)


# Left and right


def _sides(told: Told) -> Iterator[Slip]:
    """A mark of the body that is on the left here and on the right there."""
    for statements in by_person(_sided(told)):
        for one, other in combinations(statements, 2):
            (mark, part, side), (mark_there, part_there, side_there) = _triple(one), _triple(other)
            same = mark == mark_there and part == part_there and side != side_there
            if same and not _is_changed(told, one, other):
                says = f"{told.name_of(one.person)}: “{one.shown}” here, “{other.shown}” there."
                yield told.slip("body", one, other, CONFIDENCE, says)
                break


def _triple(statement: Statement) -> tuple[str, str, str]:
    value = statement.value
    return value if isinstance(value, tuple) and len(value) == 3 else ("", "", "")


def _sided(told: Told) -> Iterator[Statement]:
    """Lasting marks of a part of the body with a side, as triples of mark, part and side."""
    story, words = told.story, told.words
    for unit, part, side in _parts_with_sides(told):
        marks = {words.marks[w] for w in told.words_in(_clause(told, unit)) if w in words.marks}
        person = told.owner_of(unit)
        if person is None or not told.is_stated(unit):
            continue
        sided = [u for u in range(max(0, unit - 2), unit) if story.words[u] in words.sides]
        for mark in sorted(marks):
            yield Statement(person, (mark, part, side), unit, sided[0], unit, story.text(sided[0], unit))


def _parts_with_sides(told: Told) -> Iterator[tuple[int, str, str]]:
    """Parts of the body after “left” or “right”: the unit, the limb that it belongs to, and the side."""
    story, words = told.story, told.words
    parts = story.draft.language.people.body_parts
    for unit, word in enumerate(story.words):
        sides = [w for w in story.words[max(0, unit - 2) : unit] if w in words.sides]
        if sides and (word in parts or word in words.limbs) and story.tag[unit] == "NOUN":
            yield unit, words.limbs.get(word, word), sides[-1]


def _clause(told: Told, unit: int) -> range:
    """The units around one, up to a semicolon or the sentence's end."""
    sentence, first, last = told.sentence(unit), unit, unit
    stops = (";", ":", "“", "”", '"')
    while first > sentence.start and told.story.words[first - 1] not in stops and unit - first < 12:
        first -= 1
    while last + 1 < sentence.stop and told.story.words[last + 1] not in stops and last - unit < 8:
        last += 1
    return range(first, last + 1)


def _is_changed(told: Told, one: Statement, other: Statement) -> bool:
    near = told.words_near(one.unit) | told.words_near(other.unit)
    return bool(near & told.words.changes)


# Lost limbs


def _losses(told: Told) -> Iterator[Slip]:
    """An arm, a leg or an eye that is lost, and both of them later, or that very one."""
    uses = list(_uses(told))
    seen = set()
    for loss in _lost(told):
        limb, side = loss.value if isinstance(loss.value, tuple) else ("", "")
        for use in uses:
            used, side_there = use.value if isinstance(use.value, tuple) else ("", "")
            same = use.person == loss.person and used == limb and (side_there == "both" or side_there == side != "")
            is_later = use.unit > told.sentence(loss.unit).stop - 1
            if same and is_later and (loss.person, limb) not in seen and not _is_mended(told, loss, use):
                seen.add((loss.person, limb))
                says = f"{told.name_of(loss.person)}: “{loss.shown}” here, “{use.shown}” there."
                yield told.slip("body", loss, use, CONFIDENCE, says)


def _is_mended(told: Told, loss: Statement, use: Statement) -> bool:
    return bool(told.words.mending & (told.words_near(use.unit) | told.words_near(loss.unit)))


def _lost(told: Told) -> Iterator[Statement]:
    """Limbs that somebody has lost, as pairs of the limb and the side (empty if it is not said)."""
    story, words = told.story, told.words
    for unit, word in enumerate(story.words):
        if word in words.one_limbed and words.one_words.intersection(story.words[max(0, unit - 2) : unit - 1]):
            yield from _one_limbed(told, unit)
        limb = words.limbs.get(word)
        if limb is None or story.tag[unit] != "NOUN" or not told.is_stated(unit):
            continue
        above = story.head[unit]
        is_lost = (
            (story.relation[unit] == "obj" and story.words[above] in words.losing)
            or (story.relation[unit].startswith("nsubj") and story.words[above] in words.lost)
            or bool(words.lost.intersection(story.words[max(0, unit - 2) : unit]))
        )
        sides = [w for w in story.words[max(0, unit - 2) : unit] if w in words.sides]
        person = told.owner_of(unit) or next(iter(told.subjects_of(above)), None)
        if is_lost and person is not None and (sides or not word.endswith("s")):
            first, last = min(unit, above), max(unit, above)
            yield Statement(person, (limb, sides[-1] if sides else ""), unit, first, last, story.text(first, last))


def _one_limbed(told: Told, unit: int) -> Iterator[Statement]:
    """“the one-armed captain”."""
    first, last = told.story.compound(unit)
    links = described(told.story, unit)
    people = dict.fromkeys(told.person_at(anchor) for anchor, link in links if link not in ("owner", "with"))
    for person in people:
        if person is not None:
            limb = told.words.one_limbed[told.story.words[unit]]
            yield Statement(person, (limb, ""), unit, first, last, told.story.text(first, last))


def _uses(told: Told) -> Iterator[Statement]:
    """“both his hands”, “with his left arm”: limbs that somebody has, as pairs of the limb and “both” or the side."""
    story, words = told.story, told.words
    for unit, word in enumerate(story.words):
        limb = words.limbs.get(word)
        if limb is None or story.tag[unit] != "NOUN" or not told.is_stated(unit):
            continue
        before = story.words[max(0, unit - 3) : unit]
        sides = [w for w in before if w in words.sides]
        side = "both" if words.both.intersection(before) else sides[-1] if sides else ""
        above = told.subjects_of(story.head[unit])
        person = told.owner_of(unit) or next(iter(above), None)
        clause = told.words_in(_clause(told, unit))
        if side and person is not None and not clause & (words.lost | words.marks.keys()):
            yield Statement(person, (limb, side), unit, max(0, unit - 2), unit, story.text(max(0, unit - 2), unit))


# Blind, deaf, mute, lame


def _senses(told: Told) -> Iterator[Slip]:
    """Somebody who cannot see, hear, speak or walk, and does."""
    for unit, word in enumerate(told.story.words):
        if word not in told.words.unable or not told.is_narrated(unit) or not _is_lasting(told, unit):
            continue
        links = described(told.story, unit)
        people = [told.person_at(a) for a, link in links if link in ("predicate", "adjective", "noun", "apposition")]
        for person in dict.fromkeys(p for p in people[:1] if p is not None):
            one = Statement(person, word, unit, unit, unit, word)
            other = _able(told, one, told.words.unable[word])
            if other is not None:
                says = f"{told.name_of(person)} is {word} here, and “{other.shown}” there."
                yield told.slip("body", one, other, CONFIDENCE, says)


def _is_lasting(told: Told, unit: int) -> bool:
    """Whether “blind” tells of the body: not “blind to it”, “half blind”, “blind with rage”."""
    story, words = told.story, told.words
    before, after = story.words[max(0, unit - 2) : unit], story.words[unit + 1 : unit + 2]
    is_like = words.not_quite.intersection(before) or words.figurative.intersection(after)
    return told.is_stated(unit) and not is_like


def _able(told: Told, one: Statement, verbs: frozenset[str]) -> Statement | None:
    """The first place where somebody does what they cannot."""
    story, words = told.story, told.words
    after = told.sentence(one.unit).stop
    for unit in range(after, len(story.words)):
        if story.tag[unit] != "VERB" or not told.is_narrated(unit) or story.words[unit] not in verbs:
            continue
        subject = next((u for u in story.dependents(unit, "nsubj") if told.person_at(u) == one.person), None)
        if subject is None:
            head = story.head[unit]
            joined = story.relation[unit] == "conj" and head != unit
            subject = next((u for u in story.dependents(head, "nsubj") if joined), None)
            if subject is None or told.person_at(subject) != one.person:
                continue
        if not told.is_stated(unit, subject) or told.is_pluperfect(unit) or words.helping & told.words_near(unit):
            continue
        if told.years_between(one.unit, unit) or (words.mending & told.words_in(range(one.unit, unit))):
            return None
        first, last = sorted((subject, unit))
        return Statement(
            one.person, "", unit, first, last, story.text(first, last) if last - first < 8 else story.words[unit]
        )
    return _speech_after(told, one) if told.words.speaking & verbs else None


def _speech_after(told: Told, one: Statement) -> Statement | None:
    """A line of somebody who cannot speak."""
    for quotation in told.story.reading.lines_of(one.person):
        unit = told.unit_at(quotation.start)
        if unit > one.unit and is_tagged(quotation):
            return Statement(one.person, "", unit, unit, told.unit_at(quotation.end - 1), "says it")
    return None


# Build


def _builds(told: Told) -> Iterator[Slip]:
    """Tall and short, fat and thin."""
    story, words = told.story, told.words
    found = []
    for unit, word in enumerate(story.words):
        if word not in words.builds or not told.is_stated(unit) or story.tag[unit] != "ADJ":
            continue
        if words.not_quite.intersection(story.words[max(0, unit - 2) : unit]) or story.compound(unit) != (unit, unit):
            continue
        links = [(a, link) for a, link in described(story, unit) if link not in ("owner", "with", "having")]
        for person in dict.fromkeys(p for a, _ in links if (p := told.person_at(a)) is not None):
            found.append(Statement(person, words.builds[word], unit, unit, unit, word))
    for statements in by_person(found):
        for one, other in combinations(statements, 2):
            opposite = frozenset((one.value, other.value)) in words.opposites
            if opposite and not _has_grown(told, one, other):
                says = f"{told.name_of(one.person)} is {one.shown} here and {other.shown} there."
                yield told.slip("body", one, other, CONFIDENCE, says)
                break


def _has_grown(told: Told, one: Statement, other: Statement) -> bool:
    near = told.words_near(one.unit) | told.words_near(other.unit)
    return bool(near & (told.words.changes | told.words.past)) or told.years_between(one.unit, other.unit) > 0.3
