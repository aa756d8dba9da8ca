"""Adding stories to a library: what is new or has changed is read, each result is stored as it comes."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dramaturg.archive.items import WHOLE, Item, Listing, Shard, list_items
from dramaturg.archive.library import Known, Library, unpack
from dramaturg.archive.pool import Pool
from dramaturg.archive.work import Failure, Options, Outcome, hash_corrections, hash_item, pack
from dramaturg.errors import DramaturgError, UnreadableStory
from dramaturg.reading import Reading
from dramaturg.weights import fingerprint


@dataclass
class Summary:
    """How far it is. Counts of stories; sizes in bytes; `started`: when, by time.monotonic.

    `listed` is the sum of `read`, `failed` and `skipped` once all is done.
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
class Again:
    """What is read though it is known and has not changed. `failed`: what failed; `older`: what other weights read."""

    failed: bool = False
    older: bool = False


NEVER = Again()


Tell = Callable[[Summary, Outcome | None], None]


def add(
    library: Library,
    wanted: Sequence[str],
    options: Options | None = None,
    *,
    n_workers: int | None = None,
    shard: Shard = WHOLE,
    again: Again = NEVER,
    pool: Pool | None = None,
    tell: Tell = lambda summary, outcome: None,
) -> Summary:
    """Read the stories that `wanted` names (folders, patterns, ZIPs, files, other libraries) into a library.

    What is known and has not changed, by its content, is skipped. Each result is stored at once, so that this can be
    stopped at any time and called again. A `pool` that is given stays open, and its options count. `tell` is told what
    has come of each story, and None of one that was skipped.

    Raises UsageError where a name leads nowhere or the library cannot be written, DamagedInstallation.
    """
    if pool is None:
        with Pool(options or Options(), n_workers) as own:
            return add(library, wanted, shard=shard, again=again, pool=own, tell=tell)
    listing = list_items(wanted, shard, library.path)
    summary = Summary(listed=len(listing), listed_size=listing.size, started=time.monotonic())
    for outcome in pool.read(_unknown(library, listing, pool.options, again, summary, tell)):
        _keep(library, outcome, summary, tell)
    return summary


def _keep(library: Library, outcome: Outcome, summary: Summary, tell: Tell) -> None:
    library.store(outcome)
    summary.done_size += outcome.item.size
    if isinstance(outcome.result, Failure):
        summary.failed += 1
    else:
        summary.read += 1
    tell(summary, outcome)


def _unknown(
    library: Library,
    listing: Listing,
    options: Options,
    again: Again,
    summary: Summary,
    tell: Tell,
) -> Iterator[Item]:
    """The stories that are to be read. Files that hold readings are taken over on the way."""
    for item in listing:
        if item.kind != "story":
            summary.listed -= 1
            summary.listed_size -= item.size
            _merge(library, _outcomes(item), summary, tell)
        elif is_done(item, library.known(item.place), options, again):
            summary.skipped += 1
            summary.skipped_size += item.size
            tell(summary, None)
        else:
            yield item


def is_done(item: Item, known: Known | None, options: Options, again: Again = NEVER) -> bool:
    """Whether a story was read before, as it is now and with the corrections it has now."""
    if known is None or known.sha256 is None or (known.failed and again.failed):
        return False
    if again.older and not known.failed and known.weights != fingerprint():
        return False
    try:
        return known.sha256 == hash_item(item, options.limits) and known.corrections == hash_corrections(item)
    except DramaturgError:
        return False


def take_over(library: Library, outcomes: Iterable[Outcome], tell: Tell = lambda summary, outcome: None) -> Summary:
    """Store what was read elsewhere, where the same is not known yet. Raises as `add` and what `outcomes` raise."""
    summary = Summary(started=time.monotonic())
    _merge(library, outcomes, summary, tell)
    return summary


def _merge(library: Library, outcomes: Iterable[Outcome], summary: Summary, tell: Tell) -> None:
    """Take over the readings and failures of another library, or of Parquet, of which the same is not known yet."""
    for outcome in outcomes:
        summary.listed += 1
        summary.listed_size += outcome.item.size
        known = library.known(outcome.item.place)
        same = known is not None and (known.sha256, known.corrections) == (outcome.sha256, outcome.corrections)
        if same and known is not None and known.failed == isinstance(outcome.result, Failure):
            summary.skipped += 1
            summary.skipped_size += outcome.item.size
            tell(summary, None)
        else:
            _keep(library, outcome, summary, tell)


def _outcomes(item: Item) -> Iterator[Outcome]:
    if item.kind == "parquet":
        from dramaturg.archive.parquet import read_parquet

        return read_parquet(item.path)
    return outcomes_of(Path(item.path))


def outcomes_of(path: Path) -> Iterator[Outcome]:
    """All that a library holds, as what came of reading each story. Raises UnreadableStory where it is damaged."""
    with Library(path, read_only=True) as other:
        for row in other.database.execute(
            "SELECT s.place, s.size, s.sha256, s.corrections, s.seconds, d.packed, d.sha256 "
            "FROM stories s JOIN documents d ON d.story = s.id ORDER BY s.place"
        ):
            place, size, sha256, corrections, seconds, packed, digest = row
            result = pack(Reading.from_json(unpack(packed, place), place))
            if result.sha256 != digest:
                raise UnreadableStory(f"{path}: the reading of {place} is damaged. Add its story anew instead.")
            yield Outcome(Item(place, place, None, size), sha256, corrections, seconds, result)
        for row in other.database.execute(
            "SELECT place, size, sha256, corrections, seconds, exit_code, reason FROM failures ORDER BY place"
        ):
            place, size, sha256, corrections, seconds, exit_code, reason = row
            yield Outcome(Item(place, place, None, size), sha256, corrections, seconds, Failure(exit_code, reason))
