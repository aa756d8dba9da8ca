"""What somebody never does or cannot do, and does; what they hate, and love."""

from collections.abc import Iterator

from dramaturg.continuity.told import Statement, Told
from dramaturg.facts.links import LOOSE, denoted, described
from dramaturg.reading import Slip

CONFIDENCE = 0.6


def find_traits(told: Told) -> Iterator[Slip]:
    """Slips of trait, one for each person and habit."""
    seen = set()
    for one in _never(told):
        other = _does(told, one)
        if other is not None and (one.person, one.value) not in seen:
            seen.add((one.person, one.value))
            says = f"{told.name_of(one.person)}: “{one.shown}” here, “{other.shown}” there."
            yield told.slip("trait", one, other, CONFIDENCE, says)


def _never(told: Told) -> Iterator[Statement]:
    """What somebody is said never to do, or not to be able to: the habit."""
    story, words = told.story, told.words
    for unit, tag in enumerate(story.tag):
        word = story.words[unit]
        if word in words.abstainers and tag in ("NOUN", "ADJ") and told.is_stated(unit):
            links = denoted(story, unit) if tag == "NOUN" else described(story, unit)
            for person in dict.fromkeys(told.person_at(anchor) for anchor, link in links if link not in LOOSE):
                if person is not None:
                    yield Statement(person, words.abstainers[word], unit, unit, unit, word)
        elif tag == "VERB" and word in words.habits:
            yield from _negated(told, unit, words.habits[word])


def _negated(told: Told, verb: int, habit: str) -> Iterator[Statement]:
    """“never drank”, “had never learned to swim”, “could not read”."""
    story, words = told.story, told.words
    here, things = told.words_in(told.sentence(verb)), words.objects_of.get(habit)
    above = story.head[verb]
    is_learned = story.relation[verb] == "xcomp" and story.words[above] in words.learning
    below = [u for at in ((verb, above) if is_learned else (verb,)) for u in story.dependents(at, "advmod", "aux")]
    negations = [u for u in below if story.words[u] in words.lastingly_not]
    said = {story.words[u] for u in below}
    if not negations or here & (words.one_time | words.unreal) or story.compound(verb) != (verb, verb):
        return
    if not said & words.nevers and (not said & words.abilities or (story.dependents(verb, "obj") and not things)):
        return  # “should not have written such a letter” is about one time
    if habit in words.objects_of and not _is_general(told, verb, habit):
        return
    for person in told.subjects_of(verb)[:1]:
        first = min([verb, *negations])
        yield Statement(person, habit, verb, first, verb, story.text(first, verb))


def _is_general(told: Told, verb: int, habit: str) -> bool:
    """Whether a verb of eating or drinking is meant of all: “never drank”, “did not eat meat”."""
    story = told.story
    things = [story.words[u] for u in story.dependents(verb, "obj")]
    return not things if habit == "drink" else any(w in told.words.objects_of[habit] for w in things)


def _does(told: Told, one: Statement) -> Statement | None:
    """The first place after, where the narration tells that somebody does it; None if they have learned to."""
    story, words = told.story, told.words
    habit = str(one.value)
    things = words.objects_of.get(habit, frozenset())
    for unit in range(told.sentence(one.unit).stop, len(story.words)):
        if not told.is_narrated(unit):
            continue
        person: str | None = None
        first = unit
        if story.tag[unit] == "VERB" and words.habits.get(story.words[unit]) == habit:
            below = {story.words[u] for u in told.sentence(unit)}
            if not things or things & below:
                person = next(iter(told.subjects_of(unit)), None)
        elif story.words[unit] in things:
            person, first = _user(told, unit)
        if person != one.person or not told.is_stated(unit, first) or told.is_pluperfect(unit):
            continue
        between = told.words_in(range(one.unit, told.sentence(unit).stop))
        if between & words.learning or told.years_between(one.unit, unit) > 0:
            return None
        first, last = min(first, unit), max(first, unit)
        return Statement(one.person, "", unit, first, last, story.text(first, last))
    return None


def _user(told: Told, thing: int) -> tuple[str | None, int]:
    """Who eats, drinks or smokes a thing, and the first unit of the words that say so."""
    story, words = told.story, told.words
    at = thing
    for _ in range(3):
        above = story.head[at]
        if story.words[above] in words.consuming and story.relation[at] in ("obj", "obl"):
            return next(iter(told.subjects_of(above)), None), above
        if story.dependents(at, "cop") and story.cases(at) & words.upon:
            return next(iter(told.subjects_of(at)), None), at
        if above == at or story.relation[at] not in ("conj", "nmod", "compound"):
            break
        at = above
    return None, thing
