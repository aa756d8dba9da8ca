"""Accuracy on the stories in `examples/`: a table, one story per row.

    python -m benchmarks.examples
    python -m benchmarks.examples --missed         also the stretches that were not found, and the wrong speakers
    python -m benchmarks.examples --floors         as the minimums in tests/cases/examples.json

`score_example` measures one reading against one gold file; `examples/README.md` describes the gold files.

A gold stretch of speech is found if one quotation covers the same letters: characters at the edges that are neither
letters nor digits do not count, and speech inside speech must be `within`.

A character of the reading is paired with the gold character whose names and aliases it shares most of (ties: the
first in the gold file), ignoring case, white space and a leading article, so that a person without a name is known by
their noun: “the constable”, “Constable”. A narrator who shares no name is paired with the gold narrator, if there is
only one. Other characters are not paired. Several characters may be paired with one gold character: this measure
forgives a split, `benchmarks.scoring` does not.
"""

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dramaturg import Reading, read
from dramaturg.reading import Character, Quotation

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ARTICLES = ("the ", "a ", "an ")

Stretch = tuple[int, int]
Gold = dict[str, Any]


@dataclass(frozen=True)
class ExampleScore:
    """What a reading got right of one example.

    `quotations`: gold stretches. `found`: those with exactly one quotation of ours. `spurious`: our quotations
    that are no gold stretch. `speakers`: share of the gold quotations with a known speaker that have it; one
    not found is wrong. `addressees`: micro F1 over pairs of quotation and addressee. `missed`: texts of the gold
    stretches found never, or more than once. `wrong`: (text, gold speaker, name of ours) of the found ones.
    """

    quotations: int
    found: int
    spurious: int
    speakers: float
    addressees: float
    missed: tuple[str, ...]
    wrong: tuple[tuple[str, str, str | None], ...]

    @property
    def found_share(self) -> float:
        """`found` as a share of the gold stretches."""
        return self.found / self.quotations


def story_paths(folder: Path = EXAMPLES) -> list[Path]:
    """The stories that have a gold file, sorted."""
    stories = (path for path in folder.iterdir() if not path.name.endswith(".json"))
    return sorted(path for path in stories if gold_path(path).exists())


def gold_path(story: Path) -> Path:
    """The gold file of a story."""
    return story.with_name(story.stem + ".gold.json")


def load_gold(story: Path) -> Gold:
    """The gold of a story, as `examples/README.md` describes it."""
    gold: Gold = json.loads(gold_path(story).read_text(encoding="utf-8"))
    return gold


def locate(text: str, quotations: Iterable[dict[str, Any]]) -> list[Stretch]:
    """The place of each gold quotation: each after the last one's end, or for speech inside speech after its start.

    Raises ValueError if one is not in the text.
    """
    places: list[Stretch] = []
    reached = outer_end = 0
    for quotation in quotations:
        inside = quotation.get("within", False)
        start = text.find(quotation["text"], reached if inside else outer_end)
        if start < 0:
            raise ValueError(f"not in the text, or not in this order: {quotation['text']!r}")
        end = start + len(quotation["text"])
        places.append((start, end))
        reached, outer_end = start + 1, outer_end if inside else end
    return places


def bare(text: str, start: int, end: int) -> Stretch:
    """A stretch without what is neither letter nor digit at its edges; the stretch itself where nothing is left."""
    first, last = start, end
    while first < last and not text[first].isalnum():
        first += 1
    while last > first and not text[last - 1].isalnum():
        last -= 1
    return (first, last) if first < last else (start, end)


def match_quotations(reading: Reading, gold: Gold) -> list[list[Quotation]]:
    """For each gold quotation, those of the reading over the same letters, equally inside other speech or not."""
    text = reading.story.text
    ours = defaultdict(list)
    for quotation in reading.quotations:
        ours[bare(text, quotation.start, quotation.end), quotation.within is not None].append(quotation)
    places = locate(text, gold["quotations"])
    return [
        ours.get((bare(text, *place), row.get("within", False)), [])
        for place, row in zip(places, gold["quotations"], strict=True)
    ]


