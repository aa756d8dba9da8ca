"""Two trades of one person where the story tells of no change."""

from collections.abc import Iterator
from itertools import combinations

from dramaturg.continuity.told import Statement, Told, by_person
from dramaturg.facts.links import denoted
from dramaturg.reading import Slip

CONFIDENCE = 0.6
TRADES = ("occupation",)


def find_work(told: Told) -> Iterator[Slip]:
    """Slips of work, one for each person."""
    for statements in by_person(_trades(told)):
        pair = next((p for p in combinations(statements, 2) if _disagree(told, *p)), None)
        if pair is not None:
            one, other = pair
            says = f"{told.name_of(one.person)} is “{one.shown}” here and “{other.shown}” there."
            yield told.slip("work", one, other, CONFIDENCE, says)


def _trades(told: Told) -> Iterator[Statement]:
    """“X was a dentist”, “X, a dentist,”, “X worked as a dentist”: trades, as the narration tells."""
    story, words = told.story, told.words
    nouns, facts = story.draft.language.people.person_nouns, story.draft.language.facts
    for unit, word in enumerate(story.words):
        noun = nouns.get(word)
        if noun is None or noun.plural or noun.kind not in TRADES or word in words.vague_trades:
            continue
        determined = any(story.words[u] in facts.indefinite for u in story.dependents(unit, "det"))
        if story.tag[unit] != "NOUN" or not determined or not told.is_narrated(unit) or not told.is_stated(unit):
            continue
        if words.formerly & told.words_near(unit) or words.as_ifs & told.words_in(told.sentence(unit)):
            continue
        if story.dependents(unit, "amod", "nmod") and words.praise & told.words_in(told.sentence(unit)):
            continue
        links = [(a, link) for a, link in denoted(story, unit) if link in ("copula", "apposition", "role")]
        who = [u for u in story.dependents(unit, "nsubj") if told.antecedent(u) != u]
        links += [(told.antecedent(u), "copula") for u in who]
        for person in dict.fromkeys(p for a, _ in links if (p := told.person_at(a)) is not None):
            anchor = next(a for a, _ in links if told.person_at(a) == person)
            first, last = min(anchor, unit), max(anchor, unit)
            yield Statement(person, words.trade_fields.get(word, word), unit, first, last, word)


def _disagree(told: Told, one: Statement, other: Statement) -> bool:
    """Whether two trades are of other fields, in other sentences, with nothing between that tells a change."""
    if one.value == other.value or told.sentence(one.unit) == told.sentence(other.unit):
        return False
    if told.years_between(one.unit, other.unit) > 0:
        return False
    between = told.words_in(range(one.unit, told.sentence(other.unit).stop))
    near = told.words_near(one.unit) | told.words_near(other.unit)
    return not told.words.new_work & between and not told.words.formerly & near
