"""Slips of continuity: places of a story that do not agree, each with what it says.

Each module compares what the trees, the people and the facts say of one matter. A slip is shown only if both places are
fairly sure: rather none than a wrong one.
"""

from collections.abc import Sequence

from dramaturg.continuity.ages import find_ages
from dramaturg.continuity.body import find_bodies
from dramaturg.continuity.fate import find_fates
from dramaturg.continuity.kin import find_kin
from dramaturg.continuity.looks import find_looks
from dramaturg.continuity.names import find_names
from dramaturg.continuity.presence import find_presence
from dramaturg.continuity.told import Told
from dramaturg.continuity.traits import find_traits
from dramaturg.continuity.work import find_work
from dramaturg.corrections.resolve import Outcome, ResolvedSlip
from dramaturg.facts.parsed import ParsedStory
from dramaturg.reading import Slip, SlipKind

GRAVITY: dict[SlipKind, float] = {
    "fate": 1.0,
    "kin": 1.0,
    "age": 0.9,
    "eyes": 0.9,
    "body": 0.9,
    "presence": 0.8,
    "work": 0.8,
    "hair": 0.7,
    "trait": 0.7,
    "name": 0.6,
}


def find_slips(story: ParsedStory) -> tuple[Slip, ...]:
    """The slips of a story, the gravest and surest first."""
    told = Told(story)
    found = [
        *find_looks(told),
        *find_ages(told),
        *find_bodies(told),
        *find_fates(told),
        *find_presence(told),
        *find_kin(told),
        *find_work(told),
        *find_traits(told),
        *find_names(story.reading),
    ]
    return tuple(in_order(found))


def dismiss(slips: Sequence[Slip], meant: Sequence[ResolvedSlip]) -> tuple[tuple[Slip, ...], list[Outcome]]:
    """The slips that nobody says are meant so, and what became of each correction that says it of one."""
    rest, outcomes = tuple(slips), []
    for one in meant:
        fits = [slip for slip in slips if _is_about(one, slip)]
        rest = tuple(slip for slip in rest if slip not in fits)
        outcomes.append(Outcome(one.correction, one.span, None if fits else "no slip is found there"))
    return rest, outcomes


def _is_about(meant: ResolvedSlip, slip: Slip) -> bool:
    is_there = any(place.start < meant.span.end and meant.span.start < place.end for place in slip.places)
    return is_there and meant.correction.kind in (None, slip.kind)


def in_order(slips: Sequence[Slip]) -> list[Slip]:
    """Slips by how grave and how sure they are, then by their place."""
    return sorted(slips, key=lambda slip: (-slip.confidence * GRAVITY[slip.kind], slip.places[0].start))
