"""Why a speaker was chosen, as a place in the text that a person can look at."""

from bisect import bisect_left

from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.findings import Cue, Findings
from dramaturg.reading import Evidence, EvidenceKind

STRONGEST_FIRST = ("tag_after", "tag_before", "lead_in", "loose_after", "loose_before", "beat_after", "beat_before")


class EvidenceFinder:
    """Finds the evidence for the speakers of one story."""

    def __init__(self, findings: Findings, roster: Roster, utterances: list[Utterance], narrator: int) -> None:
        self.findings, self.roster, self.utterances, self.narrator = findings, roster, utterances, narrator
        self.narrated = [
            i
            for i, mention in enumerate(findings.mentions)
            if mention.quotation < 0 and roster.of_mention[i] >= 0 and mention.kind != "pronoun"
        ]
        self.starts = [findings.mentions[i].start for i in self.narrated]

    def find(self, i: int, speakers: list[int | None]) -> Evidence | None:
        """The best evidence for the speaker of utterance i, or None where there is no speaker."""
        speaker = speakers[i]
        if speaker is None:
            return None
        return (
            self._cue(i, speaker)
            or self._called(i, speaker)
            or self._turn(i, speaker, speakers)
            or self._seen(i, speaker)
        )

    def _cue(self, i: int, speaker: int) -> Evidence | None:
        fitting = [cue for cue in self.utterances[i].cues if self._fits(cue, speaker)]
        if not fitting:
            return None
        best = min(fitting, key=lambda cue: (STRONGEST_FIRST.index(cue.kind), cue.start))
        return Evidence(self._kind(best), best.start, best.end)

    def _fits(self, cue: Cue, speaker: int) -> bool:
        if cue.kind not in STRONGEST_FIRST:
            return False
        mention, meant = self.findings.mentions[cue.mention], self.roster.of_mention[cue.mention]
        if meant == speaker:
            return True
        if mention.kind != "pronoun" or mention.form in ("i", "my", "me") or speaker == self.narrator:
            return False
        return mention.gender != "?" and self.roster.people[speaker].gender == mention.gender

    def _kind(self, cue: Cue) -> EvidenceKind:
        mention = self.findings.mentions[cue.mention]
        if mention.form in ("i", "my", "me"):
            return "narrator"
        if cue.kind in ("tag_after", "tag_before", "lead_in") and cue.strength != "none":
            return "pronoun_tag" if mention.kind == "pronoun" else "tag"
        return "action"

    def _called(self, i: int, speaker: int) -> Evidence | None:
        if i == 0:
            return None
        for vocative in self.utterances[i - 1].vocatives:
            if vocative.mention >= 0 and self.roster.of_mention[vocative.mention] == speaker:
                return Evidence("vocative", vocative.start, vocative.end)
        return None

    def _turn(self, i: int, speaker: int, speakers: list[int | None]) -> Evidence | None:
        for j in (i - 2, i + 2):
            if 0 <= j < len(speakers) and speakers[j] == speaker and speakers[(i + j) // 2] not in (None, speaker):
                return Evidence("turn", self.utterances[j].start, self.utterances[j].end)
        return None

    def _seen(self, i: int, speaker: int) -> Evidence | None:
        """The mention of the speaker in narration that stands nearest before the utterance, else after it."""
        here = bisect_left(self.starts, self.utterances[i].start)
        for k in [*range(here - 1, max(-1, here - 40), -1), *range(here, min(len(self.narrated), here + 20))]:
            if self.roster.of_mention[self.narrated[k]] == speaker:
                mention = self.findings.mentions[self.narrated[k]]
                return Evidence("content", mention.start, mention.end)
        if speaker == self.narrator:
            return Evidence("narrator", self.utterances[i].start, self.utterances[i].start)
        return None
