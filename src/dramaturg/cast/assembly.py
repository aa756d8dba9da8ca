"""Draft, findings and cast → Reading: its tables, counts, segments and ids."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dramaturg.cast import Cast
from dramaturg.cast.clusters import cluster_mentions
from dramaturg.cast.event_roles import find_roles
from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.person import Person
from dramaturg.draft import Draft
from dramaturg.findings import KINDS, TYPES, Findings, Gender, NeuralFindings, Syntax
from dramaturg.layers.neural.heads import load_names
from dramaturg.layers.neural.syntax import apply_edit
from dramaturg.lexicon.language import Grammar
from dramaturg.reading import (
    SUPERSENSES,
    Alternative,
    Character,
    EntityType,
    MadeBy,
    Mention,
    MentionKind,
    Quotation,
    Reading,
    Segment,
    SegmentKind,
    Supersense,
)
from dramaturg.story import Role

PRONOUNS: dict[Gender, str | None] = {"m": "he", "f": "she", "?": None}
MIN_PRONOUNS, MIN_PRONOUN_SHARE = 2, 0.25  # of a set that refers to somebody whose gender is open, to be theirs
MIN_SURE_SHARE = 0.7  # of he or she, where the other refers to them, too
PRONOUN_SETS = frozenset(("he", "she"))
# Of mentions that only the rules found. Rough values: nothing is measured here yet.
CONFIDENCE: dict[MentionKind, float] = {"name": 0.9, "noun": 0.6, "pronoun": 0.6}
KIND_OF_ROLE: dict[Role, SegmentKind] = {
    "title": "heading",
    "heading": "heading",
    "front_matter": "matter",
    "back_matter": "matter",
    "authors_note": "note",
    "summary": "note",
    "scene_break": "break",
    "paragraph": "narration",
}


def assemble(
    draft: Draft,
    findings: Findings,
    aligned: AlignedSpans,
    cast: Cast,
    made_by: MadeBy,
    with_tokens: bool = False,
) -> Reading:
    """Make a reading of everything that was found, but for the facts and what they are compared for."""
    shown = _shown(draft, findings, aligned)
    ids = _character_ids(cast, shown)
    quotations = _quotations(draft, cast, ids)
    clusters = cluster_mentions(draft, findings, aligned, cast.roster)
    mentions = _mentions(draft, findings, cast, aligned, clusters, ids, shown)
    return Reading(
        made_by=made_by,
        story=draft.story,
        characters=_characters(draft, findings, cast, ids, quotations, mentions),
        mentions=mentions,
        quotations=quotations,
        segments=tuple(_segments(draft, findings, quotations)),
        events=tuple(find_roles(draft, aligned, clusters, ids)),
        tokens=_tokens(draft, aligned.neural.syntax) if with_tokens else None,
    )


def _shown(draft: Draft, findings: Findings, aligned: AlignedSpans) -> set[int]:
    """Which of the rules' mentions the reading shows: those that the neural layers found too, and those beside speech.

    Of the others, nouns are mostly not people (“they ate the goose”), and neither are names within a span (“the Lebrun
    cottages”).
    """
    near_speech = {cue.mention for cue in findings.cues} | {vocative.mention for vocative in findings.vocatives}
    spans, places = aligned.neural.spans, draft.ud_words.places
    covered = np.zeros(len(draft.text) + 1, np.int32)
    np.add.at(covered, places[spans.first, 0], 1)
    np.add.at(covered, places[spans.last - 1, 1], -1)
    inside = np.cumsum(covered) > 0
    only_rules = {i for i, m in enumerate(findings.mentions) if m.kind != "noun" and not inside[m.start]}
    return (near_speech | only_rules | set(aligned.mention)) - {-1}


def _character_ids(cast: Cast, shown: set[int]) -> dict[int, str]:
    """The id of each person who is a character: shown by name, listed, a narrator, a speaker or an addressee.

    People are numbered in the order of their first mention, so that ids do not depend on counts.
    """
    active = {decision.speaker for decision in (*cast.decisions, *cast.quoted.values())}
    for decision in cast.decisions:
        active.update(decision.addressees)
        if decision.speaker is None:
            active.update(person for person, _ in decision.alternatives)
    taken: Counter[str] = Counter()
    ids = {}
    people = cast.roster.people
    for number in sorted(range(len(people)), key=lambda n: (people[n].mentions[:1] or (-1,), n)):
        person = people[number]
        by_name = person.named and not shown.isdisjoint(person.mentions)
        if by_name or person.narrator or person.listed or number in active:
            plain = slug(person.name)
            taken[plain] += 1
            ids[number] = plain if taken[plain] == 1 else f"{plain}-{taken[plain]}"
    return ids


def slug(name: str) -> str:
    """A name as an id: its letters and digits without accents, in lower case, with hyphens in between.

    >>> slug("Miss O’Hara-Brontë")
    'miss-ohara-bronte'
    """
    plain = unicodedata.normalize("NFKD", name.lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "person"


def _characters(
    draft: Draft,
    findings: Findings,
    cast: Cast,
    ids: dict[int, str],
    quotations: tuple[Quotation, ...],
    mentions: tuple[Mention, ...],
) -> tuple[Character, ...]:
    spoken = Counter(quotation.speaker for quotation in quotations)
    words: Counter[str] = Counter()
    for quotation in quotations:
        if quotation.speaker is not None and quotation.within is None:
            words[quotation.speaker] += len(draft.text[quotation.start : quotation.end].split())
    places: dict[str | None, list[int]] = defaultdict(list)
    for mention in mentions:
        places[mention.character].append(mention.start)
    referring = _pronoun_counts(findings, cast, draft.language.grammar)
    found = [
        _character(cast.roster.people[number], id, places[id], spoken[id], words[id], referring[number])
        for number, id in ids.items()
    ]
    return tuple(sorted(found, key=lambda character: (-character.mentions - character.quotations, character.id)))


def _pronoun_counts(findings: Findings, cast: Cast, grammar: Grammar) -> Mapping[int, Counter[str]]:
    """How often each set of pronouns refers to each person of the roster, by the set's subject form: he, she, xe."""
    sets = {**grammar.neopronouns, **dict.fromkeys(grammar.masculine, "he"), **dict.fromkeys(grammar.feminine, "she")}
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for mention, person in zip(findings.mentions, cast.roster.of_mention, strict=True):
        if mention.kind == "pronoun" and person >= 0 and mention.form in sets:
            found[person][sets[mention.form]] += 1
    return found


