"""To whom an utterance is said: who is called by name in it, else whom the speaker is in conversation with.

A first version by rules.
"""

from dramaturg.cast.roster import Roster
from dramaturg.cast.utterances import Utterance

FAR = 6  # paragraphs: an utterance further off is no part of the same conversation


def find_addressees(utterances: list[Utterance], speakers: list[int | None], roster: Roster) -> list[tuple[int, ...]]:
    """The persons addressed by each utterance; empty where that is unknown."""
    return [_addressees(i, utterances, speakers, roster) for i in range(len(utterances))]


def _addressees(i: int, utterances: list[Utterance], speakers: list[int | None], roster: Roster) -> tuple[int, ...]:
    speaker = speakers[i]
    called = {roster.of_mention[v.mention] for v in utterances[i].vocatives if v.mention >= 0} - {-1, speaker}
    if called:
        return tuple(sorted(called))
    for j in (i - 1, i + 1, i - 2, i + 2, i - 3, i + 3):
        if 0 <= j < len(utterances) and _near(utterances[i], utterances[j]):
            other = speakers[j]
            if other is not None and other != speaker:
                return (other,)
    return ()


def _near(one: Utterance, other: Utterance) -> bool:
    first, second = sorted((one, other), key=lambda utterance: utterance.start)
    return second.first_paragraph - first.last_paragraph <= FAR
