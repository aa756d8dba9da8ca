"""Why quotations are wrong, by kind of story: a table of shares of 100 quotations.

    python -m benchmarks.causes --corpora corpora --jobs 2

`--corpora` holds `pdnc` and `modern`. The columns are the dev novels of PDNC, the dev stories of the modern corpus, and
its stress set. Each gold quotation has one cause (`cause_of`), the first that holds:

right           given to the character that the one-to-one pairing gives to the gold speaker
not found       no quotation of ours overlaps it
split           given to another of our characters, most of whose quotations are this person's
nobody          no character of ours is paired with the speaker, or shares a name with them
no candidate    the speaker is in our cast, but is not among the answer's alternatives
ranked lower    the speaker is among the alternatives, and we answered another character, or none
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import meet, place_of
from benchmarks.quotes import ReadNovel, read_novels

CAUSES = ("right", "split", "nobody", "no candidate", "ranked lower", "not found")


@dataclass(frozen=True, slots=True)
class Domain:
    """A kind of story: its name in the table, its folder under `--corpora`, and the split that is read."""

    name: str
    folder: str
    split: str


DOMAINS = (Domain("novels", "pdnc", "dev"), Domain("modern", "modern", "dev"), Domain("stress", "modern", "stress"))


def causes_of(read: ReadNovel) -> Counter[str]:
    """Count the causes of one novel's quotations."""
    people = meet(read)
    counts: Counter[str] = Counter()
    for gold, answer, right in zip(
        read.novel.quotations, read.measurement.answers, read.measurement.right, strict=True
    ):
        if right:
            counts["right"] += 1
        elif answer is None:
            counts["not found"] += 1
        elif answer.speaker is not None and people.mostly.get(answer.speaker) == gold.speaker:
            counts["split"] += 1
        elif not people.in_cast(gold.speaker):
            counts["nobody"] += 1
        elif place_of(gold, answer, people) == "absent":
            counts["no candidate"] += 1
        else:
            counts["ranked lower"] += 1
    return counts


def table(counts: Mapping[str, Counter[str]]) -> Iterator[str]:
    """Write the table: a column for each domain, a line for each cause, each share of 100 quotations."""
    yield f"{'of 100 quotations':<20}" + "".join(f"{name:>10}" for name in counts)
    for cause in CAUSES:
        shares = (100 * count[cause] / max(1, count.total()) for count in counts.values())
        yield f"{cause:<20}" + "".join(f"{share:>10.1f}" for share in shares)
    yield f"{'quotations':<20}" + "".join(f"{count.total():>10}" for count in counts.values())


def main(arguments: list[str] | None = None) -> None:
    """Read each domain's stories and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, metavar="DIR", help="the folder of all corpora")
    parser.add_argument("--domains", metavar="A,B", help=f"of {', '.join(domain.name for domain in DOMAINS)}")
    parser.add_argument("--jobs", type=int, default=1, help="stories read at a time (default: 1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep each story's reading here, as NAME.json")
    parser.add_argument("--kept", type=Path, metavar="DIR", help="score readings kept here instead of reading again")
    options = parser.parse_args(arguments)
    wanted = options.domains.split(",") if options.domains else [domain.name for domain in DOMAINS]
    counts: dict[str, Counter[str]] = {}
    for domain in DOMAINS:
        if domain.name in wanted:
            counts[domain.name] = sum(map(causes_of, read_novels(_options(options, domain))), Counter())
    print("\n".join(table(counts)))


def _options(options: argparse.Namespace, domain: Domain) -> argparse.Namespace:
    """The options of `benchmarks.quotes` for one domain."""
    return argparse.Namespace(
        corpora=options.corpora / domain.folder,
        split=domain.split,
        novels=None,
        given=frozenset(),
        jobs=options.jobs,
        keep=options.keep,
        kept=options.kept,
    )


if __name__ == "__main__":
    main()
