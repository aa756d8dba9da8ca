"""Short texts that programs of this kind get wrong, each with its right answer: one line per case.

    python -m benchmarks.cases FOLDER --show

The folder holds NAME.txt and NAME.gold.json. The gold has `quotes`: [words with their marks, speaker, addressee or
null] in text order; `cast`: name → aliases; `not_people` and `not_speech`: words that are not a person, not speech. A
speaker that is null cannot be known, and the right answer is null. `A+B` speak together.

A quotation is right if it is found (at least half of it) and given to the character that is paired with the gold
speaker. The pairing is one to one and makes most quotations right; a character is paired only with a person whose name
or alias it has, or if it has no name of the cast. A case is whole if every quotation is right, each person of the
cast is in ours exactly once, and nothing of `not_people` and `not_speech` is there.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from dramaturg import Reading, read
from dramaturg.corrections.model import Corrections
from dramaturg.reading import Quotation

MIN_COVERED = 0.5  # of a gold quotation's length, for it to be found
MAX_LENGTH_RATIO, LENGTH_ALLOWANCE = 2, 10  # a quotation that is longer than this holds other speech too
SAME_NAME_WEIGHT = 0.5  # a shared name counts as half a quotation in the pairing
NEVER = -1e3
UNSPOKEN_COVERED = 0.8  # of words that are not speech, for a quotation to be wrong about them
UNSPOKEN_LENGTH_RATIO, UNSPOKEN_ALLOWANCE = 1.5, 4


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came out for one case. `wrong`: a line for each wrong quotation; `faults`: of the cast and of speech."""

    n_quotations: int
    wrong: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def n_right(self) -> int:
        """How many quotations are right."""
        return self.n_quotations - len(self.wrong)

    @property
    def whole(self) -> bool:
        """Whether everything is right."""
        return not self.wrong and not self.faults


def bare(name: str) -> str:
    """A name as names are compared: in lower case, without an article or marks at its edges."""
    return re.sub(r"^(the|a|an) ", "", name.strip().strip("\"“”‘’'.,-—–").lower())


def score_case(gold: Mapping[str, Any], reading: Reading) -> CaseResult:
    """Score the reading of one case's text."""
    names = {one.id: {bare(name) for name in (one.name, *one.aliases)} for one in reading.characters}
    cast = {person: {bare(name) for name in (person, *aliases)} for person, aliases in gold["cast"].items()}
    found = _find(gold["quotes"], reading)
    partner = _pair([(speaker, ours) for (_, speaker, _), ours in zip(gold["quotes"], found, strict=True)], names, cast)
    wrong = [
        f"{words[:60]} → {_described(ours, names)}, should be {speaker}"
        for (words, speaker, _), ours in zip(gold["quotes"], found, strict=True)
        if not _is_right(speaker, ours, partner, names)
    ]
    faults = [*_cast_faults(gold, names, cast), *_speech_faults(gold, reading)]
    return CaseResult(len(found), tuple(wrong), tuple(faults))


def _find(quotes: Sequence[Sequence[Any]], reading: Reading) -> list[Quotation | None]:
    """The quotation of the reading for each gold one, or None."""
    found: list[Quotation | None] = []
    at = 0
    for words, *_ in quotes:
        start = reading.story.text.index(words, at)
        at = end = start + len(words)
        best = max(reading.quotations, key=lambda one: min(end, one.end) - max(start, one.start), default=None)
        if best is None or min(end, best.end) - max(start, best.start) < MIN_COVERED * (end - start):
            found.append(None)
        else:
            fits = best.end - best.start <= MAX_LENGTH_RATIO * (end - start) + LENGTH_ALLOWANCE
            found.append(best if fits else None)
    return found


