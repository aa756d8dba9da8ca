"""People among names: what the text around a name shows about whether it is a person's, and of which gender.

A place has prepositions before it. A person has tags, vocatives, verbs, a body and pronouns. The encoder recognises
both.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log

from dramaturg.cast.people.aligned_spans import PERSON, AlignedSpans, clearly_other
from dramaturg.cast.people.names.entities import Entity
from dramaturg.cast.people.names.parts import Parts
from dramaturg.findings import Findings, Gender, Mention
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.lexicon.language import Language

BREAKS = frozenset({"-", "--", "—", "–", "‐", "‑", "...", "…"})
EMPHASIS_MARKS = frozenset("_*/")  # before a name: the _Sparrow_
MASCULINE_KINDS = frozenset({"rank", "police", "office", "religious"})  # of titles, until pronouns say otherwise
SURNAMED_KINDS = frozenset({"rank", "police", "office", "profession", "teacher"})
# The probability that the next he or she refers to the name before it: roughly, on the training novels.
NEXT_PRONOUN_PROBABILITY = 0.4
MIN_GENDER_LOG_ODDS = log(4)
WEAK_PRONOUN_WEIGHT = 0.3  # against 1 for a subject after a subject
MIN_PERSON_SCORE = 2.0
OTHER_TYPE_COST = 5.0  # of a name that the encoder takes for a place or a thing
RECOGNISED_SCORE = 2.0  # of a name that the encoder always recognises as a person's
UNRECOGNISED_COST = 3.0  # of a name that the encoder does not recognise as a person's
MIN_BEGINNING_LETTERS = 5  # of a name that is broken off
MIN_FEMININE_SHARE, MAX_FEMININE_SHARE = 0.1, 0.9


@dataclass
class NameEvidence:
    """What the text around a name shows about whether it is a person's.

    All are numbers of mentions. `persons`, `others`: those that the encoder takes for a person, and clearly for
    something else. `places`, `determined`: those after a preposition of place, and after a determiner. `pronouns`: the
    weight of the pronouns of each gender that refer to it.
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
    broken_off: int = 0
    pronouns: dict[Gender, float] = field(default_factory=lambda: {"m": 0.0, "f": 0.0})


def gather_evidence(
    words: AnnotatedWords, findings: Findings, aligned: AlignedSpans, language: Language
) -> list[NameEvidence]:
    """The evidence around each mention."""
    mentions = findings.mentions
    found = [NameEvidence(mentions=1) for _ in mentions]
    spans = aligned.neural.spans
    for index, type, other in zip(aligned.mention, spans.type.tolist(), clearly_other(spans).tolist(), strict=True):
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
        if mention.kind != "pronoun":
            _add_context(found[i], words, mention, language)
            gender, weight = _next_pronoun(words, mentions, i, language)
            if weight:
                found[i].pronouns[gender] += weight
    for index, gender in (*_answers_to_broken_off(mentions, found), *_answers_to_vocatives(findings)):
        found[index].pronouns[gender] += 1
    return found


def is_broken_off(words: AnnotatedWords, mention: Mention) -> bool:
    """Whether a dash or dots break a mention off: “Orihim--”, “V-Vesh...”."""
    return mention.last < len(words) and words.lower[mention.last] in BREAKS


def _add_context(evidence: NameEvidence, words: AnnotatedWords, mention: Mention, language: Language) -> None:
    """Add the words before and after a mention to its evidence."""
    evidence.broken_off = int(is_broken_off(words, mention) and mention.quotation >= 0)
    if evidence.broken_off:
        evidence.others = 0  # there is too little context for the encoder
    after = words.lower[mention.last : mention.last + 2]
    i = mention.first - 1
    while i > 0 and words.lower[i] in EMPHASIS_MARKS:
        i -= 1
    before = words.lower[i] if i >= 0 else ""
    if mention.possessive:
        evidence.bodies += any(word in language.people.body_parts for word in after)
    elif after and _is_human_verb(after[0], language):
        evidence.verbs += 1
    if before in language.names.place_prepositions:
        evidence.places += 1
    if before in language.names.name_determiners:
        evidence.determined += 1


def _is_human_verb(word: str, language: Language) -> bool:
    is_past = len(word) > 4 and word.endswith(language.grammar.past_suffixes)
    return word in language.names.human_verbs or word in language.speech.verbs or is_past


def _answers_to_broken_off(mentions: list[Mention], found: list[NameEvidence]) -> Iterator[tuple[int, Gender]]:
    """Names broken off in speech, each with the gender of the pronoun that the next speech refers to it by."""
    for i, evidence in enumerate(found):
        if not evidence.broken_off:
            continue
        for mention in mentions[i + 1 : i + 8]:
            if mention.quotation > mentions[i].quotation and mention.kind != "noun":
                if mention.kind == "pronoun" and mention.gender != "?" and mention.subject:
                    yield i, mention.gender
                break


def _answers_to_vocatives(findings: Findings) -> Iterator[tuple[int, Gender]]:
    """Names in vocatives, each with the gender of the pronoun that tags the next speaker."""
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


def _is_of_body(words: AnnotatedWords, pronoun: Mention, language: Language) -> bool:
    """Whether a pronoun stands before a part of the body at the start of a sentence: “Her mouth was a line.”"""
    after = words.lower[pronoun.last] if pronoun.last < len(words) else ""
    return pronoun.possessive and words.initial[pronoun.first] and after in language.people.body_parts


