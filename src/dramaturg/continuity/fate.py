"""The dead who speak or act again, outside of flashback, letter and dream."""

from collections.abc import Iterator
from dataclasses import dataclass

from dramaturg.continuity.told import Statement, Told, is_tagged
from dramaturg.facts.links import objects, subjects
from dramaturg.reading import Slip

MAX_LINES_AFTER = 3  # of somebody with more lines after their death it is likelier that another died
CONFIDENCE = 0.7


def find_fates(told: Told) -> Iterator[Slip]:
    """Slips of fate, one for each person: they die, and then they speak or act."""
    first: dict[str, Statement] = {}
    for death in _deaths(told):
        first.setdefault(death.person, death)
    lives = _Lives(told)
    for person, death in first.items():
        sign = lives.after(person, death.unit)
        if sign is not None:
            yield told.slip(
                "fate", death, sign, CONFIDENCE, f"{told.name_of(person)} dies here and {sign.shown} there."
            )


def _deaths(told: Told) -> Iterator[Statement]:
    """Where the narration tells that somebody died, or is dead."""
    story, words = told.story, told.words
    for unit, word in enumerate(story.words):
        if not told.is_narrated(unit):
            continue
        dead: list[int] = []
        if word in words.dying and story.tag[unit] == "VERB":
            dead = subjects(story, unit)[:1]
        elif word in words.killing or word in words.burying:
            is_passive = bool(story.dependents(unit, "aux:pass", "nsubj:pass"))
            dead = subjects(story, unit)[:1] if is_passive else objects(story, unit)[:1]
        elif word in words.dead and story.dependents(unit, "cop"):
            dead = story.dependents(unit, "nsubj")
        people = [person for u in dead if (person := told.agent_at(u)) is not None]
        if people and _is_death(told, unit):
            first, last = min(dead[0], unit), max(dead[0], unit)
            yield Statement(people[0], "", unit, first, last)


def _is_death(told: Told, unit: int) -> bool:
    """Whether a word for dying means that somebody dies, and the narrator says so."""
    story, words = told.story, told.words
    sentence = told.sentence(unit)
    near = story.words[max(sentence.start, unit - 5) : min(sentence.stop, unit + 2)]
    if words.not_dying.intersection(near) or not told.is_stated(unit):
        return False
    if words.reporting.intersection(story.words[sentence.start : unit]):
        return False
    people = {person for u in sentence if (person := told.person_at(u)) and story.relation[u].startswith("nsubj")}
    is_clear = len(people) <= 1 or any(
        story.mention[u].kind == "name" for u in sentence if u in story.mention and abs(u - unit) <= 3
    )
    return is_clear and not words.unreal & told.words_near(unit)


@dataclass(frozen=True)
class _Lives:
    """Where people speak or act."""

    told: Told

    def after(self, person: str, death: int) -> Statement | None:
        """The first place, in a later paragraph, where somebody who died speaks or acts; None if it may well be."""
        signs = sorted([*self._said(person, death), *self._done(person, death)], key=lambda sign: sign.unit)
        if not signs or len(signs) > MAX_LINES_AFTER or self._is_other_time(signs[0].unit):
            return None
        return signs[0]

    def _said(self, person: str, death: int) -> Iterator[Statement]:
        told, story = self.told, self.told.story
        since = story.end[told.paragraphs_around(death).stop - 1]
        for quotation in story.reading.lines_of(person):
            if quotation.start < since or quotation.within is not None or not is_tagged(quotation):
                continue
            tag = told.unit_at(quotation.evidence.start if quotation.evidence else quotation.start)
            if not any(told.is_pluperfect(u) for u in told.sentence(tag) if story.tag[u] == "VERB"):
                first, last = told.unit_at(quotation.start), told.unit_at(quotation.end - 1)
                yield Statement(person, "", tag, first, last, "speaks")

    def _done(self, person: str, death: int) -> Iterator[Statement]:
        """What somebody who is named does, of what a body cannot do."""
        told, story, words = self.told, self.told.story, self.told.words
        for unit in sorted(story.events):
            if unit < told.paragraphs_around(death).stop or not told.is_narrated(unit) or story.tag[unit] != "VERB":
                continue
            own = [u for u in story.dependents(unit, "nsubj") if u in story.mention]
            if (
                not own
                or not told.is_narrated(own[0])
                or story.mention[own[0]].kind != "name"
                or told.person_at(own[0]) != person
            ):
                continue
            if (
                told.is_pluperfect(death)  # what is told later may have been before
                or story.relation[unit] == "acl:relcl"
                or story.lemma(unit) in words.bodies_do
                or story.words[unit].endswith(words.participles)
                or told.is_pluperfect(unit)
                or not told.is_stated(unit)
            ):
                continue
            yield Statement(person, "", unit, min(own[0], unit), max(own[0], unit), "acts")

    def _is_other_time(self, unit: int) -> bool:
        """Whether a place tells of a ghost, a letter, a dream, or of what was before."""
        told, words = self.told, self.told.words
        around = told.words_in(told.paragraphs_around(unit, 3, 3))
        before = told.words_in(told.paragraphs_around(unit, 6))
        near = told.words_in(told.paragraphs_around(unit, 1))
        return (
            bool(around & words.unreal) or bool(before & words.memories) or bool(near & (words.remote | words.papers))
        )
