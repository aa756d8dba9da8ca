"""Words and phrases that can be the value of a fact, wherever they stand. `links.py` says who they may be about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dramaturg.facts.parsed import ParsedStory
from dramaturg.reading import FactKind

Form = Literal["noun", "title", "adjective", "part", "number", "place", "verb", "habit"]

KIND_OF_NOUN: dict[str, FactKind] = {
    "kin": "kin",
    "relation": "bond",
    "occupation": "work",
    "rank": "work",
    "nation": "origin",
    "being": "origin",
    "animal": "origin",
    "epithet": "trait",
    "age": "age",
}
WORK_TITLES = frozenset({"rank", "police", "office", "profession", "religious", "magic", "teacher", "nobility"})
NOUN_TAGS = frozenset({"NOUN", "PROPN", "ADJ"})
MIN_AGENT = 6  # letters of a noun that is a trade by its ending
MIN_TRAIT = 4  # letters of an adjective that is in no list
MAX_PARTS = 6  # units between the adjectives of one value
MAX_PHRASE = 7  # units of a value that is a phrase
MAX_CLAUSE = 14  # units of a value that is a clause


@dataclass(frozen=True, slots=True)
class Value:
    """A possible value. `unit`: its head; `first`, `last`: its units; `word_class`: what the lexicon calls the word.

    `parts`: the units of the adjectives that describe a part of the body.
    """

    kind: FactKind
    form: Form
    unit: int
    first: int
    last: int
    word_class: str
    parts: tuple[int, ...] = ()


def find_values(story: ParsedStory) -> Iterator[Value]:
    """Every word or phrase of a story that can be a value, in the order of the text."""
    for unit, tag in enumerate(story.tag):
        if tag in NOUN_TAGS:
            yield from _nouns(story, unit)
        if tag == "NOUN" or tag == "PROPN":
            yield from _parts(story, unit)
            yield from _places(story, unit)
        elif tag == "VERB":
            yield from _verbs(story, unit)
        if tag != "PUNCT":
            yield from _adjectives(story, unit)
            yield from _numbers(story, unit)


def _nouns(story: ParsedStory, unit: int) -> Iterator[Value]:
    """Nouns for people, and titles before names."""
    language, word, tag = story.draft.language, story.words[unit], story.tag[unit]
    people, words = language.people, language.facts
    if word in words.no_trades:
        return
    if tag == "PROPN" and story.tag_after(unit) == "PROPN" and word in people.titles:
        yield from _titles(story, unit)
        return
    if _is_part_of_name(story, unit) or _is_modifier(story, unit):
        return
    noun = people.person_nouns.get(word)
    found, noun_class = _kind_of_noun(story, unit)
    if word in words.hair_words and unit in story.noun_heads:
        yield Value("hair", "noun", unit, unit, unit, "listed")  # “the blonde”
    if found is None or (tag == "ADJ" and noun is None):
        return
    first, last = _noun_phrase(story, unit)
    yield Value(found, "noun", unit, first, last, noun_class)
    if found in ("work", "trait") and noun is not None and word not in words.no_bonds:
        yield Value("bond", "noun", unit, first, last, noun_class)


def _titles(story: ParsedStory, unit: int) -> Iterator[Value]:
    """A title before a name that tells an office or kin: “Doctor Donnelly”, “Uncle Bill”."""
    people, word = story.draft.language.people, story.words[unit]
    title = people.titles[word]
    kind: FactKind | None = "work" if title.kind in WORK_TITLES else "kin" if title.kind == "kin" else None
    if kind is not None and word not in people.given_names:
        yield Value(kind, "title", unit, unit, unit, title.kind)


def _is_part_of_name(story: ParsedStory, unit: int) -> bool:
    """Whether a noun is a part of a name: “Mason came in”, “Ann Mason”."""
    return story.tag[unit] == "PROPN" and not story.is_lone_word(unit)


def _is_modifier(story: ParsedStory, unit: int) -> bool:
    """Whether what follows a noun says what somebody is: “the baby doctor”, “a fox-terrier”."""
    after = unit + 1
    if after + 1 < len(story.words) and story.words[after] == "-" and story.start[after] == story.end[unit]:
        return True
    follows = story.tag_after(unit)
    if follows not in ("NOUN", "PROPN"):
        return False
    is_noun = story.tag[unit] != "PROPN" and follows == "NOUN"
    return is_noun or story.words[after] in story.draft.language.people.person_nouns


def _kind_of_noun(story: ParsedStory, unit: int) -> tuple[FactKind | None, str]:
    """The kind of fact that a noun tells, or None, and its class."""
    language, word, tag = story.draft.language, story.words[unit], story.tag[unit]
    people, words, is_name = language.people, language.facts, tag == "PROPN"
    if (people.not_names.get(word) == "people" or word in words.origins) and tag != "ADJ":
        return (None if story.tag_after(unit) in ("ADJ", "PROPN") else "origin"), "nation"  # “the Hungarian”
    noun = people.person_nouns.get(word)
    noun_class = noun.kind if noun else "" if is_name else _class_by_ending(story, unit)
    found = KIND_OF_NOUN.get(noun_class)
    title = people.titles.get(word)
    if found is None and noun is None and title is not None and title.kind in WORK_TITLES:
        return "work", title.kind  # “the Commissioner”
    is_agent = len(word) >= MIN_AGENT and word.endswith(words.agent_endings)
    if found is None and tag == "NOUN" and not noun_class and is_agent:
        return ("work" if unit in story.noun_heads or _is_predicate(story, unit) else None), "ending"
    is_other = (
        (found == "age" and word not in words.age_nouns)
        or (found == "bond" and word in words.no_bonds)
        or (found in ("bond", "trait", "origin") and is_name)  # “Mr. Wolf”
        or (found == "origin" and word in words.no_origins)  # “poor thing”
        or (found == "kin" and is_name and noun is not None and noun.plural)
    )
    return (None if is_other else found), noun_class


def _is_predicate(story: ParsedStory, unit: int) -> bool:
    """Whether a noun is what somebody is called: a predicate (“she was a decorator”) or an apposition."""
    determined = any(story.words[u] in story.draft.language.facts.indefinite for u in story.dependents(unit, "det"))
    return determined and bool(story.dependents(unit, "cop") or story.relation[unit] == "appos")


def _class_by_ending(story: ParsedStory, unit: int) -> str:
    """What a noun that is in no list is, by its ending: “ferryman”."""
    people, word = story.draft.language.people, story.words[unit]
    if word in people.not_person_nouns:
        return ""
    ending = next((ending for ending in people.person_suffixes if word.endswith(ending) and word != ending), None)
    return people.person_suffixes[ending].kind if ending else ""


def _noun_phrase(story: ParsedStory, unit: int) -> tuple[int, int]:
    """A noun with the nouns before it and what it is of: “police sergeant”, “vice-president of the bank”."""
    first = unit
    while first and story.head[first - 1] == unit and story.relation[first - 1] == "compound":
        first -= 1
    first = min(first, story.compound(unit)[0])
    last, offices = unit, story.draft.language.facts.office_words
    for child in story.dependents(unit, "nmod"):
        is_near = 0 < child - unit <= 5 and story.tag[child] in ("NOUN", "PROPN")
        if is_near and story.cases(child) & offices:
            last = max(last, child)
    return first, last


def _parts(story: ParsedStory, unit: int) -> Iterator[Value]:
    """Eyes, hair and other parts of the body with what describes them: “her grey eyes”, “a man with red hair”."""
    language, word = story.draft.language, story.words[unit]
    words = language.facts
    kind: FactKind | None = (
        "eyes"
        if word in words.eyes
        else "hair"
        if word in words.hair
        else "body"
        if word in language.people.body_parts and word not in words.unlike_parts
        else None
    )
    if kind is None:
        return
    described = [u for u in _description(story, unit) if story.compound(u)[1] == u]
    lasting = [u for u in described if _is_lasting(story, kind, u)]
    parts = lasting or (described if kind == "hair" else [])
    word_class = "lasting" if lasting else "passing" if described else "growth"
    if not parts and word not in words.growths:
        return
    first, last = min([unit, *parts]), max([unit, *parts])
    yield Value(kind, "part", unit, first, last, word_class, tuple(parts))


def _is_lasting(story: ParsedStory, kind: FactKind, unit: int) -> bool:
    """Whether an adjective tells how a part of the body always is."""
    words, (first, last) = story.draft.language.facts, story.compound(unit)
    if last != unit:
        return False
    known = {
        "eyes": words.colours | words.eye_adjectives,
        "hair": words.colours | words.hair_adjectives,
        "body": words.part_adjectives,
    }[kind]
    whole = "".join(story.words[first : last + 1])
    is_of_part = first < unit and _kind_by_part(story, whole) is not None  # “her red-lipped face”, not “tear-stained”
    return story.words[unit] in known or whole in known or is_of_part


def _description(story: ParsedStory, part: int) -> list[int]:
    """The adjectives of a part of the body: before it, after a copula, joined by “and”."""
    found = [u for u in story.dependents(part, "amod", "compound") if story.tag[u] in ("ADJ", "NOUN", "VERB", "PROPN")]
    above = story.head[part]
    if story.relation[part] == "nsubj" and (story.tag[above] == "ADJ" or story.dependents(above, "cop")):
        found.append(above)
    found += [u for u in story.dependents(part, "acl", "appos") if story.tag[u] in ("ADJ", "VERB")]
    at = part - 1
    while at > 0 and part - at < MAX_PARTS and (story.tag[at] == "ADJ" or story.words[at] in (",", "-")):
        if story.tag[at] == "ADJ":
            found.append(at)
        at -= 1
    last = story.sentence_of(part)[1]
    if part + 2 < last and story.words[part + 1] == "," and story.tag[part + 2] == "ADJ":
        found.append(part + 2)  # “eyes, small and moist”
    whole = [u for head in found for u in (head, *story.dependents(head, "conj"), *story.dependents(head, "compound"))]
    return sorted({u for u in whole if abs(u - part) < MAX_PARTS})


def _adjectives(story: ParsedStory, unit: int) -> Iterator[Value]:
    """Adjectives for people, and words such as “black-eyed”."""
    first, last = story.compound(unit)
    if last != unit:
        return
    if first == unit and unit and story.words[unit] in story.draft.language.facts.having_parts:
        first = unit - 1  # “the silver haired boy”
    found = _class_of_adjective(story, unit, first)
    if found is not None:
        kind, word_class = found
        yield Value(kind, "adjective", unit, first, last, word_class)


def _class_of_adjective(story: ParsedStory, unit: int, first: int) -> tuple[FactKind, str] | None:
    """The kind of fact that an adjective tells, and its class."""
    language, tag = story.draft.language, story.tag[unit]
    words = language.facts
    word = "".join(story.words[first : unit + 1])
    if story.words[unit] in words.having_parts:
        word = f"{story.words[first]}-{story.words[unit]}"
    if (first < unit or "-" in word) and (by_part := _kind_by_part(story, word)):
        return by_part, "compound"
    if first and story.words[first - 1] in words.age_units:
        return None  # “a couple of months old”
    if word in words.ages and tag in ("ADJ", "NOUN", "PROPN"):
        return "age", "listed"
    if word in words.hair_words:
        return "hair", "listed"
    if word in words.fate_adjectives and (tag == "ADJ" or story.dependents(unit, "cop", "aux", "aux:pass")):
        return "fate", "listed"
    is_people = language.people.not_names.get(word) == "people"
    if is_people or (word in words.origins and not _is_in_name(story, unit)):
        return "origin", "listed"
    if tag != "ADJ":
        return None
    if word in words.bodies:
        return None if _is_of_kin(story, unit) else ("body", "listed")
    if word in words.traits:
        return "trait", "listed"
    is_said_of = bool(story.dependents(unit, "cop")) or story.relation[unit] == "conj"
    is_idle = word in words.negations | words.degrees or len(word) < MIN_TRAIT
    return ("trait", "unlisted") if is_said_of and not is_idle else None


def _is_in_name(story: ParsedStory, unit: int) -> bool:
    """Whether an adjective is the capitalised beginning of a name: “Black Sorter”."""
    return story.draft.text[story.start[unit]].isupper() and story.tag_after(unit) == "PROPN"


def _is_of_kin(story: ParsedStory, unit: int) -> bool:
    """Whether an adjective tells the order of kin: “her little brother”, “big sister”."""
    noun = story.draft.language.people.person_nouns.get(story.words[unit + 1]) if story.tag_after(unit) else None
    return noun is not None and noun.kind == "kin"


def _kind_by_part(story: ParsedStory, word: str) -> FactKind | None:
    """The kind of an adjective made of an adjective and a part of the body: “black-eyed”, “broad-shouldered”."""
    language = story.draft.language
    part = word.rpartition("-")[2].removesuffix("ed")
    for stem in (part, part[:-1], f"{part}e"):
        if stem in language.facts.eyes:
            return "eyes"
        if stem in language.facts.hair:
            return "hair"
        if stem in language.people.body_parts:
            return "body"
    return None


def _numbers(story: ParsedStory, unit: int) -> Iterator[Value]:
    """Numbers that can be an age: “nineteen”, “two and a half”, “sixteen-year-old”, “in his fifties”."""
    words, word = story.draft.language.facts, story.words[unit]
    is_number = (word.isdigit() and len(word) < 4) or word.partition("-")[0] in words.numbers
    before = story.words[max(0, unit - 2) : unit]
    if not (is_number or word in words.decades) or before[-1:] == ["-"]:
        return
    first, last = unit, unit
    end = story.sentence_of(unit)[1]
    while last + 1 < end and last - unit < MAX_PHRASE and _goes_on(story, last + 1):
        last += 1
    following = story.words[last + 1] if last + 1 < end else "."
    phrase = set("-".join(story.words[first : last + 1]).split("-"))
    if phrase & words.ages:
        found = "unit"  # “ten years old”
    elif word in words.decades:
        found = "decade"
    elif words.age_words.intersection(before):
        found = "unit"  # “the age of ten”
    elif phrase & words.age_units or following in words.measures or story.tag[min(last + 1, end - 1)] == "NOUN":
        return
    elif word in words.small_numbers and "half" in story.words[unit + 1 : unit + 4]:
        found, last = "unit", story.words.index("half", unit)
    elif word in words.small_numbers or (word in words.hours and not story.dependents(unit, "cop")):
        return
    elif following in words.of_words or story.tag[min(last + 1, end - 1)] == "PRON":
        return  # “forty of them”, “forty I checked”
    else:
        found = "preposition" if words.age_prepositions.intersection(before[-1:]) else "bare"
    yield Value("age", "number", unit, first, last, found)


def _goes_on(story: ParsedStory, unit: int) -> bool:
    words = story.draft.language.facts
    word = story.words[unit]
    return word in words.age_units or word in words.ages or word in words.numbers or word == "-"


def _places(story: ParsedStory, unit: int) -> Iterator[Value]:
    """Where somebody is from: “Torbek of Norren”, “she came from Eau Claire”."""
    words = story.draft.language.facts
    if story.relation[unit] not in ("nmod", "obl") or story.tag[unit] != "PROPN" or unit not in story.places:
        return
    above = story.head[unit]
    by_verb = story.lemma(above) in words.origin_verbs
    if story.cases(unit) & words.from_words and (by_verb or story.relation[unit] == "nmod"):
        joined = [unit, *story.dependents(unit, "flat", "compound", "case")]
        if max(joined) - min(joined) <= MAX_PHRASE:
            yield Value("origin", "place", unit, min(joined), max(joined), "listed" if by_verb else "name")


def _verbs(story: ParsedStory, unit: int) -> Iterator[Value]:
    """Verbs that tell a fate, a bond or a trade."""
    words = story.draft.language.facts
    if (lemma := story.lemma_among(unit, words.fates)) and unit in story.events:
        first, last = _verb_phrase(story, unit)
        yield Value("fate", "verb", unit, first, last, lemma)
    if (habit := _habit(story, unit)) is not None:
        first, last = _clause(story, unit)
        yield Value("trait", "habit", unit, first, last, habit)
    if (lemma := story.lemma(unit)) in words.lasting_verbs:
        yield Value("bond", "verb", unit, unit, unit, lemma)
    if story.lemma_among(unit, words.wedding_verbs):
        yield Value("kin", "verb", unit, unit, unit, "wedding")
    if (lemma := story.lemma_among(unit, words.work_verbs)) and _is_trade(story, unit):
        first, last = _verb_phrase(story, unit)
        yield Value("work", "verb", unit, first, last, lemma)


def _habit(story: ParsedStory, verb: int) -> str | None:
    """Why a verb may tell how somebody always is, or None: “seldom danced”, “used to swim”, “hates poetry”."""
    words = story.draft.language.facts
    if story.relation[verb] in ("xcomp", "advcl") or story.dependents(verb, "mark", "aux:pass"):
        return None
    beside = {story.words[u] for u in story.dependents(verb, "advmod")}
    if beside & words.habit_adverbs:
        return "adverb"
    lemma = story.lemma(verb)
    if lemma == "use" and story.dependents(verb, "xcomp"):
        return "used"
    if lemma in words.habit_verbs:
        return "stative"
    return None


def _clause(story: ParsedStory, verb: int) -> tuple[int, int]:
    """A verb with its adverbs before it and all that follows it up to a mark."""
    first = min([verb, *(u for u in story.dependents(verb, "advmod", "aux") if verb - 4 < u < verb)])
    last, end = verb, story.sentence_of(verb)[1]
    while last + 1 < end and last - verb < MAX_CLAUSE and story.tag[last + 1] != "PUNCT":
        last += 1
    while last > verb and story.tag[last] in ("ADP", "DET", "PART", "AUX", "SCONJ", "CCONJ"):
        last -= 1
    return first, last


def _is_trade(story: ParsedStory, verb: int) -> bool:
    """Whether a verb tells a trade: “works at the mill”, “attends Yale”; not “to work for it”."""
    after = verb + 1
    if story.relation[verb] in ("xcomp", "acl", "advcl") or story.tag[verb - 1 : verb] == ["PART"]:
        return False
    if after + 1 >= len(story.words) or "PRON" in story.tag[after : after + 2]:
        return False
    if story.words[after] in story.draft.language.facts.work_prepositions:
        return True
    return story.tag[after] not in ("ADP", "PUNCT", "ADV", "CCONJ") and story.dependents(verb, "obj") != []


def _verb_phrase(story: ParsedStory, verb: int) -> tuple[int, int]:
    """A verb with its objects and complements, up to the next mark."""
    last, end = verb, story.sentence_of(verb)[1]
    while last + 1 < end and last - verb < MAX_PHRASE and story.tag[last + 1] not in ("PUNCT", "CCONJ", "SCONJ"):
        last += 1
    while last > verb and story.tag[last] in ("ADP", "DET", "PART", "AUX"):
        last -= 1
    return verb, last
