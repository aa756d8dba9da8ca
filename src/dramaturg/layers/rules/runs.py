"""The tokens of a paragraph as runs of quotations and of the narration between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from dramaturg.draft import Draft


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens [first, last) of one paragraph: a quotation's, or (quotation -1) the narration's between two."""

    quotation: int
    first: int
    last: int


def paragraph_runs(draft: Draft) -> Iterator[list[Run]]:
    """For each paragraph with tokens its runs of quotation and narration, in order."""
    paragraph, quotation = draft.tokens.paragraph.tolist(), draft.tokens.quotation.tolist()
    for _, indices in groupby(range(len(paragraph)), key=paragraph.__getitem__):
        runs = []
        for q, inside in groupby(indices, key=quotation.__getitem__):
            tokens = list(inside)
            runs.append(Run(q, tokens[0], tokens[-1] + 1))
        yield runs
