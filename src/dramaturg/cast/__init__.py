"""Findings → who is who over the whole story, and who says what to whom.

The order: names → people without a name → narrator → narration's pronouns → utterances and their
candidates → speakers (twice: the second time knowing what the first made of the neighbours).
"""

from dataclasses import dataclass

from dramaturg.cast.features import Candidates, Table
from dramaturg.cast.narrator import find_narrator
from dramaturg.cast.pronouns import resolve_pronouns
from dramaturg.cast.roster import Roster, make_roster
from dramaturg.cast.utterances import Utterance, collect_utterances
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.words import Words


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is who, before it is decided who speaks. `narrator`: index in `roster.people`, or -1."""

    roster: Roster
    utterances: list[Utterance]
    narrator: int
    table: Table


def set_scene(draft: Draft, words: Words, findings: Findings) -> Scene:
    """Find the people, and for each utterance its candidates with what speaks for them."""
    roster = make_roster(draft, words, findings)
    utterances = collect_utterances(draft, findings)
    narrator = find_narrator(draft, findings, utterances, roster)
    resolve_pronouns(findings, roster.people, roster.of_mention, narrator)
    table = Candidates(draft, findings, roster.people, roster.of_mention, utterances, narrator).table()
    return Scene(roster, utterances, narrator, table)
