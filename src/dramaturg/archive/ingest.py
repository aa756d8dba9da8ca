"""Adding stories to a library: new and changed ones are read, and each outcome is stored as soon as it is there."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dramaturg.archive.library import Library, StoredStory
from dramaturg.archive.listing import MEMBER_SEPARATOR, WHOLE, Item, Listing, Shard, list_items, shown
from dramaturg.archive.outcomes import Failure, Outcome
from dramaturg.archive.parquet import read_parquet
from dramaturg.archive.pool import Pool
from dramaturg.archive.story_reader import Options, hash_corrections, hash_item
from dramaturg.errors import DramaturgError
from dramaturg.weights import fingerprint


@dataclass
class Summary:
    """The progress so far: numbers of stories, sizes in bytes, and `started` as time.monotonic gives it.

    `listed` is the sum of `read`, `failed` and `skipped` when everything is done.
    """

    listed: int = 0
    listed_size: int = 0
    read: int = 0
    failed: int = 0
    skipped: int = 0
    done_size: int = 0
    skipped_size: int = 0
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class Reread:
    """Which stories to read again although they have not changed.

    `failed`: those that failed before. `outdated`: those read with other weights.
    """

    failed: bool = False
    outdated: bool = False


NO_REREAD = Reread()
# Called after each story: with its outcome, or with None if the story was skipped.
OnProgress = Callable[[Summary, Outcome | None], None]


def add(
    library: Library,
    paths: Sequence[str],
    options: Options | None = None,
    *,
    n_workers: int | None = None,
    shard: Shard = WHOLE,
    reread: Reread = NO_REREAD,
    pool: Pool | None = None,
    is_unique: bool = False,
    on_progress: OnProgress = lambda summary, outcome: None,
) -> Summary:
    """Read stories into a library. `paths` are folders, glob patterns, ZIPs, files and other libraries.

    A story whose content has not changed is skipped. Each outcome is stored at once, so you can stop at any time and
    call this again. If you give a `pool`, its options are used, and it stays open. `is_unique`: skip a story that the
    library has under another name or inside a ZIP, and one that was taken out, unless `paths` names it.

    Raises UsageError if a path does not exist or the library cannot be written, and DamagedInstallation.
    """
    if pool is None:
        with Pool(options or Options(), n_workers) as new_pool:
            return add(
                library, paths, shard=shard, reread=reread, pool=new_pool, is_unique=is_unique, on_progress=on_progress
            )
    listing = list_items(paths, shard, library.path)
    summary = Summary(listed=len(listing), listed_size=listing.size, started=time.monotonic())
    unread = _unread(library, listing, pool.options, reread, summary, on_progress)
    if is_unique:
        named = {shown(os.path.realpath(path)) for path in paths}
        unread = _unique(library, unread, pool.options, named, summary, on_progress)
    for outcome in pool.read(unread):
        _store(library, outcome, summary, on_progress)
    return summary


def _store(library: Library, outcome: Outcome, summary: Summary, on_progress: OnProgress) -> None:
    library.store(outcome)
    summary.done_size += outcome.item.size
    if isinstance(outcome.result, Failure):
        summary.failed += 1
    else:
        summary.read += 1
    on_progress(summary, outcome)


def _unread(
    library: Library,
    listing: Listing,
    options: Options,
    reread: Reread,
    summary: Summary,
    on_progress: OnProgress,
) -> Iterator[Item]:
    """The stories to read. Files of readings (libraries and Parquet) are merged on the way."""
    for item in listing:
        if item.kind != "story":
            summary.listed -= 1
            summary.listed_size -= item.size
            _merge(library, _outcomes(item), summary, on_progress)
        elif is_up_to_date(item, library.known(item.place), options, reread):
            summary.skipped += 1
            summary.skipped_size += item.size
            on_progress(summary, None)
        else:
            yield item


def _unique(
    library: Library,
    items: Iterable[Item],
    options: Options,
    named: set[str],
    summary: Summary,
    on_progress: OnProgress,
) -> Iterator[Item]:
    """The stories that are not in the library under another name, and were not taken out."""
    first: dict[tuple[str, str | None], str] = {}  # the place of each content in this run
    for item in items:
        try:
            sha256, corrections = hash_item(item, options.limits), hash_corrections(item)
        except DramaturgError:
            sha256 = corrections = None
        if sha256 is None:  # reading it will report why
            yield item
            continue
        others = [place for place in library.places_of(sha256, corrections) if place != item.place and exists(place)]
        earlier = first.setdefault((sha256, corrections), item.place)
        if others and item.member is None and all(MEMBER_SEPARATOR in place for place in others):
            library.move(others[0], item.place)  # a file can be corrected, a story in a ZIP cannot
        elif (
            not others and earlier == item.place and (item.place in named or not library.is_removed(item.place, sha256))
        ):
            yield item
            continue
        summary.skipped += 1
        summary.skipped_size += item.size
        on_progress(summary, None)


def exists(place: str) -> bool:
    """Whether the file of a place, or the ZIP it is in, is still there."""
    return Path(place.partition(MEMBER_SEPARATOR)[0]).exists()


def is_up_to_date(item: Item, stored: StoredStory | None, options: Options, reread: Reread = NO_REREAD) -> bool:
    """Whether the story and its corrections are the same as when it was read, and `reread` does not ask for it."""
    if stored is None or stored.sha256 is None or (stored.failed and reread.failed):
        return False
    if reread.outdated and not stored.failed and stored.weights != fingerprint():
        return False
    try:
        return stored.sha256 == hash_item(item, options.limits) and stored.corrections == hash_corrections(item)
    except DramaturgError:
        return False


def merge(
    library: Library, outcomes: Iterable[Outcome], on_progress: OnProgress = lambda summary, outcome: None
) -> Summary:
    """Store outcomes from elsewhere, except those the library already has. Raises what `add` and `outcomes` raise."""
    summary = Summary(started=time.monotonic())
    _merge(library, outcomes, summary, on_progress)
    return summary


def _merge(library: Library, outcomes: Iterable[Outcome], summary: Summary, on_progress: OnProgress) -> None:
    for outcome in outcomes:
        summary.listed += 1
        summary.listed_size += outcome.item.size
        stored = library.known(outcome.item.place)
        is_same = stored is not None and (stored.sha256, stored.corrections) == (outcome.sha256, outcome.corrections)
        if is_same and stored is not None and stored.failed == isinstance(outcome.result, Failure):
            summary.skipped += 1
            summary.skipped_size += outcome.item.size
            on_progress(summary, None)
        else:
            _store(library, outcome, summary, on_progress)


def _outcomes(item: Item) -> Iterator[Outcome]:
    """The outcomes in a file of readings."""
    if item.kind == "parquet":
        yield from read_parquet(item.path)
        return
    with Library(Path(item.path), read_only=True) as other:
        yield from other.outcomes()