def _pronouns(person: Person, counts: Counter[str]) -> str | None:
    """The pronouns that a story uses of somebody: as given, as their gender says, or as most that refer to them.

    A second set that is used often is kept, too; he beside she is a mistake more often than not.
    """
    if person.pronouns or person.kind == "group":
        return person.pronouns or "they"
    known = PRONOUNS[person.gender]
    if known is not None:
        return known
    often = [
        subject for subject, n in counts.most_common() if n >= MIN_PRONOUNS and n >= MIN_PRONOUN_SHARE * counts.total()
    ]
    if len(PRONOUN_SETS.intersection(often)) > 1:
        likely = often[0] in PRONOUN_SETS and counts[often[0]] >= MIN_SURE_SHARE * counts.total()
        return often[0] if likely else None
    return "/".join(often) or None


def _character(
    person: Person, id: str, places: list[int], quotations: int, words: int, referring: Counter[str]
) -> Character:
    aliases = sorted((f for f in person.forms if f != person.name), key=lambda form: (-person.forms[form], form))
    return Character(
        id=id,
        name=person.name,
        named=person.named,
        kind=person.kind,
        aliases=tuple(aliases),
        pronouns=_pronouns(person, referring),
        narrator=person.narrator,
        mentions=len(places),
        quotations=quotations,
        words_spoken=words,
        first=min(places, default=None),
        last=max(places, default=None),
    )


def _mentions(
    draft: Draft,
    findings: Findings,
    cast: Cast,
    aligned: AlignedSpans,
    clusters: list[int],
    ids: dict[int, str],
    shown: set[int],
) -> tuple[Mention, ...]:
    """The spans of the neural layers, and the mentions of the rules that are `shown`."""
    spans, places = aligned.neural.spans, draft.ud_words.places
    start, end = places[spans.first, 0].tolist(), places[spans.last - 1, 1].tolist()
    columns = (start, end, spans.kind.tolist(), spans.type.tolist(), spans.confidence.tolist(), clusters)
    forms = {number: cast.roster.people[number].forms for number in ids}
    found = []
    for a, b, k, type, confidence, entity in zip(*columns, strict=True):
        kind: MentionKind = KINDS[k]
        if kind == "name" and entity in forms and draft.text[a:b] not in forms[entity]:
            kind = "noun"  # “old Tom, who had seen it” is more than a name of Tom
        what: EntityType = "PER" if entity in ids else TYPES[type]
        found.append(Mention(a, b, kind, what, ids.get(entity, f"e{entity}"), ids.get(entity), round(confidence, 4)))
    at = {(mention.start, mention.end) for mention in found}
    for i in sorted(shown.difference(aligned.mention)):
        mention, person = findings.mentions[i], cast.roster.of_mention[i]
        if person in ids and (mention.start, mention.end) not in at:
            confidence = CONFIDENCE[mention.kind]
            found.append(Mention(mention.start, mention.end, mention.kind, "PER", ids[person], ids[person], confidence))
    return tuple(sorted(found, key=lambda mention: (mention.start, -mention.end)))


