"""The people who may have said each utterance."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from dramaturg.cast.speakers.features.inputs import Inputs

MAX_MENTIONS_BEFORE, MAX_MENTIONS_AFTER = 60, 8  # mentions in narration that are searched for candidates
MAX_PARAGRAPHS_BEFORE_NAMELESS = 12  # a person without a name is a candidate only if mentioned so near
MAX_PARAGRAPHS_AFTER = 3
MAX_CANDIDATES_BEFORE = 10  # after the search before the utterance
MAX_CANDIDATES_AROUND = 13  # after the search behind it, too
MAX_CANDIDATES_FAR = 12  # after the search for those who speak, or are talked about, in utterances near
MAX_CANDIDATES = 16
N_CHAPTER_CHARACTERS = 4  # people most often mentioned in a chapter, who are candidates in all of it
MIN_LINK_PROBABILITY = 0.1  # that a cue's mention refers to somebody, or that its person is somebody else
NEIGHBOUR_OFFSETS = (-1, 1, -2, 2, -3, 3)  # utterances whose tags and vocatives name candidates
MAX_UTTERANCES_SINCE_TAG, MAX_UTTERANCES_TO_TAG = 24, 12  # farther ones, whose tags name candidates
MAX_UTTERANCES_NAMED = 4  # utterances in which candidates are talked about


def find_candidates(story: Inputs) -> list[list[int]]:
    """For each utterance its candidates, indices in the roster's people; a speaker given by the user is first."""
    chapter_characters = [
        [person for person, _ in mentions.most_common(N_CHAPTER_CHARACTERS)] for mentions in story.chapter_mentions
    ]
    return [_find(story, i, chapter_characters) for i in range(len(story.utterances))]


def _find(story: Inputs, i: int, chapter_characters: list[list[int]]) -> list[int]:
    utterance = story.utterances[i]
    found: dict[int, None] = {}
    _add(found, [story.fixed.speakers.get(i, -1)], MAX_CANDIDATES)
    _add(found, (story.of_mention[cue.mention] for cue in utterance.cues), MAX_CANDIDATES)
    for cue in utterance.cues:
        _add(found, _linked(story, cue.mention), MAX_CANDIDATES)
    _add(found, _mentioned_before(story, i), MAX_CANDIDATES_BEFORE)
    _add(found, _mentioned_after(story, i), MAX_CANDIDATES_AROUND)
    for offset in NEIGHBOUR_OFFSETS:
        if 0 <= i + offset < len(story.utterances):
            _add(found, story.addressed[i + offset], MAX_CANDIDATES)
            _add(found, story.tagged[i + offset], MAX_CANDIDATES)
    _add(found, [story.narrators.at(utterance.start)], len(found) + 1)
    _add(found, _tagged_or_named_near(story, i), MAX_CANDIDATES_FAR)
    _add(found, chapter_characters[story.chapter_at(utterance.start)], MAX_CANDIDATES)
    return list(found)


def _tagged_or_named_near(story: Inputs, i: int) -> Iterator[int]:
    """The people of other utterances' tags, the nearest first, and those who are talked about."""
    n = len(story.utterances)
    before = range(i - 1, max(-1, i - MAX_UTTERANCES_SINCE_TAG - 1), -1)
    after = range(i + 1, min(n, i + MAX_UTTERANCES_TO_TAG + 1))
    for other in (*before, *after):
        yield from story.tagged[other]
    for other in range(max(0, i - MAX_UTTERANCES_NAMED), min(n, i + MAX_UTTERANCES_NAMED + 1)):
        yield from (story.of_mention[mention] for mention in story.utterances[other].named)


def _linked(story: Inputs, mention: int) -> Iterator[int]:
    """The people whom a cue's mention may refer to by the encoder, and those whom its person may be."""
    links, person = story.references.links[mention], story.of_mention[mention]
    yield from (other for other, p in links.items() if p >= MIN_LINK_PROBABILITY)
    yield from (other for other, p in story.references.identity.get(person, {}).items() if p >= MIN_LINK_PROBABILITY)


def _add(found: dict[int, None], people: Iterable[int], limit: int) -> None:
    """Add people to those found until there are `limit`; -1 is nobody."""
    for person in people:
        if person >= 0 and person not in found and len(found) < limit:
            found[person] = None


def _mentioned_before(story: Inputs, i: int) -> Iterator[int]:
    narration, utterance = story.narration, story.utterances[i]
    first = bisect_left(narration.start, utterance.start)
    for row in range(first - 1, max(-1, first - MAX_MENTIONS_BEFORE - 1), -1):
        person = narration.person[row]
        paragraphs = utterance.first_paragraph - narration.paragraph[row]
        if story.people[person].named or paragraphs <= MAX_PARAGRAPHS_BEFORE_NAMELESS:
            yield person


def _mentioned_after(story: Inputs, i: int) -> Iterator[int]:
    narration, utterance = story.narration, story.utterances[i]
    first = bisect_left(narration.start, utterance.end)
    for row in range(first, min(len(narration.start), first + MAX_MENTIONS_AFTER)):
        if narration.paragraph[row] - utterance.last_paragraph <= MAX_PARAGRAPHS_AFTER:
            yield narration.person[row]
