"""The ranking of each utterance's candidates, in two passes, and the choice of a speaker.

The first pass scores each utterance by itself and then decides whole conversations. The second pass repeats that with
the first pass's answers as features (`second_pass`), and combines the trees with a small network.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.calibration import calibrate, load_calibration
from dramaturg.cast.speakers.conversation_network import Network, load_network, score_conversations
from dramaturg.cast.speakers.second_pass import add_second_pass_features
from dramaturg.cast.speakers.table import CandidateTable, TagKind, normalise_per_utterance, softmax_per_utterance
from dramaturg.cast.speakers.turns import Transitions, chain_marginals, load_transitions
from dramaturg.cast.speakers.voice_embedding import load_plda_model
from dramaturg.cast.trees import load_trees
from dramaturg.cast.utterances import Utterance
from dramaturg.findings import Floats

MIN_SPEAKER_PROBABILITY = 0.1  # below this the likeliest candidate is not given as the speaker
MIN_ALTERNATIVE_PROBABILITY = 0.05
MAX_ALTERNATIVES = 4
SHARPENING_EXPONENT = 1.5  # of the probabilities that turn-taking starts from
# The weight of turn-taking against the utterance by itself, from 0 to 1, in each pass; 0 for other kinds of tag. Higher
# weights gained nothing by folds over the training novels. The features of the second pass include turns already.
TurnWeights = Mapping[TagKind, float]
FIRST_PASS_TURNS: TurnWeights = {TagKind.NONE: 1.0, TagKind.PRONOUN: 0.5}
SECOND_PASS_TURNS: TurnWeights = {TagKind.NONE: 1.0}
NOT_GIVEN = -2
IMPOSSIBLE = 1e-20  # not 0, so that an utterance whose candidates are all impossible can be normalised

Choice = tuple[int | None, float, tuple[tuple[int, float], ...]]


def rank_speakers(table: CandidateTable, utterances: list[Utterance], given: Mapping[int, int] | None = None) -> Floats:
    """The probability of each candidate: float32 (candidates,).

    `given`: the speakers that are known already, by utterance, -1 for somebody unknown.
    """
    if not len(table):
        return np.zeros(0, np.float32)
    given, transitions = given or {}, load_transitions()
    independent = apply_given(table, score_trees(table, "speakers"), given)
    with_turns = apply_given(table, take_turns(table, independent, utterances, transitions, FIRST_PASS_TURNS), given)
    second = add_second_pass_features(table, independent, with_turns, utterances, load_plda_model())
    independent = apply_given(table, score_trees(second, "speakers_second_pass"), given)
    with_turns = take_turns(table, independent, utterances, transitions, SECOND_PASS_TURNS)
    combined = combine(table, with_turns, score_network(second, load_network(second.features)))
    return apply_given(table, calibrate(table, combined, load_calibration()), given)


def score_trees(table: CandidateTable, name: str) -> Floats:
    """The probability of each candidate by the trees `name` of the package's weights: (candidates,)."""
    return softmax_per_utterance(table, load_trees(name, table.features).score(table.rows))


def score_network(table: CandidateTable, network: Network) -> Floats:
    """The probability of each candidate by the conversation: (candidates,). `table`: that of the second pass."""
    return softmax_per_utterance(table, score_conversations(table, network))


def combine(table: CandidateTable, trees: Floats, network: Floats) -> Floats:
    """The geometric mean of two probabilities, normalised together with that of a speaker who is not a candidate."""
    if len(network) == 0:
        return network
    starts, size = table.groups()
    other = [np.maximum(0, 1 - np.add.reduceat(each, starts)) for each in (trees, network)]
    mean = np.sqrt(trees * network)
    total = np.add.reduceat(mean, starts) + np.sqrt(other[0] * other[1])
    combined: Floats = mean / np.repeat(np.maximum(total, IMPOSSIBLE), size)
    return combined


def apply_given(table: CandidateTable, probability: Floats, given: Mapping[int, int]) -> Floats:
    """The probability of each candidate, 1 or IMPOSSIBLE where the speaker is given: (candidates,)."""
    if not given:
        return probability
    speaker = np.full(int(table.utterance.max(initial=0)) + 1, NOT_GIVEN, dtype=np.int64)
    for utterance, person in given.items():
        if utterance < len(speaker):
            speaker[utterance] = person
    known: NDArray[np.int64] = speaker[table.utterance]
    certain = np.where(known == table.person, 1.0, IMPOSSIBLE)
    found: Floats = np.where(known == NOT_GIVEN, probability, certain).astype(np.float32)
    return found


def take_turns(
    table: CandidateTable,
    independent: Floats,
    utterances: list[Utterance],
    transitions: Transitions,
    weights: TurnWeights,
) -> Floats:
    """Each candidate's probability in the conversation, given that by the utterance itself; both (candidates,).

    `weights`: the exponents of turn-taking in a geometric mean of both, by kind of tag: a name in a tag is stronger
    evidence than any turn.
    """
    sharpened = normalise_per_utterance(table, independent**SHARPENING_EXPONENT)
    marginals = chain_marginals(table, sharpened, utterances, transitions)
    tag_kind = table.column("tag_kind")
    weight = np.select([tag_kind == kind for kind in weights], list(weights.values()), 0.0)
    with_turns: Floats = (independent ** (1 - weight) * marginals**weight).astype(np.float32)
    return with_turns


def choose_speakers(table: CandidateTable, probability: Floats, n_utterances: int) -> list[Choice]:
    """For each utterance its speaker or None, the probability, and the alternatives with theirs, likeliest first.

    `probability`: (candidates,), as `rank_speakers` returns it.
    """
    ranked: list[list[tuple[float, int]]] = [[] for _ in range(n_utterances)]
    for number, person, p in zip(table.utterance.tolist(), table.person.tolist(), probability.tolist(), strict=True):
        ranked[number].append((-round(p, 4), person))
    chosen: list[Choice] = []
    for candidates in ranked:
        candidates.sort()
        likely = [(person, -p) for p, person in candidates if -p >= MIN_ALTERNATIVE_PROBABILITY]
        if likely and likely[0][1] >= MIN_SPEAKER_PROBABILITY:
            chosen.append((likely[0][0], likely[0][1], tuple(likely[1 : 1 + MAX_ALTERNATIVES])))
        else:
            chosen.append((None, 0.0, tuple(likely[:MAX_ALTERNATIVES])))
    return chosen
