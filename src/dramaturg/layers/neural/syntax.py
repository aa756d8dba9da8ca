"""Parts of speech, lemmas and dependencies of every syntactic word (Universal Dependencies).

Source: Dozat & Manning 2017, Deep Biaffine Attention for Neural Dependency Parsing.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import sentence_bounds
from dramaturg.encoder import Encoded
from dramaturg.findings import Ints, Syntax
from dramaturg.layers.neural.dependency_tree import best_tree
from dramaturg.layers.neural.heads import dense, load_heads, load_names, pad_sentences, relu, with_one


def find_syntax(window: Encoded, sentence: Ints) -> Syntax:
    """The syntax of the units of one window. `sentence`: the sentence of each unit."""
    heads = load_heads()
    x = window.vectors
    over = with_one(relu(dense(x, "syntax.arc_head")))
    under = with_one(relu(dense(x, "syntax.arc_child"))) @ heads["syntax.arc.weight"][0]
    bounds = sentence_bounds(sentence)
    index = pad_sentences(bounds)
    scores = under[index] @ over[index].transpose(0, 2, 1)
    head = np.concatenate(
        [start + best_tree(scores[row, : end - start, : end - start]) for row, (start, end) in enumerate(bounds)]
    )
    return Syntax(
        dense(x, "syntax.tag").argmax(axis=1).astype(np.int32),
        dense(x, "syntax.edit").argmax(axis=1).astype(np.int32),
        (head + window.first).astype(np.int32),
        _relations(x, head),
    )


def _relations(x: NDArray[np.float32], head: NDArray[np.int64]) -> Ints:
    heads = load_heads()
    weight = heads["syntax.relation.weight"]
    child = with_one(relu(dense(x, "syntax.relation_child")))
    above = with_one(relu(dense(x, "syntax.relation_head")))[head]
    width = weight.shape[1]
    part = (child @ weight.transpose(1, 0, 2).reshape(width, -1)).reshape(len(x), len(weight), width)
    score = (part @ above[:, :, None])[:, :, 0]
    # A root has the relation `root`, and no other word does.
    root = load_names("relations").index("root")
    own = head == np.arange(len(head))
    score[~own, root] = -np.inf
    found: Ints = score.argmax(axis=1).astype(np.int32)
    found[own] = root
    return found


def join_syntax(windows: list[Syntax]) -> Syntax:
    """The syntax of all windows."""
    none = np.zeros(0, np.int32)
    return Syntax(*(np.concatenate([none, *(getattr(w, name) for w in windows)]) for name in Syntax.__slots__))


def edit_of(form: str, lemma: str) -> str:
    """The edit that makes the lemma from a word in lower case: `-ed+e` removes ed and adds e; `=x` is the lemma itself.

    The edit begins with `^` if the lemma has capitals.
    """
    small, kept = form.lower().replace("’", "'"), ""
    if lemma != lemma.lower():
        kept, lemma = "^", lemma.lower()
    common = 0
    while common < min(len(small), len(lemma)) and small[common] == lemma[common]:
        common += 1
    if common == 0 or len(small) - common > 5:
        return f"{kept}={lemma}"
    return f"{kept}-{small[common:]}+{lemma[common:]}"


@lru_cache(maxsize=1 << 16)  # a story repeats its words, and several steps ask for their lemmas
def apply_edit(form: str, edit: str) -> str:
    """The lemma that an edit makes from a word; the word in lower case if the edit does not fit."""
    kept, edit = edit.startswith("^"), edit.removeprefix("^")
    small = form.lower().replace("’", "'")
    if edit.startswith("="):
        lemma = edit[1:]
    else:
        cut, _, added = edit[1:].partition("+")
        lemma = small.removesuffix(cut) + added if small.endswith(cut) else small
    if not kept or not lemma:
        return lemma or small
    return form if form.lower() == lemma else lemma[0].upper() + lemma[1:]
