"""Every value with everybody whom it may be about: the candidates, before it is decided which are facts."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dramaturg.facts.links import LINKS, LOOSE, Link, denoted, described, objects, owners, subjects
from dramaturg.facts.parsed import MIN_CHANCE, ParsedStory
from dramaturg.facts.values import Value, find_values
from dramaturg.reading import Reading

MUTUAL = ("kin", "bond")  # kinds that are about two people
NEAR_FORMS = ("part", "noun", "number")  # of values that may be about anybody near if the syntax joins nobody to them
MAX_NEAR = 3  # people who are near a value
MAX_DISTANCE = 120  # units to somebody near
ASSERTING = frozenset(
    {"copula", "role", "predicate", "noun", "subject", "object", "having", "near", "family", "speaker"}
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that may be about a person. `anchor`: the unit of the person's mention, -1 for one not in the words.

    `of`, `of_anchor`, `of_link`: the same for the other person of kin and bonds. `chance`: by the encoder, that the
    mention of nobody in particular that the value is joined to refers to the person; 1 for one of theirs.
    """

    value: Value
    person: str
    anchor: int
    link: str
    of: str | None = None
    of_anchor: int = -1
    of_link: str = ""
    chance: float = 1.0


def find_candidates(story: ParsedStory) -> list[Candidate]:
    """All candidates, in the order of the text."""
    families = people_by_surname(story.reading)
    return [candidate for value in find_values(story) for candidate in candidates_of(story, value, families)]


def people_by_surname(reading: Reading) -> dict[str, list[str]]:
    """The ids of the people who share each last word of a name, if they are two or more."""
    found: dict[str, list[str]] = {}
    for character in reading.characters:
        for surname in {name.split()[-1] for name in (character.name, *character.aliases) if len(name.split()) > 1}:
            if character.named and surname[:1].isupper():
                found.setdefault(surname, []).append(character.id)
    return {surname: people for surname, people in found.items() if len(people) > 1}


def candidates_of(story: ParsedStory, value: Value, families: dict[str, list[str]]) -> Iterator[Candidate]:
    """A value with each person, and for kin and bonds with each pair, the closest link of each."""
    if is_hail(story, value) or _is_bare_name(story, value):
        return
    links = list(_about(story, value))
    about = _people(story, links)
    chances: dict[str, float] = {}
    if not about and (links or value.form in NEAR_FORMS):
        chances = _referents(story, value, links)
        about = _nearby(story, value, chances)
    if is_doubtful(story, value):
        is_asserted = _is_predicate(story, value)
        about = {
            person: link
            for person, link in about.items()
            if link[1] not in ASSERTING or (link[1] == "near" and not is_asserted)
        }
    if value.kind not in MUTUAL:
        for person, (anchor, link) in about.items():
            yield Candidate(value, person, anchor, link, chance=_chance(link, chances, person))
        return
    is_vocative = False
    towards = _people(story, _towards(story, value))
    if not towards and len(about) > 1 and value.form == "noun":
        towards = {person: link for person, link in about.items() if link[1] == "copula"}  # “A and B were friends”
    if value.kind == "kin":
        is_vocative = _is_vocative(story, value.unit)
        if is_vocative:
            quotation = story.quotation_of(value.unit)
            if quotation is not None and quotation.speaker is not None:
                about |= dict.fromkeys(quotation.addressees, (-1, "vocative"))
                towards.setdefault(quotation.speaker, (-1, "speaker"))
        if not towards and value.form == "noun" and not story.dependents(value.unit, "det"):
            towards = _family_of_bare_noun(story, value)
        is_known = any(link in ("mention", "vocative") for _, link in about.values())
        relatives = [id for people in families.values() for id in people if not towards.keys().isdisjoint(people)]
        about |= {id: (-1, "family") for id in relatives if id not in about and not is_known}
    if value.kind == "bond" and value.form != "verb":
        towards = {of: link for of, link in towards.items() if link[1] in ("owner", "copula")}
    for person, (anchor, link) in about.items():
        for of, (of_anchor, of_link) in towards.items():
            if person != of and (is_vocative or not (link in LOOSE and of_link in LOOSE)):
                chance = _chance(link, chances, person)
                yield Candidate(value, person, anchor, link, of, of_anchor, of_link, chance)


def _family_of_bare_noun(story: ParsedStory, value: Value) -> dict[str, Link]:
    """Whose kin a noun without an owner is (“Mom came in”): the speaker's, else the narrator's, else of those near."""
    quotation = story.quotation_of(value.unit)
    teller = story.narrator if quotation is None else quotation.speaker
    if teller is not None:
        return {teller: (-1, "speaker")}
    return _nearby(story, value, {}) if quotation is None else {}


