"""Persons among names: what the text around a name says for its being somebody's, and of which gender.

A place has prepositions, a person tags, vocatives, verbs, a body and pronouns; and the encoder sees which it is.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import log

from dramaturg.cast.people.aligned_spans import PERSON, AlignedSpans, clearly_other
from dramaturg.cast.people.names import Entity, Parts
from dramaturg.findings import Findings, Gender, Mention
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.lexicon import body_parts, given_names, person_nouns, speech_verbs, titles

BREAKS = frozenset({"-", "--", "—", "–", "‐", "‑", "...", "…"})
DETERMINERS = frozenset("the a an this that his her my our their your its".split())
PLACE_PREPOSITIONS = frozenset("in at into near through across via inside outside around".split())
HUMAN_VERBS = frozenset(
    """
    had was were has is did does would could should might must will knew thought felt saw heard came
    went took got made gave turned looked stood sat rose ran walked seemed began left held put found
    kept let lay drew threw shook fell met told sent brought led spoke who whose whom
    """.split()
)
MASCULINE_KINDS = frozenset({"rank", "police", "office", "religious"})  # until pronouns say otherwise
SURNAMED_KINDS = frozenset({"rank", "police", "office", "profession", "teacher"})
RELIABLE = 0.4  # how often the next he or she means the name before it, on the training novels roughly
SURE = log(4)
SEEN_AS_OTHER, NEVER_SEEN = 5.0, 3.0  # what it costs a name that the encoder takes for a place's, or for nothing


@dataclass
class NameEvidence:
    """What the text around a name says about its being a person's.

    `persons`, `others`: of the mentions, those that the encoder saw as a person's, and clearly as another thing's.
    """

    mentions: int = 0
    persons: int = 0
    others: int = 0
    tags: int = 0
    vocatives: int = 0
    verbs: int = 0
    bodies: int = 0
    places: int = 0
    determined: int = 0
    broken: int = 0
    pronouns: dict[Gender, float] = field(default_factory=lambda: {"m": 0.0, "f": 0.0})


def gather_evidence(words: AnnotatedWords, findings: Findings, sighted: AlignedSpans) -> list[NameEvidence]:
    """For each mention, the evidence of its own place."""
    mentions = findings.mentions
    found = [NameEvidence(mentions=1) for _ in mentions]
    spans = sighted.neural.spans
    for index, type, other in zip(sighted.mention, spans.type.tolist(), clearly_other(spans).tolist(), strict=True):
        if index >= 0 and type == PERSON:
            found[index].persons = 1
        elif index >= 0 and other:
            found[index].others = 1
    for cue in findings.cues:
        if cue.has_speech_verb:
            found[cue.mention].tags += 1
    for vocative in findings.vocatives:
        if vocative.mention >= 0:
            found[vocative.mention].vocatives += 1
    for i, mention in enumerate(mentions):
        if mention.kind == "pronoun":
            continue
        seen = found[i]
        seen.broken = int(is_broken_off(words, mention) and mention.quotation >= 0)
        if seen.broken:
            seen.others = 0  # there is too little around it to see what it is
        after = words.lower[mention.last : mention.last + 2]
        before = words.lower[mention.first - 1] if mention.first else ""
        if mention.possessive:
            seen.bodies += any(word in body_parts() for word in after)
        elif after and _is_human_verb(after[0]):
            seen.verbs += 1
        if before in PLACE_PREPOSITIONS:
            seen.places += 1
        if before in DETERMINERS:
            seen.determined += 1
        gender, weight = _next_pronoun(mentions, i)
        if weight:
            seen.pronouns[gender] += weight
    for index, gender in (*_taken_up(mentions, found), *_answers(findings)):
        found[index].pronouns[gender] += 1
    return found


def is_broken_off(words: AnnotatedWords, mention: Mention) -> bool:
    """Whether a dash or dots break a mention off: “Orihim--”, “V-Vesh...”."""
    return mention.last < len(words) and words.lower[mention.last] in BREAKS


def _taken_up(mentions: list[Mention], found: list[NameEvidence]) -> Iterator[tuple[int, Gender]]:
    """Names broken off in speech, with the gender of the he or she by which the next speech takes them up."""
    for i, seen in enumerate(found):
        if not seen.broken:
            continue
        for mention in mentions[i + 1 : i + 8]:
            if mention.quotation > mentions[i].quotation and mention.kind != "noun":
                if mention.kind == "pronoun" and mention.gender != "?" and mention.subject:
                    yield i, mention.gender
                break


def _answers(findings: Findings) -> Iterator[tuple[int, Gender]]:
    """Who is called by name, with the gender of the pronoun by which the next speaker is tagged."""
    called: dict[int, list[int]] = defaultdict(list)
    for vocative in findings.vocatives:
        if vocative.mention >= 0:
            called[vocative.quotation].append(vocative.mention)
    genders: dict[int, Gender] = {}
    for cue in findings.cues:
        mention = findings.mentions[cue.mention]
        if cue.kind in ("tag_after", "tag_before", "loose_after") and mention.kind == "pronoun":
            genders.setdefault(cue.quotation, mention.gender)
    tagged = sorted(genders)
    for quotation, names in called.items():
        k = bisect_right(tagged, quotation)
        if k == len(tagged) or tagged[k] > quotation + 2:
            continue
        asker, answerer = genders.get(quotation, "?"), genders[tagged[k]]
        if "?" not in (asker, answerer) and asker != answerer:
            for name in names:
                yield name, answerer


def _is_human_verb(word: str) -> bool:
    return word in HUMAN_VERBS or word in speech_verbs() or (len(word) > 4 and word.endswith("ed"))


def _next_pronoun(mentions: list[Mention], i: int) -> tuple[Gender, float]:
    """The gender of the he or she that follows a mention nearby, nobody else between, and what that is worth.

    An object (“Tom kissed her”) is seldom who the sentence began with, and who is no subject (“hung off Ann’s
    neck. He…”) is seldom taken up: both count for less.
    """
    here = mentions[i]
    for mention in mentions[i + 1 : i + 6]:
        if mention.sentence > here.sentence + 1 or mention.paragraph != here.paragraph:
            break
        if (mention.quotation >= 0) != (here.quotation >= 0):
            continue
        if mention.kind != "pronoun":
            if mention.first < here.last:
                continue
            break
        if mention.gender != "?":
            objects = mention.form in ("her", "him") and not mention.possessive
            weak = objects or here.possessive or not here.subject
            return mention.gender, 0.3 if weak else 1.0
    return "?", 0.0


def add_up(parts: Iterable[NameEvidence]) -> NameEvidence:
    """The evidence of several places together."""
    total = NameEvidence()
    for part in parts:
        total.mentions += part.mentions
        total.persons += part.persons
        total.others += part.others
        total.tags += part.tags
        total.vocatives += part.vocatives
        total.verbs += part.verbs
        total.bodies += part.bodies
        total.places += part.places
        total.determined += part.determined
        total.broken += part.broken
        for gender, weight in part.pronouns.items():
            total.pronouns[gender] += weight
    return total


def is_person(entity: Entity, seen: NameEvidence) -> bool:
    """Weigh the evidence; the weights were set by hand on the training novels."""
    n = seen.mentions
    if entity.group:
        return seen.tags > 0
    score = 2.0 if entity.hinted else 0.0
    if any(parts.titles and parts.words for parts in entity.forms):
        score += 3
    elif any(parts.titles for parts in entity.forms):
        score += 1
    first_words = {parts.words[0] for parts in entity.forms if parts.words}
    if any(word in given_names() for word in first_words):
        score += 2
    elif seen.broken and (sum(seen.pronouns.values(), 0.0) or any(_begins_given_name(word) for word in first_words)):
        score += 2  # “We’re going to get you to Orihim--” “No, she…”
    if any(word in person_nouns() for word in first_words):
        score += 1
    score += min(3, 2 * seen.tags) + min(2, seen.vocatives) + min(2.0, 0.5 * sum(seen.pronouns.values()))
    score += min(2.0, 4 * seen.verbs / n) * min(1, n / 2) + min(2.0, 6 * seen.bodies / n) * min(1, n / 2)
    if any(len(parts.words) > 1 for parts in entity.forms):
        score += 0.5
    score -= 5 * seen.places / n
    if seen.tags == 0:
        score -= 2 * seen.determined / n
    if not entity.hinted:
        score -= SEEN_AS_OTHER * seen.others / n
        called_once = seen.vocatives == n == 1
        score -= NEVER_SEEN if seen.persons == seen.tags == seen.broken == 0 and not called_once else 0
    return score >= 2


def _begins_given_name(word: str) -> bool:
    names = _sorted_given_names()
    k = bisect_right(names, word)
    return len(word) >= 5 and k < len(names) and names[k].startswith(word)


@cache
def _sorted_given_names() -> list[str]:
    return sorted(given_names())


def gender_of(entity: Entity, seen: NameEvidence, share: float) -> Gender:
    """A named person's gender, by titles, first names and pronouns. `share`: see `feminine_share`."""
    if entity.group:
        return "?"
    if entity.gender != "?":
        return entity.gender
    votes = dict(seen.pronouns)
    for parts in entity.forms:
        lexical = given_names().get(parts.words[0], "?") if parts.words and not _is_surnamed(parts) else "?"
        if lexical != "?":
            votes[lexical] += 3
            break
        if any(titles()[title].kind in MASCULINE_KINDS for title in parts.titles):
            votes["m"] += 2
            break
    return weigh_votes(votes, share)