def _pair(
    said: Sequence[tuple[str | None, Quotation | None]], names: Mapping[str, set[str]], cast: Mapping[str, set[str]]
) -> dict[str, str]:
    """Our character's id → the person of the gold cast it is paired with."""
    counts = Counter(
        (ours.speaker, speaker) for speaker, ours in said if ours and ours.speaker and speaker and "+" not in speaker
    )
    known = set().union(*cast.values()) if cast else set()
    ids, people = sorted(names), sorted(cast)
    if not ids or not people:
        return {}

    def weight(id: str, person: str) -> float:
        shared = bool(names[id] & cast[person])
        if not shared and names[id] & known:
            return NEVER
        return counts[id, person] + SAME_NAME_WEIGHT * shared

    weights = np.array([[weight(id, person) for person in people] for id in ids])
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return {ids[r]: people[c] for r, c in zip(rows, columns, strict=True) if weights[r, c] > 0}


def _is_right(
    speaker: str | None, ours: Quotation | None, partner: Mapping[str, str], names: Mapping[str, set[str]]
) -> bool:
    if ours is None:
        return False
    if speaker is None or ours.speaker is None:
        return ours.speaker is speaker
    given = partner.get(ours.speaker)
    if "+" not in speaker:
        return given == speaker
    together = [bare(name) for name in speaker.split("+")]
    return given in speaker.split("+") or all(any(one in name for name in names[ours.speaker]) for one in together)


def _described(ours: Quotation | None, names: Mapping[str, set[str]]) -> str:
    if ours is None:
        return "not found"
    if ours.speaker is None:
        return "nobody"
    return f"{', '.join(sorted(names[ours.speaker])[:2])} ({ours.confidence or 0:.2f})"


def _cast_faults(gold: Mapping[str, Any], names: Mapping[str, set[str]], cast: Mapping[str, set[str]]) -> list[str]:
    faults = []
    for person in sorted(cast):
        n_people = sum(bool(names[id] & cast[person]) for id in names)
        if n_people != 1:
            faults.append(f"{person} is {n_people} people" if n_people else f"{person} is not in the cast")
    for name in gold.get("not_people", []):
        if any(bare(name) in own for own in names.values()):
            faults.append(f"{name} is in the cast")
    return faults


def _speech_faults(gold: Mapping[str, Any], reading: Reading) -> list[str]:
    faults = []
    for words in gold.get("not_speech", []):
        start = reading.story.text.find(words)
        end = start + len(words)
        if start >= 0 and any(
            min(end, one.end) - max(start, one.start) > UNSPOKEN_COVERED * len(words)
            and one.end - one.start < UNSPOKEN_LENGTH_RATIO * len(words) + UNSPOKEN_ALLOWANCE
            for one in reading.quotations
        ):
            faults.append(f"{words[:40]} is speech")
    return faults


def main(arguments: list[str] | None = None) -> None:
    """Read each case and print a line for it, then the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", metavar="A,B", help="these cases, instead of all")
    parser.add_argument("--show", action="store_true", help="also print each wrong quotation")
    options = parser.parse_args(arguments)
    results = []
    for path in sorted(options.folder.glob("*.gold.json")):
        name = path.name.removesuffix(".gold.json")
        if options.names and name not in options.names.split(","):
            continue
        gold = json.loads(path.read_text(encoding="utf-8"))
        result = score_case(gold, read(path.with_name(f"{name}.txt"), corrections=Corrections()))
        results.append(result)
        faults = f"  {'; '.join(result.faults)}" if result.faults else ""
        print(f"{name:42}{result.n_right:>4}/{result.n_quotations}{faults}", flush=True)
        if options.show:
            print(*(f"      {line}" for line in result.wrong), sep="\n", end="\n" if result.wrong else "")
    if not results:
        raise SystemExit(f"{options.folder}: no NAME.gold.json here. Name the folder of the cases.")
    n, right = sum(result.n_quotations for result in results), sum(result.n_right for result in results)
    print(
        f"{len(results)} cases, {sum(result.whole for result in results)} whole; "
        f"{right} of {n} quotations right: {right / max(1, n):.3f}"
    )


if __name__ == "__main__":
    main()