def _chance(link: str, chances: dict[str, float], person: str) -> float:
    return chances.get(person, 0.0) if link == "near" else 1.0


def _is_predicate(story: ParsedStory, value: Value) -> bool:
    """Whether a value is asserted: whoever says “the old butler” takes it for granted that he is old and a butler."""
    if value.form in ("verb", "habit"):
        return True
    at = value.unit
    return bool(story.dependents(at, "cop")) or story.relation[at] in ("root", "xcomp", "ccomp", "advcl")


def _referents(story: ParsedStory, value: Value, links: list[Link]) -> dict[str, float]:
    """The characters that the mentions joined to a value may be, by the encoder."""
    found: dict[str, float] = {}
    for unit in {value.unit, *story.noun_heads.get(value.unit, ()), *(unit for unit, _ in links)}:
        for person, chance in story.referents.get(unit, {}).items():
            found[person] = max(found.get(person, 0.0), chance)
    return found


def is_doubtful(story: ParsedStory, value: Value) -> bool:
    """Whether the words around a value make it no fact: a question, a negation, a condition, words only to hail."""
    words, (first, last) = story.draft.language.facts, story.sentence_of(value.unit)
    clause = story.words[max(first, value.first - 4) : min(last, value.last + 2)]
    if story.words[last - 1] == "?" or "?" in story.words[value.last : value.last + 3]:
        return True
    if value.form == "adjective" and words.comparisons.intersection(
        story.words[max(first, value.first - 2) : value.first]
    ):
        return True
    said = story.words[value.first : value.last + 1] if value.form == "part" else clause
    if words.negations.intersection(said):
        return True
    so_far = story.words[first : value.first]
    if value.kind == "age" and value.form == "adjective" and words.datings.intersection(so_far[-4:]):
        return True  # “when he was young”
    if words.conditions.intersection(so_far) or so_far[:1] == ["had"]:
        return True
    if value.form == "verb" and words.hypotheses.intersection(so_far):
        return True
    return value.kind not in ("kin", "bond", "work") and bool(words.hypotheses.intersection(clause))


def _is_bare_name(story: ParsedStory, value: Value) -> bool:
    """Whether a noun is the whole name of somebody: “French said”, but not “the Captain said”."""
    mention = story.mention.get(value.unit)
    if value.form != "noun" or value.kind == "kin" or story.tag[value.unit] != "PROPN":
        return False
    if mention is None or mention.kind != "name":
        return False
    first, last = story.span[value.unit]
    return first == last and not story.dependents(value.unit, "det") and (not first or story.tag[first - 1] != "DET")


def is_hail(story: ParsedStory, value: Value) -> bool:
    """Whether a value in speech only addresses somebody."""
    if story.quotation[value.unit] < 0 or value.kind not in ("bond", "work", "age"):
        return False
    return (value.form == "noun" or value.kind == "age") and _is_hail(story, value)


def _is_hail(story: ParsedStory, value: Value) -> bool:
    """Whether words only address somebody: “old man”, “my friend”, “boy”."""
    words, after = story.draft.language.facts, story.words[value.last + 1 : value.last + 2]
    before = story.words[value.first - 1] if value.first else ""
    if value.form == "adjective":
        determined = any(story.tag[u] == "DET" for u in range(max(0, value.first - 3), value.first))
        if story.words[value.unit] not in words.idle_ages or determined:
            return False
        return story.tag[value.unit + 1 : value.unit + 2] == ["PROPN"] or bool(words.hailed.intersection(after))
    return not after or not after[0][:1].isalnum() and (before in words.belonging or not before[-1:].isalnum())


def _people(story: ParsedStory, links: Iterable[Link]) -> dict[str, Link]:
    """By person the closest of the links to them."""
    found: dict[str, Link] = {}
    for unit, link in links:
        person = story.character(unit)
        if person is not None and (person not in found or LINKS.index(link) < LINKS.index(found[person][1])):
            found[person] = unit, link
    return found


