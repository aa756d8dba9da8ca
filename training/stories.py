"""The annotated stories that the cast's models learn from: PDNC's train novels and the train stories of today's kind.

Both corpora have PDNC's layout. The folds are by author over all of them, and the same for every model.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from corpora.pdnc import Novel, load_novel, split
from training.folds import assign_folds

CORPORA = ("pdnc", "modern")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Story:
    """An annotated story. `fold`: that of its author, from 0; -1 for a story that no model learns from."""

    novel: Novel
    corpus: str
    fold: int


def corpora_folder(given: str | Path | None = None) -> Path:
    """The folder that holds `pdnc` and `modern`: as given, or the one that DRAMATURG_CORPORA names.

    Raises SystemExit, with one line, if one of them is missing.
    """
    folder = Path(given) if given else Path(os.environ.get("DRAMATURG_CORPORA", "corpora"))
    for corpus in CORPORA:
        if not (folder / corpus / "data").is_dir():
            raise SystemExit(
                f"{folder}: no {corpus}/data in it. Name the folder of all corpora, or set DRAMATURG_CORPORA."
            )
    return folder


def train_stories(folder: Path) -> list[Story]:
    """The train stories of all corpora, the longest first, so that two processes end together."""
    found = [
        (load_novel(folder / corpus, name), corpus) for corpus in CORPORA for name in split(folder / corpus, "train")
    ]
    folds = assign_folds([(novel.author, len(novel.quotations)) for novel, _ in found])
    stories = [Story(novel, corpus, fold) for (novel, corpus), fold in zip(found, folds, strict=True)]
    return sorted(stories, key=lambda story: -len(story.novel.text))


def dev_stories(folder: Path) -> list[Story]:
    """The dev stories of all corpora."""
    return [
        Story(load_novel(folder / corpus, name), corpus, -1)
        for corpus in CORPORA
        for name in split(folder / corpus, "dev")
    ]


def read_in_two_processes(build: Callable[[Story], Value], stories: Iterable[Story]) -> list[Value]:
    """What `build` makes of each story."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(build, stories))
