"""The features of each candidate for an utterance's speaker.

A group of features is a module of this package. Its class reads the story once, in `__init__`, and its method
`features` returns the group's names with the values for one candidate. To add a feature, add an entry to that
dictionary; to add a group, write a module and list its class in `_groups`. The trees and the network weigh the
features, so train them again after a change (training/README.md).

All counts are of the story itself. No feature depends on a word, a name or a corpus.
"""

from array import array
from typing import Protocol

import numpy as np

from dramaturg.cast.people.corrections.fixed import Fixed
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.features.candidates import find_candidates
from dramaturg.cast.speakers.features.companions import CompanionFeatures
from dramaturg.cast.speakers.features.context import ContextFeatures
from dramaturg.cast.speakers.features.cues import CueFeatures
from dramaturg.cast.speakers.features.inputs import Inputs, References, collect_inputs
from dramaturg.cast.speakers.features.narration import NarrationFeatures
from dramaturg.cast.speakers.features.prominence import ProminenceFeatures
from dramaturg.cast.speakers.features.pronouns import PronounFeatures
from dramaturg.cast.speakers.features.scenes import SceneFeatures
from dramaturg.cast.speakers.features.tags import TagFeatures
from dramaturg.cast.speakers.features.vocatives import VocativeFeatures
from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Findings


class FeatureGroup(Protocol):
    """A group of features."""

    def features(self, i: int, person: int) -> dict[str, float]:
        """The names and values for a candidate of utterance `i`; the names are the same for all candidates."""


def _groups(story: Inputs) -> list[FeatureGroup]:
    return [
        CueFeatures(story),
        NarrationFeatures(story),
        ProminenceFeatures(story),
        VocativeFeatures(story),
        TagFeatures(story),
        CompanionFeatures(story),
        ContextFeatures(story),
        PronounFeatures(story),
        SceneFeatures(story),
    ]


def make_candidate_table(
    draft: Draft,
    findings: Findings,
    roster: Roster,
    utterances: list[Utterance],
    narrators: Narrators,
    references: References,
    fixed: Fixed | None = None,
) -> CandidateTable:
    """Find the candidates of each utterance and their features.

    `references`: what mentions refer to. `fixed`: what the user's corrections say.
    """
    story = collect_inputs(draft, findings, roster, utterances, narrators, references, fixed or Fixed())
    groups = _groups(story)
    candidates = [(i, person) for i, people in enumerate(find_candidates(story)) for person in people]
    names = tuple(name for i, person in candidates[:1] for group in groups for name in group.features(i, person))
    values = array("f")
    for i, person in candidates:
        for group in groups:
            values.extend(group.features(i, person).values())
    return CandidateTable(
        names,
        np.array(values, dtype=np.float32).reshape(len(candidates), len(names)),
        np.array([i for i, _ in candidates], dtype=np.int32),
        np.array([person for _, person in candidates], dtype=np.int32),
    )