def match_characters(reading: Reading, gold: Gold) -> dict[str, str]:
    """Our character's id → the id of the gold character that it is paired with; others are left out."""
    names = {row["id"]: {_plain(name) for name in (row["name"], *row["aliases"])} for row in gold["characters"]}
    narrators = [row["id"] for row in gold["characters"] if row["narrator"]]
    partners = {}
    for character in reading.characters:
        ours = _names(character)
        best = max(names, key=lambda id: len(names[id] & ours))
        if names[best] & ours:
            partners[character.id] = best
        elif character.narrator and len(narrators) == 1:
            partners[character.id] = narrators[0]
    return partners


def score_example(reading: Reading, gold: Gold) -> ExampleScore:
    """Measure a reading against the gold of its story."""
    matches = match_quotations(reading, gold)
    partners = match_characters(reading, gold)
    missed, wrong = [], []
    n_speakers = n_right = n_gold = n_ours = n_both = 0
    for row, ours in zip(gold["quotations"], matches, strict=True):
        if len(ours) != 1:
            missed.append(row["text"])
        quotation = ours[0] if ours else None
        if row["speaker"] is not None:
            n_speakers += 1
            if quotation and partners.get(quotation.speaker or "") == row["speaker"]:
                n_right += 1
            elif quotation:
                wrong.append((row["text"], row["speaker"], reading.name_of(quotation.speaker)))
        addressees = {partners.get(id, f"nobody: {id}") for id in quotation.addressees} if quotation else set()
        n_gold += len(row["addressees"])
        n_ours += len(addressees)
        n_both += len(addressees & set(row["addressees"]))
    matched = {quotation.id for ours in matches for quotation in ours}
    return ExampleScore(
        quotations=len(matches),
        found=len(matches) - len(missed),
        spurious=len(reading.quotations) - len(matched),
        speakers=n_right / n_speakers,
        addressees=2 * n_both / (n_gold + n_ours),
        missed=tuple(missed),
        wrong=tuple(wrong),
    )


def table(scores: dict[str, ExampleScore]) -> str:
    """The scores, one example a line, and with a last line for all of them: means of the shares, sums of the rest."""
    lines = [f"{'example':28}{'quotations':>11}{'found':>7}{'spurious':>10}{'speakers':>10}{'addressees':>12}"]
    lines += [_row(name, [score]) for name, score in scores.items()]
    return "\n".join([*lines, _row("all", list(scores.values()))])


def floors(scores: dict[str, ExampleScore]) -> str:
    """The scores as the minimums of a test: shares, rounded down to two decimals."""
    lines = []
    for name, score in scores.items():
        shares = {"found": score.found_share, "speakers": score.speakers, "addressees": score.addressees}
        row = {share: math.floor(value * 100) / 100 for share, value in shares.items()}
        lines.append(f" {json.dumps(name)}: {json.dumps(row)}")
    return "{\n" + ",\n".join(lines) + "\n}"


def _row(name: str, scores: Sequence[ExampleScore]) -> str:
    n = len(scores)
    return (
        f"{name:28}{sum(score.quotations for score in scores):11}{sum(score.found for score in scores):7}"
        f"{sum(score.spurious for score in scores):10}{sum(score.speakers for score in scores) / n:10.3f}"
        f"{sum(score.addressees for score in scores) / n:12.3f}"
    )


def _names(character: Character) -> set[str]:
    return {_plain(name) for name in (character.name, *character.aliases)}


def _plain(name: str) -> str:
    plain = " ".join(name.lower().replace("’", "'").split())
    return next((plain.removeprefix(article) for article in ARTICLES if plain.startswith(article)), plain)


def main() -> None:
    """Read every example and print its scores."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.examples", description=__doc__.split("\n")[0])
    parser.add_argument("--missed", action="store_true", help="list what was not found, and the wrong speakers")
    parser.add_argument("--floors", action="store_true", help="print the floors that a test holds, as JSON")
    options = parser.parse_args()
    scores = {path.stem: score_example(read(path), load_gold(path)) for path in story_paths()}
    print(floors(scores) if options.floors else table(scores))
    if options.missed:
        for name, score in scores.items():
            print(f"\n{name}")
            for text in score.missed:
                print(f"  not found: {text!r}")
            for text, speaker, ours in score.wrong:
                print(f"  {speaker}, not {ours}: {text!r}")


if __name__ == "__main__":
    main()
