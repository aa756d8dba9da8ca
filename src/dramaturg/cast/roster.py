"""The roster: everyone in the story who may speak, with their names, nouns and gender.

Names are grouped first (`names`), then those that are no person's are left out, then people without a
name are added: one for each noun (“the old man”) in a chapter.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import log

from dramaturg.cast.names import Entity, group_names, take_apart
from dramaturg.cast.people import Person
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Gender, Mention
from dramaturg.layers.mentions import PRONOUNS
from dramaturg.layers.words import Words
from dramaturg.lexicon import body_parts, given_names, person_nouns, speech_verbs, titles

PLACE_PREPOSITIONS = frozenset("in at into near through across via inside outside around".split())
HUMAN_VERBS = frozenset(
    "had was were has is did does would could should might must will knew thought felt saw heard came went took got made "
    "gave turned looked stood sat rose ran walked seemed began left held put found kept let lay drew threw shook fell met "
    "told sent brought led spoke who whose whom".split()
)
MASCULINE_KINDS = frozenset({"rank", "police", "office", "religious"})  # until pronouns say otherwise
RELIABLE = 0.4
SURE = log(4)
WEAK_HEADS = frozenset("man woman boy girl gentleman lady fellow voice person one child people men women".split())


@dataclass
class Roster:
    """The people of a story; `of_mention[i]` is the index in `people` of mention i, or -1."""

    people: list[Person]
    of_mention: list[int]

    def merge(self, nameless: int, named: int) -> None:
        """Give all that a person without a name has to a named one; the nameless one stays, with nothing."""
        source, target = self.people[nameless], self.people[named]
        for mention in source.mentions:
            self.of_mention[mention] = named
        target.described.update(source.forms)
        if target.gender == "?":
            target.gender = source.gender
        target.mentions = sorted(target.mentions + source.mentions)
        source.mentions, source.forms = [], Counter()


@dataclass
class Evidence:
    """What the text around a name says about its being a person's."""

    mentions: int = 0
    tags: int = 0
    vocatives: int = 0
    verbs: int = 0
    bodies: int = 0
    places: int = 0
    determined: int = 0
    broken: int = 0
    pronouns: dict[Gender, float] = field(default_factory=lambda: {"m": 0.0, "f": 0.0})


def make_roster(draft: Draft, words: Words, findings: Findings) -> Roster:
    """Find the people of a story among its mentions, in time linear in their number."""
    mentions = findings.mentions
    names = [i for i, mention in enumerate(mentions) if mention.kind == "name"]
    owner = group_names((mentions[i], _broken_off(words, mentions[i])) for i in names)
    entities: dict[int, list[int]] = defaultdict(list)
    by_id: dict[int, Entity] = {}
    for i in names:
        entity = owner[take_apart(mentions[i].form)]
        by_id[id(entity)] = entity
        entities[id(entity)].append(i)
    evidence = _gather(draft, words, findings)
    share = _feminine_share(mentions)
    people: list[Person] = []
    of_mention = [-1] * len(mentions)
    for key, indices in entities.items():
        entity = by_id[key]
        seen = _sum(evidence[i] for i in indices)
        if not _is_person(entity, seen):
            continue
        for i in indices:
            of_mention[i] = len(people)
        people.append(_person(entity, seen, indices, mentions, share))
    _add_nameless(draft, words, findings, people, of_mention, evidence, share)
    return Roster(people, of_mention)


def _feminine_share(mentions: list[Mention]) -> float:
    """How many of the story's pronouns that show a gender are feminine, from 0 to 1."""
    counts = Counter(mention.gender for mention in mentions if mention.kind == "pronoun")
    return (counts["f"] + 1) / (counts["f"] + counts["m"] + 2)


def _broken_off(words: Words, mention: Mention) -> bool:
    return mention.last < len(words) and words.lower[mention.last] in ("-", "--", "—", "–", "‐", "‑")


def _gather(draft: Draft, words: Words, findings: Findings) -> list[Evidence]:
    """For each mention, the evidence of its own place."""
    mentions = findings.mentions
    found = [Evidence(mentions=1) for _ in mentions]
    for cue in findings.cues:
        if cue.strength in ("core", "manner"):
            found[cue.mention].tags += 1
    for vocative in findings.vocatives:
        if vocative.mention >= 0:
            found[vocative.mention].vocatives += 1
    for i, mention in enumerate(mentions):
        if mention.kind == "pronoun":
            continue
        seen = found[i]
        seen.broken = int(_broken_off(words, mention) and mention.quotation >= 0)
        after = words.lower[mention.last : mention.last + 2]
        before = words.lower[mention.first - 1] if mention.first else ""
        if mention.possessive:
            seen.bodies += any(word in body_parts() for word in after)
        elif after and _is_human_verb(after[0]):
            seen.verbs += 1
        if before in PLACE_PREPOSITIONS:
            seen.places += 1
        if before in ("the", "a", "an", "this", "that") or before in ("his", "her", "my", "our", "their", "your", "its"):
            seen.determined += 1
        gender, weight = _next_pronoun(mentions, i)
        if weight:
            seen.pronouns[gender] += weight
    for mention, gender in _answers(findings):
        found[mention].pronouns[gender] += 1
    return found


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
    for quotation, mentions in called.items():
        k = bisect_right(tagged, quotation)
        if k < len(tagged) and tagged[k] <= quotation + 2 and genders[tagged[k]] != genders.get(quotation, "?"):
            for mention in mentions:
                if genders[tagged[k]] != "?" and genders.get(quotation, "?") != "?":
                    yield mention, genders[tagged[k]]


