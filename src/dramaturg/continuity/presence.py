"""Somebody who speaks where they are not: they have left, sleep, or another person is alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dramaturg.continuity.told import Statement, Told, is_tagged
from dramaturg.reading import Quotation, Slip

CONFIDENCE = 0.65
MAX_PARAGRAPHS = 30  # between somebody's leaving and a line of theirs
MAX_HERE = 10  # paragraphs before somebody leaves in which others are there
MAX_ALONE = 10  # paragraphs in which somebody stays alone


def find_presence(told: Told) -> Iterator[Slip]:
    """Slips of presence, one for each person."""
    lines = _Lines(told)
    seen: set[str] = set()
    for gone in _departures(told):
        line = lines.first_of(gone.person, gone.unit)
        if line is not None and gone.person not in seen:
            seen.add(gone.person)
            says = f"{told.name_of(gone.person)} {gone.shown} here, and speaks there."
            yield told.slip("presence", gone, line, CONFIDENCE, says)
    for alone in _alone(told):
        line = lines.first_of_others(alone.person, alone.unit)
        if line is not None and line.person not in seen:
            seen.add(line.person)
            says = f"{told.name_of(alone.person)} is alone here, and {told.name_of(line.person)} speaks there."
            speaker = Statement(line.person, "", alone.unit, alone.first, alone.last)
            yield told.slip("presence", speaker, line, CONFIDENCE, says)


def _departures(told: Told) -> Iterator[Statement]:
    """Where the narration tells that somebody goes away, or is no longer awake."""
    story, words = told.story, told.words
    for unit, tag in enumerate(story.tag):
        if not told.is_narrated(unit) or tag not in ("VERB", "ADJ", "ADV"):
            continue
        shown = _goes(told, unit) if tag == "VERB" else _is_senseless(told, unit)
        if not shown or not told.is_stated(unit) or words.not_leaving & told.words_in(told.sentence(unit)):
            continue
        subjects = [u for u in story.dependents(unit, "nsubj", "nsubj:pass") if told.person_at(u)]
        for person in (told.person_at(u) for u in subjects[:1]):
            if person is not None:
                yield Statement(person, "", unit, min(subjects[0], unit), unit, shown)


def _goes(told: Told, verb: int) -> str:
    """“leaves” if a verb, with what stands beside it, takes somebody out of the scene."""
    story, words = told.story, told.words
    forms = {story.lemma(verb), story.words[verb]}
    below = [*story.dependents(verb, "obj", "obl", "advmod", "compound:prt", "obl:unmarked")]
    said = {story.words[u] for u in below} | {
        story.words[verb + 1 : verb + 2][0] if verb + 1 < len(story.words) else ""
    }
    is_to_place = any(u in story.places and story.cases(u) & words.towards for u in below)
    leaves = (
        (bool(forms & words.leaving) and bool(said & (words.rooms | words.towards)))
        or (bool(forms & words.boarding) and bool(said & words.vehicles))
        or (bool(forms & words.going) and bool(said & words.away))
        or (bool(forms & (words.going | words.leaving)) and is_to_place)
    )
    return "leaves" if leaves else ""


def _is_senseless(told: Told, unit: int) -> str:
    story, words = told.story, told.words
    return "is senseless" if story.words[unit] in words.senseless and story.dependents(unit, "cop") else ""


def _alone(told: Told) -> Iterator[Statement]:
    """Where the narration tells that somebody is alone, with nobody."""
    story, words = told.story, told.words
    for unit, word in enumerate(story.words):
        if word not in words.alone or not told.is_narrated(unit) or not told.is_stated(unit):
            continue
        after = story.words[unit + 1 : unit + 2]
        people = told.subjects_of(unit) if story.dependents(unit, "cop") else []
        if people and not words.in_company.intersection(after):
            yield Statement(people[0], "", unit, unit, unit, "alone")


@dataclass(frozen=True)
class _Lines:
    """The lines of a story, with where each speaker was last told of."""

    told: Told

    @cached_property
    def _tagged(self) -> list[tuple[int, Quotation]]:
        quotations = (q for q in self.told.story.reading.quotations if q.within is None and q.speaker is not None)
        return [(self.told.unit_at(q.start), q) for q in quotations]

    @cached_property
    def _acting(self) -> dict[str, list[int]]:
        """By person, where the narration tells of them: the heads of their mentions that are no speakers of a tag."""
        story = self.told.story
        tags = {
            self.told.unit_at(q.evidence.start): q.evidence.end
            for _, q in self._tagged
            if q.evidence is not None and q.evidence.kind == "tag"
        }
        inside = {u for first, end in tags.items() for u in range(first, self.told.unit_at(end - 1) + 1)}
        found: dict[str, list[int]] = {}
        for unit in story.heads:
            person = self.told.person_at(unit)
            is_told = unit not in inside and self.told.is_narrated(unit) and story.relation[unit] != "nmod:poss"
            if person is not None and is_told:
                found.setdefault(person, []).append(unit)
        return found

    def first_of(self, person: str, gone: int) -> Statement | None:
        """A line of somebody who has gone, in the same scene, with no word of them in between."""
        told = self.told
        since = told.paragraphs_around(gone).stop
        between = [(unit, q) for unit, q in self._tagged if unit >= since]
        mine = next(((unit, q) for unit, q in between if q.speaker == person), None)
        if mine is None:
            return None
        unit, quotation = mine
        stay = self._between(since, unit) - {person}
        if not stay or not (self._here(gone, since) & stay or self._is_seen_off(gone, person)):
            return None  # the story may have followed them
        if not self._is_near(gone, unit, MAX_PARAGRAPHS) or not is_tagged(quotation):
            return None
        if any(gone < u < unit for u in self._acting.get(person, ())) or self._may_be_there(gone, unit):
            return None
        return self._line(unit, quotation)

    def _here(self, gone: int, since: int) -> set[str | None]:
        """Those who speak or act in the scene up to where somebody leaves."""
        near = {q.speaker for u, q in self._tagged if u < since and self._is_near(u, gone, MAX_HERE)}
        acting = self._acting.items()
        return near | {
            who for who, units in acting if any(u < since and self._is_near(u, gone, MAX_HERE) for u in units)
        }

    def _is_seen_off(self, gone: int, person: str) -> bool:
        """Whether the words that tell of somebody's leaving tell of others too: “the sisters stood at the gate”."""
        mentions = self.told.story.mention
        return any(u in mentions and mentions[u].character != person for u in self.told.sentence(gone))

    def _between(self, since: int, unit: int) -> set[str | None]:
        """Those who speak or act between two places."""
        said = {q.speaker for u, q in self._tagged if since <= u < unit}
        return said | {who for who, units in self._acting.items() if any(since <= u < unit for u in units)}

    def first_of_others(self, person: str, alone: int) -> Statement | None:
        """The first line after somebody is alone, if a known person says it of whom nothing is told in between."""
        told = self.told
        since = told.sentence(alone).stop
        following = next(((unit, q) for unit, q in self._tagged if unit >= since), None)
        if following is None:
            return None
        unit, quotation = following
        speaker = quotation.speaker or ""
        acted = self._acting.get(speaker, ())
        is_known = (told.story.reading.character(speaker).first or 0) < told.story.start[alone] if speaker else False
        if speaker == person or not is_tagged(quotation) or not is_known:
            return None
        if not self._is_near(alone, unit, MAX_ALONE) or any(alone < u < unit for u in acted):
            return None
        if not told.story.reading.character(speaker).named or self._may_be_there(alone, unit):
            return None
        return self._line(unit, quotation)

    def _line(self, unit: int, quotation: Quotation) -> Statement:
        last = self.told.unit_at(quotation.end - 1)
        return Statement(quotation.speaker or "", "", unit, unit, last, "speaks")

    def _is_near(self, unit: int, other: int, limit: int) -> bool:
        told = self.told
        is_near = told.paragraph[other] - told.paragraph[unit] <= limit
        return is_near and told.scene_of(unit) == told.scene_of(other)

    def _may_be_there(self, unit: int, line: int) -> bool:
        """Whether anything between two places, or right after, may bring somebody back: an arrival, a call, an hour."""
        told, words = self.told, self.told.words
        start, own = told.sentence(unit).stop, told.paragraphs_around(line)
        between = range(start, told.paragraphs_around(line, 0, 1).stop)
        if told.words_in(between) & (words.remote | words.unreal):
            return True
        narrated = [u for u in between if told.is_narrated(u)]
        if any(told.story.words[u] in words.memories | words.hours for u in narrated):
            return True
        come = [u for u in narrated if told.story.words[u] in words.arriving]
        return any(u in own or (u < own.start and not self._is_of_another(u)) for u in come)

    def _is_of_another(self, unit: int) -> bool:
        """Whether what a word tells of is done by somebody who is known, or was done before."""
        story, at = self.told.story, unit
        while story.tag[at] != "VERB" and story.head[at] != at:
            at = story.head[at]
        return self.told.is_pluperfect(at) or bool(self.told.subjects_of(at))