def _next_pronoun(words: AnnotatedWords, mentions: list[Mention], i: int, language: Language) -> tuple[Gender, float]:
    """The gender of the next he or she, if no other mention is in between, and the weight of this as evidence.

    An object (“Tom kissed her”) seldom refers to the subject of the sentence, and a mention that is not a subject
    (“hung off Ann’s neck. He…”) is seldom referred to: both count for less.
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
            is_object = mention.form in language.names.object_pronouns and not mention.possessive
            is_weak = is_object or here.possessive or not (here.subject or _is_of_body(words, mention, language))
            return mention.gender, WEAK_PRONOUN_WEIGHT if is_weak else 1.0
    return "?", 0.0


def sum_evidence(parts: Iterable[NameEvidence]) -> NameEvidence:
    """The evidence of several mentions together."""
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
        total.broken_off += part.broken_off
        for gender, weight in part.pronouns.items():
            total.pronouns[gender] += weight
    return total


def is_person(entity: Entity, evidence: NameEvidence, language: Language) -> bool:
    """Whether an entity is a person. The weights were set by hand on the training novels."""
    n = evidence.mentions
    people = language.people
    if entity.group:
        return evidence.tags > 0
    if any(language.names.placeholder.fullmatch(" ".join(parts.words)) for parts in entity.forms):
        return True
    score = 2.0 if entity.hinted else 0.0
    if any(parts.titles and parts.words for parts in entity.forms):
        score += 3
    elif any(parts.titles for parts in entity.forms):
        score += 1
    first_words = {parts.words[0] for parts in entity.forms if parts.words}
    has_pronouns = bool(sum(evidence.pronouns.values(), 0.0))
    if any(word in people.given_names for word in first_words):
        score += 2
    elif evidence.broken_off and (has_pronouns or any(_begins_given_name(word, language) for word in first_words)):
        score += 2  # “We’re going to get you to Orihim--” “No, she…”
    if any(word in people.person_nouns for word in first_words):
        score += 1
    score += min(3, 2 * evidence.tags) + min(2, evidence.vocatives)
    score += min(2.0, 0.5 * sum(evidence.pronouns.values()))
    score += min(2.0, 4 * evidence.verbs / n) * min(1, n / 2) + min(2.0, 6 * evidence.bodies / n) * min(1, n / 2)
    if any(len(parts.words) > 1 for parts in entity.forms):
        score += 0.5
    score -= 5 * evidence.places / n
    if evidence.tags == 0:
        score -= 2 * evidence.determined / n
    score += RECOGNISED_SCORE * evidence.persons / n
    if not entity.hinted:
        score -= OTHER_TYPE_COST * evidence.others / n
        is_called_once = evidence.vocatives == n == 1
        is_unrecognised = evidence.persons == evidence.tags == evidence.broken_off == 0
        score -= UNRECOGNISED_COST if is_unrecognised and not is_called_once else 0
    return score >= MIN_PERSON_SCORE


def _begins_given_name(word: str, language: Language) -> bool:
    names = language.people.sorted_given_names
    k = bisect_right(names, word)
    return len(word) >= MIN_BEGINNING_LETTERS and k < len(names) and names[k].startswith(word)


def gender_of(entity: Entity, evidence: NameEvidence, feminine_share: float, language: Language) -> Gender:
    """A named person's gender, by titles, first names and pronouns. `feminine_share`: see `share_of_feminine`."""
    if entity.group:
        return "?"
    if entity.gender != "?":
        return entity.gender
    titles, given_names = language.people.titles, language.people.given_names
    votes = dict(evidence.pronouns)
    for parts in entity.forms:
        lexical = given_names.get(parts.words[0], "?") if parts.words and not _is_surname(parts, language) else "?"
        if lexical != "?":
            votes[lexical] += 3
            break
        is_contradicted = votes["f"] >= 1 and not votes["m"]
        if any(titles[title].kind in MASCULINE_KINDS for title in parts.titles) and not is_contradicted:
            votes["m"] += 2
            break
    return likely_gender(votes, feminine_share)


def _is_surname(parts: Parts, language: Language) -> bool:
    """Whether a single word after a title is a surname: “Dr. Hale”, “Captain Grace”."""
    titles = language.people.titles
    return len(parts.words) == 1 and any(titles[title].kind in SURNAMED_KINDS for title in parts.titles)


def share_of_feminine(mentions: Sequence[Mention]) -> float:
    """The share of feminine pronouns among the story's pronouns that show a gender, from 0 to 1."""
    counts = Counter(mention.gender for mention in mentions if mention.kind == "pronoun")
    return (counts["f"] + 1) / (counts["f"] + counts["m"] + 2)


def likely_gender(votes: dict[Gender, float], feminine_share: float) -> Gender:
    """The gender that the votes make much likelier, if `feminine_share` of all the story's pronouns are feminine.

    A vote refers to its person with NEXT_PRONOUN_PROBABILITY; otherwise it is any pronoun of the story. So in a story
    that is all about a woman, a stray “she” is weak evidence.
    """
    share = min(max(feminine_share, MIN_FEMININE_SHARE), MAX_FEMININE_SHARE)
    hit, miss = NEXT_PRONOUN_PROBABILITY, 1 - NEXT_PRONOUN_PROBABILITY
    feminine = log((hit + miss * share) / (miss * share))
    masculine = log((hit + miss * (1 - share)) / (miss * (1 - share)))
    log_odds = votes["f"] * feminine - votes["m"] * masculine
    if abs(log_odds) < MIN_GENDER_LOG_ODDS:
        return "?"
    return "f" if log_odds > 0 else "m"
