"""Reading → the parts worth showing first: a sample conversation, the least certain lines, typical lines."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from dramaturg.reading import Reading
from dramaturg.utterances import Utterance


def sample_conversation(spoken: Sequence[Utterance], length: int = 8, gap: int = 400) -> list[Utterance]:
    """The best sample of a conversation: consecutive utterances with the most changes of speaker and certainty.

    `length`: at most so many utterances. `gap`: at most so many code points between two of them.
    Empty where no two speakers talk.
    """
    best: list[Utterance] = []
    best_score = 0.0
    begin = 0
    for at, utterance in enumerate(spoken):
        if at and utterance.first.start - spoken[at - 1].parts[-1].end > gap:
            begin = at
        stretch = spoken[max(begin, at - length + 1) : at + 1]
        speakers = {u.first.speaker for u in stretch} - {None}
        if len(speakers) < 2:
            continue
        known = [u.first.speaker for u in stretch if u.first.speaker is not None]
        turns = sum(a != b for a, b in pairwise(known))
        score = turns + sum(u.first.confidence or 0.0 for u in stretch)
        if score > best_score:
            best, best_score = list(stretch), score
    return best


def least_certain(spoken: Sequence[Utterance], n: int = 5) -> list[Utterance]:
    """The n utterances with the least certain speakers, in text order; utterances without a speaker are left out."""
    doubtful = [u for u in spoken if u.first.confidence is not None and u.first.confidence < 0.9]
    chosen = sorted(doubtful, key=lambda u: (u.first.confidence, u.first.start))[:n]
    return sorted(chosen, key=lambda u: u.first.start)


def some_lines(spoken: Sequence[Utterance], n: int = 5) -> list[Utterance]:
    """Up to n utterances spread over the story: of each part the most certain one, then the longest."""
    size = max(1, -(-len(spoken) // n))
    stretches = (spoken[at : at + size] for at in range(0, len(spoken), size))
    return [max(s, key=lambda u: (u.first.confidence or 0.0, sum(p.end - p.start for p in u.parts))) for s in stretches]


def audience(reading: Reading, spoken: Sequence[Utterance]) -> list[tuple[str | None, int]]:
    """The addressees of these utterances: their names (None: unknown) and how many lines, the most first."""
    counts = Counter(id for u in spoken for id in u.first.addressees or (None,))
    return [(reading.name_of(id), n) for id, n in counts.most_common()]