def _is_surnamed(parts: Parts) -> bool:
    """Whether a single word after a title is a surname: “Dr. Hale”, “Captain Grace”."""
    return len(parts.words) == 1 and any(titles()[title].kind in SURNAMED_KINDS for title in parts.titles)


def feminine_share(mentions: list[Mention]) -> float:
    """How many of the story's pronouns that show a gender are feminine, from 0 to 1."""
    counts = Counter(mention.gender for mention in mentions if mention.kind == "pronoun")
    return (counts["f"] + 1) / (counts["f"] + counts["m"] + 2)


def weigh_votes(votes: dict[Gender, float], share: float) -> Gender:
    """The gender that the votes make likelier by far, when `share` of all the story's pronouns are feminine.

    A vote hits its person with the chance RELIABLE and is otherwise any pronoun of the story, so that in a
    story all about a woman a stray “she” proves little.
    """
    share = min(max(share, 0.1), 0.9)
    woman = log((RELIABLE + (1 - RELIABLE) * share) / ((1 - RELIABLE) * share))
    man = log((RELIABLE + (1 - RELIABLE) * (1 - share)) / ((1 - RELIABLE) * (1 - share)))
    odds = votes["f"] * woman - votes["m"] * man
    if abs(odds) < SURE:
        return "?"
    return "f" if odds > 0 else "m"