def _quotations(draft: Draft, cast: Cast, ids: dict[int, str]) -> tuple[Quotation, ...]:
    decided = {q: n for n, utterance in enumerate(cast.utterances) for q in utterance.quotations}
    number = {i: f"q{n}" for n, i in enumerate(range(len(draft.quotations)), 1)}
    groups: dict[int, str] = {}
    found = []
    for i, quotation in enumerate(draft.quotations):
        group = groups.setdefault(quotation.group, f"u{len(groups) + 1}")
        decision = cast.decisions[decided[i]] if i in decided else cast.quoted.get(i)
        known = decision is not None and decision.speaker is not None
        found.append(
            Quotation(
                id=number[i],
                group=group,
                within=None if quotation.within is None else number[quotation.within],
                start=quotation.start,
                end=quotation.end,
                speaker=ids[decision.speaker] if decision and decision.speaker is not None else None,
                addressees=tuple(ids[person] for person in decision.addressees) if decision else (),
                confidence=decision.confidence if decision and known else None,
                evidence=decision.evidence if decision else None,
                alternatives=tuple(Alternative(ids[other], p) for other, p in decision.alternatives if other in ids)
                if decision
                else (),
            )
        )
    return tuple(found)


def _segments(draft: Draft, findings: Findings, quotations: tuple[Quotation, ...]) -> Iterator[Segment]:
    """The text as segments, without a gap. White space between blocks is narration."""
    marked: list[tuple[int, int, SegmentKind, str | None]] = [
        (q.start, q.end, "speech", q.id) for q in quotations if q.within is None
    ]
    marked += [(thought.start, thought.end, "thought", None) for thought in draft.thoughts]
    marked += [
        (block.start, block.end, KIND_OF_ROLE[block.role], None)
        for block in draft.story.blocks
        if block.role != "paragraph"
    ]
    marked.sort()
    marked += _tags(draft, findings, marked)
    at = 0
    for start, end, kind, quotation in sorted(marked):
        if start > at:
            yield Segment(at, start, "narration", None)
        if end > start:
            yield Segment(start, end, kind, quotation)
        at = end
    if at < len(draft.text):
        yield Segment(at, len(draft.text), "narration", None)


def _tags(
    draft: Draft, findings: Findings, marked: list[tuple[int, int, SegmentKind, str | None]]
) -> list[tuple[int, int, SegmentKind, str | None]]:
    """The tags next to quotations, from the subject to its verb, where no other segment is."""
    starts = [start for start, _, _, _ in marked]
    found: list[tuple[int, int, SegmentKind, str | None]] = []
    last = 0
    for start, end in sorted(
        {(c.start, c.end) for c in findings.cues if c.kind in ("tag_after", "tag_before") and c.strength != "none"}
    ):
        k = bisect_left(starts, end) - 1
        if start >= last and (k < 0 or marked[k][1] <= start):
            found.append((start, end, "tag", None))
            last = end
    return found


def assemble_supersenses(draft: Draft, neural: NeuralFindings) -> tuple[Supersense, ...]:
    """The supersenses with their places in the text."""
    found, places = neural.supersenses, draft.ud_words.places
    if found is None:
        return ()
    columns = places[found.first, 0], places[found.last - 1, 1], found.label
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(Supersense(start, end, SUPERSENSES[label]) for start, end, label in rows)


def _tokens(draft: Draft, syntax: Syntax) -> dict[str, list[Any]]:
    """Syntactic words with their tags, lemmas and dependencies. `head`: the index of a token here, None for a root."""
    places = draft.ud_words.places
    text = draft.text
    words = [text[start:end] for start, end in places.tolist()]
    tags, edits, relations = (load_names(name) for name in ("tags", "edits", "relations"))
    return {
        "start": places[:, 0].tolist(),
        "end": places[:, 1].tolist(),
        "sentence": draft.ud_words.sentence.tolist(),
        "pos": [tags[tag] for tag in syntax.tag.tolist()],
        "lemma": [apply_edit(word, edits[edit]) for word, edit in zip(words, syntax.edit.tolist(), strict=True)],
        "head": [None if head == number else head for number, head in enumerate(syntax.head.tolist())],
        "deprel": [relations[relation] for relation in syntax.relation.tolist()],
    }