def _is_human_verb(word: str) -> bool:
    return word in HUMAN_VERBS or word in speech_verbs() or (len(word) > 4 and word.endswith("ed"))


def _next_pronoun(mentions: list[Mention], i: int) -> tuple[Gender, float]:
    """The gender of the he or she that follows a mention nearby, nobody else between, and what that is worth.

    An object (“Tom kissed her”) is seldom who the sentence began with, and counts for less.
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
            return mention.gender, 0.3 if mention.form in ("her", "him") else 1.0
    return "?", 0.0


def _sum(parts: Iterable[Evidence]) -> Evidence:
    total = Evidence()
    for part in parts:
        total.mentions += part.mentions
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


def _is_person(entity: Entity, seen: Evidence) -> bool:
    """Weigh the evidence; the weights were set by hand on the training novels."""
    n = seen.mentions
    if entity.group:
        return seen.tags > 0
    score = 0.0
    if any(parts.titles and parts.words for parts in entity.forms):
        score += 3
    elif any(parts.titles for parts in entity.forms):
        score += 1
    first_words = {parts.words[0] for parts in entity.forms if parts.words}
    if any(word in given_names() for word in first_words):
        score += 2
    elif seen.broken and any(_begins_given_name(word) for word in first_words):
        score += 2
    if any(word in person_nouns() for word in first_words):
        score += 1
    score += min(3, 2 * seen.tags) + min(2, seen.vocatives) + min(2.0, 0.5 * sum(seen.pronouns.values()))
    score += min(2.0, 4 * seen.verbs / n) * min(1, n / 2) + min(2.0, 6 * seen.bodies / n) * min(1, n / 2)
    if any(len(parts.words) > 1 for parts in entity.forms):
        score += 0.5
    score -= 5 * seen.places / n
    if seen.tags == 0:
        score -= 2 * seen.determined / n
    return score >= 2


def _begins_given_name(word: str) -> bool:
    return len(word) >= 5 and any(name.startswith(word) for name in given_names())


def _person(entity: Entity, seen: Evidence, indices: list[int], mentions: list[Mention], share: float) -> Person:
    forms = Counter(mentions[i].form for i in indices)
    gender = entity.gender
    if gender == "?":
        votes = dict(seen.pronouns)
        for parts in entity.forms:
            lexical = given_names().get(parts.words[0], "?") if parts.words else "?"
            if lexical != "?":
                votes[lexical] += 3
                break
            if any(titles()[title].kind in MASCULINE_KINDS for title in parts.titles):
                votes["m"] += 2
                break
        gender = _majority(votes, share)
    return Person(
        name=_display_name(forms),
        named=True,
        kind="group" if entity.group else "person",
        gender="?" if entity.group else gender,
        forms=forms,
        mentions=indices,
    )


def _majority(votes: dict[Gender, float], share: float) -> Gender:
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


def _display_name(forms: Counter[str]) -> str:
    """The fullest name without a title that is no slip, else the commonest."""
    best = max(forms, key=lambda form: (forms[form], form))
    full = [form for form in forms if len(take_apart(form).words) > 1 and not take_apart(form).titles]
    fullest = max(full, key=lambda form: (forms[form], form), default=best)
    return fullest if forms[fullest] >= min(3, forms.total() / 20) else best


def _add_nameless(
    draft: Draft,
    words: Words,
    findings: Findings,
    people: list[Person],
    of_mention: list[int],
    evidence: list[Evidence],
    share: float,
) -> None:
    """Add a person for each noun in a chapter (“the policeman”); nouns inside speech are passed over."""
    chapter_starts = [chapter.start for chapter in draft.story.chapters] or [0]
    nouns: dict[tuple[int, str], int] = {}
    latest: dict[tuple[int, str], int] = {}
    votes: dict[int, dict[Gender, float]] = defaultdict(lambda: {"m": 0.0, "f": 0.0})
    chapter = 0
    for i, mention in enumerate(findings.mentions):
        while chapter + 1 < len(chapter_starts) and mention.start >= chapter_starts[chapter + 1]:
            chapter += 1
        if mention.kind != "noun" or mention.quotation >= 0:
            continue
        label = _label(words, mention)
        # “The beadle” is one person all through; “the man” is another in each chapter.
        lasting = label == mention.form and label not in WEAK_HEADS and words.lower[mention.first] == "the"
        key = (-1 if lasting and not mention.plural else chapter, label)
        if label == mention.form and (chapter, label) in latest and label in WEAK_HEADS:
            number = latest[chapter, label]  # “the man”, after “the old man”
        elif key in nouns:
            number = nouns[key]
        else:
            number = nouns[key] = len(people)
            text = draft.text[mention.start : mention.end]
            people.append(
                Person(
                    name=" ".join(text.split()),
                    named=False,
                    kind="group" if mention.plural else "person",
                    gender=mention.gender,
                    scope=chapter,
                )
            )
        latest[chapter, mention.form] = number
        person = people[number]
        person.mentions.append(i)
        person.forms[" ".join(draft.text[mention.start : mention.end].split())] += 1
        of_mention[i] = number
        for gender, weight in evidence[i].pronouns.items():
            votes[number][gender] += weight
    for number, counted in votes.items():
        if people[number].gender == "?" and people[number].kind == "person":
            people[number].gender = _majority(counted, share)


def _label(words: Words, mention: Mention) -> str:
    """What tells one person without a name from another: the noun, with its adjective where the noun says little."""
    if mention.form in WEAK_HEADS and mention.last - mention.first > 2:
        return f"{words.lower[mention.last - 2]} {mention.form}"
    owner = words.lower[mention.first]
    if owner in PRONOUNS and mention.last - mention.first > 1:
        return f"{owner} {mention.form}"
    return mention.form

