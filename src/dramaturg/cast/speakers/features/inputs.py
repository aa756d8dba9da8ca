"""What the candidates and their features are computed from, collected once for a story."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dramaturg.cast.people.corrections.fixed import Fixed
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.pronouns import Referents
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Cue, Findings, Mention
from dramaturg.lexicon.language import Language


@dataclass(frozen=True, slots=True)
class NarrationMentions:
    """The mentions of people in narration, in order: columns of one length.

    `start`: code point. `person`: index in the roster's people. `paragraph`: position, as in `Draft.positions`.
    `subject`, `pronoun`: whether the mention is a subject, a pronoun. `of_person`: for each person the rows of their
    mentions.
    """

    start: list[int]
    person: list[int]
    paragraph: list[int]
    subject: list[bool]
    pronoun: list[bool]
    of_person: dict[int, list[int]]


@dataclass(frozen=True, slots=True)
class References:
    """What mentions refer to, with probabilities by index in the roster's people.

    `shares`: for each mention the people whom it may refer to, as `resolve_pronouns` returns them; `links`: those
    whom its antecedents refer to, by the encoder alone. `identity`: for a person the
    more prominent people whom they may be.
    """

    shares: list[Referents]
    links: list[Referents]
    identity: Mapping[int, Referents]


@dataclass(frozen=True)
class Inputs:
    """A story before its speakers are known.

    `of_mention[m]`: the index in `people` of mention m, or -1. `chapters`: the start of each
    chapter, at least one. `references`: what mentions refer to. For each utterance: `tagged`, the people named as
    its speaker by its tags or by the user; `tag_mention`, the mention of the speaker in its tag; `addressed`, the
    people called by name in it.
    """

    text: str
    language: Language
    chapters: list[int]
    findings: Findings
    people: Sequence[Person]
    of_mention: Sequence[int]
    utterances: list[Utterance]
    narrators: Narrators
    references: References
    fixed: Fixed
    narration: NarrationMentions
    tagged: list[tuple[int, ...]]
    tag_mention: list[Mention | None]
    addressed: list[set[int]]

    def chapter_at(self, start: int) -> int:
        """The index of the chapter that holds a code point."""
        return max(0, bisect_right(self.chapters, start) - 1)

    @cached_property
    def chapter_mentions(self) -> list[Counter[int]]:
        """For each chapter how often each person is mentioned in it."""
        counts: list[Counter[int]] = [Counter() for _ in self.chapters]
        for mention, person in zip(self.findings.mentions, self.of_mention, strict=True):
            if person >= 0:
                counts[self.chapter_at(mention.start)][person] += 1
        return counts

    def is_first_person(self, cue: Cue) -> bool:
        """Whether a cue's mention is the narrator's “I”."""
        return self.findings.mentions[cue.mention].form in self.narrators.forms


def collect_inputs(
    draft: Draft,
    findings: Findings,
    roster: Roster,
    utterances: list[Utterance],
    narrators: Narrators,
    references: References,
    fixed: Fixed,
) -> Inputs:
    """Collect what the features of a story's candidates are computed from."""
    return Inputs(
        text=draft.text,
        language=draft.language,
        chapters=[chapter.start for chapter in draft.story.chapters] or [0],
        findings=findings,
        people=roster.people,
        of_mention=roster.of_mention,
        utterances=utterances,
        narrators=narrators,
        references=references,
        fixed=fixed,
        narration=_collect_narration(findings, roster.of_mention),
        tagged=[
            _find_tagged(utterance, findings, roster.of_mention, narrators, fixed.speakers.get(i))
            for i, utterance in enumerate(utterances)
        ],
        tag_mention=[_find_tag_mention(utterance, findings) for utterance in utterances],
        addressed=[
            _find_addressed(utterance, roster.of_mention, fixed.addressees.get(i))
            for i, utterance in enumerate(utterances)
        ],
    )


def _collect_narration(findings: Findings, of_mention: Sequence[int]) -> NarrationMentions:
    narrated = [
        (mention, person)
        for mention, person in zip(findings.mentions, of_mention, strict=True)
        if mention.quotation < 0 and person >= 0
    ]
    of_person: dict[int, list[int]] = {}
    for row, (_, person) in enumerate(narrated):
        of_person.setdefault(person, []).append(row)
    return NarrationMentions(
        start=[mention.start for mention, _ in narrated],
        person=[person for _, person in narrated],
        paragraph=[mention.paragraph for mention, _ in narrated],
        subject=[mention.subject for mention, _ in narrated],
        pronoun=[mention.kind == "pronoun" for mention, _ in narrated],
        of_person=of_person,
    )


def _is_tag(cue: Cue) -> bool:
    return cue.is_tag and cue.has_speech_verb


def _find_tagged(
    utterance: Utterance, findings: Findings, of_mention: Sequence[int], narrators: Narrators, given: int | None
) -> tuple[int, ...]:
    """The people named by the tags of an utterance; `given`: the speaker given by the user, -1 for an unknown one.

    A pronoun does not name a person, except the narrator's “I”.
    """
    if given is not None:
        return (given,) if given >= 0 else ()
    people = [of_mention[cue.mention] for cue in utterance.cues if _is_tag(cue)]
    pronouns = [findings.mentions[cue.mention].kind == "pronoun" for cue in utterance.cues if _is_tag(cue)]
    named = (
        person
        for person, pronoun in zip(people, pronouns, strict=True)
        if person >= 0 and (not pronoun or person == narrators.at(utterance.start))
    )
    return tuple(dict.fromkeys(named))


def _find_tag_mention(utterance: Utterance, findings: Findings) -> Mention | None:
    return next((findings.mentions[cue.mention] for cue in utterance.cues if _is_tag(cue)), None)


def _find_addressed(utterance: Utterance, of_mention: Sequence[int], given: tuple[int, ...] | None) -> set[int]:
    if given is not None:
        return set(given)
    return {of_mention[vocative.mention] for vocative in utterance.vocatives if vocative.mention >= 0} - {-1}