def _nearby(story: ParsedStory, value: Value, chances: dict[str, float]) -> dict[str, Link]:
    """Who may be meant where no syntax joins a value to anybody: those mentioned before, or next, and its speaker."""
    quotation, unit = story.quotation[value.unit], value.unit
    noun = story.draft.language.people.person_nouns.get(story.words[unit])
    if noun is not None and noun.plural:
        return {}
    found: dict[str, Link] = {person: (-1, "near") for person, chance in chances.items() if chance >= MIN_CHANCE}
    gender = story.gender_of(unit)
    last = story.sentence_of(unit)[1]
    at = bisect_left(story.heads, value.first)
    after = next((u for u in story.heads[at : at + 4] if value.last < u < last), None)
    before = reversed(story.heads[max(0, at - 40) : at])
    for near in [*(u for u in before if unit - u < MAX_DISTANCE), *([after] if after is not None else [])]:
        person = story.character(near)
        is_there = story.quotation[near] == quotation or (quotation >= 0 and story.quotation[near] == -1)
        if person is not None and found.get(person, (0, ""))[0] < 0:
            found[person] = near, "near"
        if person is None or not is_there or person in found:
            continue
        if gender is not None and story.pronouns[person] in ("he", "she") and story.pronouns[person] != gender:
            continue
        if len(found) < MAX_NEAR or near is after:
            found[person] = near, "near"
    said = story.quotation_of(unit)
    if said is not None:
        for person in (said.speaker, *said.addressees):
            if person is not None:
                found.setdefault(person, (-1, "near"))
    return found


def _is_vocative(story: ParsedStory, unit: int) -> bool:
    """Whether a word in speech stands alone between marks: “But, mother, …”."""
    words = story.words
    if story.quotation[unit] < 0 or story.dependents(unit, "det", "nmod:poss"):
        return False
    before, after = words[unit - 1] if unit else "", words[unit + 1] if unit + 1 < len(words) else ""
    return not before[-1:].isalnum() and not after[:1].isalnum()


def _about(story: ParsedStory, value: Value) -> Iterator[Link]:
    """The people whom the syntax joins a value to."""
    unit = value.unit
    name = story.starts.get(value.last + 1)
    if value.form in ("adjective", "number") and name is not None and story.tag[value.last + 1] == "PROPN":
        yield name, "adjective"  # “sixteen-year-old Otis Ormonde”
    elif value.form in ("noun", "title"):
        yield from denoted(story, unit)
    elif value.form == "adjective":
        links = described(story, unit)
        yield from (link for link in links if value.kind == "age" or link[1] not in ("owner", "with", "having"))
    elif value.form == "part":
        yield from owners(story, unit)
    elif value.form == "number":
        yield from _aged(story, value)
    elif value.form == "place":
        yield from denoted(story, story.head[unit])
        yield from ((anchor, "subject") for anchor in subjects(story, story.head[unit]))
    elif value.form == "habit":
        yield from ((anchor, "subject") for anchor in subjects(story, unit))
    elif value.form == "verb":
        yield from _participants(story, value)


def _aged(story: ParsedStory, value: Value) -> Iterator[Link]:
    """Whose age a number may be: “was nineteen”, “at thirty-eight”, “a man of forty”, “X, 34,”, “in his fifties”."""
    for at in range(value.first, value.last + 1):
        above, relation = story.head[at], story.relation[at]
        if story.dependents(at, "cop") or value.word_class == "unit":
            yield from ((unit, "predicate") for unit in subjects(story, at))
        if relation in ("appos", "amod", "compound", "nummod", "nmod", "nmod:unmarked", "nmod:desc"):
            yield above, "adjective"
            yield from ((unit, "noun") for unit, _ in denoted(story, above))
        if relation in ("obl", "obl:unmarked", "nmod", "advcl") and value.word_class != "bare":
            yield from ((unit, "predicate") for unit in subjects(story, above))
        if value.word_class == "decade" and at and at - 1 in story.mention:
            yield at - 1, "owner"
    if value.first > 1 and story.words[value.first - 1] == "," and value.first - 2 in story.ends:
        yield story.ends[value.first - 2], "apposition"


def _participants(story: ParsedStory, value: Value) -> Iterator[Link]:
    words, unit = story.draft.language.facts, value.unit
    is_passive = bool(story.dependents(unit, "aux:pass", "nsubj:pass"))
    if value.kind != "fate" or value.word_class in words.fates_of_subject:
        yield from ((anchor, "subject") for anchor in subjects(story, unit))
    if value.kind == "fate" and value.word_class in words.fates_of_object:
        yield from ((anchor, "object") for anchor in (subjects(story, unit) if is_passive else objects(story, unit)))


def _towards(story: ParsedStory, value: Value) -> Iterator[Link]:
    """The other person of kin and bonds, as the syntax tells."""
    if value.form == "verb":
        yield from ((anchor, "object") for anchor in objects(story, value.unit))
        return
    yield from owners(story, value.unit)
    if value.kind != "kin":
        return
    for anchor, link in denoted(story, value.unit):
        if link in ("title", "apposition", "mention", "copula"):
            yield from owners(story, anchor)
            first = story.span.get(anchor, (anchor, anchor))[0]
            if first in story.mention and first != anchor:
                yield first, "owner"
