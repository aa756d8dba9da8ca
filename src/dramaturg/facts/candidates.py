"""Every value with everybody whom it may be about: the candidates, before it is decided which are facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dramaturg.facts.links import LINKS, LOOSE, Link, denoted, described, objects, owners, subjects
from dramaturg.facts.parsed import ParsedStory
from dramaturg.facts.values import Value, find_values
from dramaturg.reading import Reading

MUTUAL = ("kin", "bond")  # kinds that are about two people
LOOSE_FORMS = ("part",)  # of values that may be about anybody near if nobody is joined to them by syntax


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that may be about a person. `anchor`: the unit of the person's mention, -1 for one not in the words.

    `of`, `of_anchor`, `of_link`: the same for the other person of kin and bonds.
    """

    value: Value
    person: str
    anchor: int
    link: str
    of: str | None = None
    of_anchor: int = -1
    of_link: str = ""


def find_candidates(story: ParsedStory) -> list[Candidate]:
    """All candidates, in the order of the text."""
    families = people_by_surname(story.reading)
    return [candidate for value in find_values(story) for candidate in candidates_of(story, value, families)]


def people_by_surname(reading: Reading) -> dict[str, list[str]]:
    """The ids of the people who share each last word of a name, if they are two or more."""
    found: dict[str, list[str]] = {}
    for character in reading.characters:
        for surname in {name.split()[-1] for name in (character.name, *character.aliases) if " " in name}:
            if character.named and surname[:1].isupper():
                found.setdefault(surname, []).append(character.id)
    return {surname: people for surname, people in found.items() if len(people) > 1}


def candidates_of(story: ParsedStory, value: Value, families: dict[str, list[str]]) -> Iterator[Candidate]:
    """A value with each person, and for kin and bonds with each pair, the closest link of each."""
    if is_doubtful(story, value):
        return
    about = _people(story, _about(story, value))
    if value.kind not in MUTUAL:
        yield from (Candidate(value, person, anchor, link) for person, (anchor, link) in about.items())
        return
    towards = _people(story, _towards(story, value))
    if value.kind == "kin":
        if _is_vocative(story, value.unit):
            quotation = story.quotation_of(value.unit)
            if quotation is not None and quotation.speaker is not None:
                about |= dict.fromkeys(quotation.addressees, (-1, "vocative"))
                towards.setdefault(quotation.speaker, (-1, "speaker"))
        is_known = any(link == "mention" for _, link in about.values())
        relatives = [id for people in families.values() for id in people if not towards.keys().isdisjoint(people)]
        about |= {id: (-1, "family") for id in relatives if id not in about and not is_known}
    if value.kind == "bond" and value.form != "verb":
        towards = {of: link for of, link in towards.items() if link[1] == "owner"}
    for person, (anchor, link) in about.items():
        for of, (of_anchor, of_link) in towards.items():
            if person != of and not (link in LOOSE and of_link in LOOSE):
                yield Candidate(value, person, anchor, link, of, of_anchor, of_link)


def is_doubtful(story: ParsedStory, value: Value) -> bool:
    """Whether the words around a value make it no fact: a question, a negation, a condition, words only to hail."""
    words, (first, last) = story.draft.language.facts, story.sentence_of(value.unit)
    clause = story.words[max(first, value.first - 4) : min(last, value.last + 2)]
    if story.words[last - 1] == "?" or "?" in story.words[value.last : value.last + 3]:
        return True
    if value.form == "adjective" and words.degrees.intersection(story.words[max(first, value.first - 2) : value.first]):
        return True
    said = story.words[value.first : value.last + 1] if value.form == "part" else clause
    if words.negations.intersection(said):
        return True
    so_far = story.words[first : value.first]
    if words.conditions.intersection(so_far) or so_far[:1] == ["had"]:
        return True
    if value.form == "verb" and words.hypotheses.intersection(so_far):
        return True
    if value.kind in ("kin", "bond", "work"):
        return (
            story.quotation[value.unit] >= 0 and value.kind != "kin" and value.form == "noun" and _is_hail(story, value)
        )
    if words.hypotheses.intersection(clause):
        return True
    return value.kind == "age" and story.quotation[value.unit] >= 0 and _is_hail(story, value)


def _is_hail(story: ParsedStory, value: Value) -> bool:
    """Whether words only address somebody: “old man”, “my friend”, “boy”."""
    words, after = story.draft.language.facts, story.words[value.last + 1 : value.last + 2]
    before = story.words[value.first - 1] if value.first else ""
    if value.form == "adjective":
        if story.words[value.unit] not in words.idle_ages:
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
