"""The identity trees of each fold: later models learn from stories that are read with trees of other authors."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dramaturg.cast.people.identity.joining import PairScorer, score_pairs
from dramaturg.cast.people.identity.pairs import Pairs
from dramaturg.findings import Floats
from training.stories import Story

if TYPE_CHECKING:
    import lightgbm as lgb

FOLD_MODELS = Path(".work/identity")


def fold_scorer(story: Story) -> PairScorer:
    """Scores pairs with the trees of the story's fold; with the package's for a story that no model learns from."""
    if story.fold < 0:
        return score_pairs
    model = _fold_model(story.fold)

    def score(pairs: Pairs) -> Floats:
        probability: Floats = model.predict(pairs.rows).astype(np.float32)
        return probability

    return score


@cache
def _fold_model(fold: int) -> "lgb.Booster":
    import lightgbm as lgb  # the cases of stories that no model learns from do without it

    path = FOLD_MODELS / f"{fold}.txt"
    if not path.exists():
        raise SystemExit(f"{path} is missing. Run python -m training.identity first.")
    return lgb.Booster(model_file=path)
