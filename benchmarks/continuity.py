"""How many planted slips of continuity are found, and how many are shown where there is none.

python -m benchmarks.continuity

Reads the 60 short texts of tests/cases/continuity.json, half of which have a slip, and prints what is missed or false.
"""

import json
import tempfile
from pathlib import Path

from dramaturg import read
from dramaturg.corrections.model import Corrections

CASES = Path(__file__).parents[1] / "tests" / "cases" / "continuity.json"


def main() -> None:
    """Read every case and print what is wrong, and the counts."""
    rows = json.loads(CASES.read_text(encoding="utf-8"))
    n_found = n_false = n_planted = 0
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            path = Path(folder) / "story.txt"
            path.write_text(row["text"], encoding="utf-8")
            reading = read(path, corrections=Corrections())
            found = [{"kind": slip.kind, "person": reading.name_of(slip.person)} for slip in reading.slips]
            n_planted += bool(row["slips"])
            n_found += bool(row["slips"]) and row["slips"][0] in found
            n_false += not row["slips"] and bool(found)
            if found != row["slips"]:
                print(f"{row['label']}: found {found}, planted {row['slips']}")
    print(f"{n_found} of {n_planted} found, false in {n_false} of {len(rows) - n_planted}")


if __name__ == "__main__":
    main()
