"""The evidence for each speaker: a place in the text that shows why the speaker was chosen."""

from bisect import bisect_left

from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Cue, Findings, Mention
from dramaturg.reading import Evidence, EvidenceKind

STRONGEST_FIRST = ("tag_after", "tag_before", "lead_in", "loose_after", "loose_before", "beat_after", "beat_before")
MAX_MENTIONS_BEFORE, MAX_MENTIONS_AFTER = 40, 20  # that are searched for one of the speaker


class EvidenceFinder:
    """Finds the evidence for the speakers of one story."""

    def __init__(
        self, draft: Draft, findings: Findings, roster: Roster, utterances: list[Utterance], narrators: Narrators
    ) -> None:
        self.findings, self.roster, self.utterances, self.narrators = findings, roster, utterances, narrators
        self.narrated = [
            i
            for i, mention in enumerate(findings.mentions)
            if mention.quotation < 0 and roster.of_mention[i] >= 0 and mention.kind != "pronoun"
        ]
        self.starts = [findings.mentions[i].start for i in self.narrated]

    def find(self, i: int, speakers: list[int | None]) -> Evidence | None:
        """The best evidence for the speaker of utterance `i`, None if the speaker is unknown."""
        speaker = speakers[i]
        if speaker is None:
            return None
        return (
            self._find_cue(i, speaker)
            or self._find_vocative(i, speaker)
            or self._find_turn(i, speaker, speakers)
            or self._find_mention(i, speaker)
        )

    def _find_cue(self, i: int, speaker: int) -> Evidence | None:
        """The strongest cue of the utterance that fits its speaker."""
        fitting = [cue for cue in self.utterances[i].cues if self._fits(cue, speaker)]
        if not fitting:
            return None
        best = min(fitting, key=lambda cue: (STRONGEST_FIRST.index(cue.kind), cue.start))
        return Evidence(self._kind_of(best), best.start, best.end)

    def _fits(self, cue: Cue, speaker: int) -> bool:
        if cue.kind not in STRONGEST_FIRST:
            return False
        mention = self.findings.mentions[cue.mention]
        if self.roster.of_mention[cue.mention] == speaker:
            return True
        if mention.kind != "pronoun" or self._is_first_person(mention) or speaker == self.narrators.at(cue.start):
            return False
        return mention.gender != "?" and self.roster.people[speaker].gender == mention.gender

    def _kind_of(self, cue: Cue) -> EvidenceKind:
        mention = self.findings.mentions[cue.mention]
        if self._is_first_person(mention):
            return "narrator"
        if cue.is_tag and cue.strength != "none":
            return "pronoun_tag" if mention.kind == "pronoun" else "tag"
        return "action"

    def _is_first_person(self, mention: Mention) -> bool:
        return mention.form in self.narrators.forms

    def _find_vocative(self, i: int, speaker: int) -> Evidence | None:
        """The vocative in the utterance before that addresses the speaker."""
        if i == 0:
            return None
        for vocative in self.utterances[i - 1].vocatives:
            if vocative.mention >= 0 and self.roster.of_mention[vocative.mention] == speaker:
                return Evidence("vocative", vocative.start, vocative.end)
        return None

    def _find_turn(self, i: int, speaker: int, speakers: list[int | None]) -> Evidence | None:
        """The speaker's utterance two before or after, if somebody else speaks between."""
        for j in (i - 2, i + 2):
            if 0 <= j < len(speakers) and speakers[j] == speaker and speakers[(i + j) // 2] not in (None, speaker):
                return Evidence("turn", self.utterances[j].start, self.utterances[j].end)
        return None

    def _find_mention(self, i: int, speaker: int) -> Evidence | None:
        """The speaker's nearest mention in narration before the utterance, else after it."""
        here = bisect_left(self.starts, self.utterances[i].start)
        before = range(here - 1, max(-1, here - MAX_MENTIONS_BEFORE), -1)
        after = range(here, min(len(self.narrated), here + MAX_MENTIONS_AFTER))
        for k in (*before, *after):
            if self.roster.of_mention[self.narrated[k]] == speaker:
                mention = self.findings.mentions[self.narrated[k]]
                return Evidence("content", mention.start, mention.end)
        if speaker == self.narrators.at(self.utterances[i].start):
            return Evidence("narrator", self.utterances[i].start, self.utterances[i].start)
        return None
