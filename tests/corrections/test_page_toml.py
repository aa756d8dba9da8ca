"""The page writes corrections as Python does: both are held to the same cases, the page's JavaScript by Node."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hard_cases import cases

import dramaturg
from dramaturg.corrections.anchors import make_anchor
from dramaturg.corrections.model import PersonCorrection
from dramaturg.corrections.toml import parse_corrections, person_toml, to_toml, toml_string

SCRIPTS = Path(dramaturg.__file__).parent / "report" / "page_script"
# Places are code points in the cases, UTF-16 units in the page's story.
WRITE = """
const rows = JSON.parse(require("fs").readFileSync(0, "utf8"));
function write({ string, person, story, corrections }) {
  if (string !== undefined) return tomlString(string);
  if (person) return personToml(person.name, person);
  const letters = [...story.text];
  const units = (point) => letters.slice(0, point).join("").length;
  const points = (unit) => [...story.text.slice(0, unit)].length;
  const spans = (places) => places.map(([start, end]) => ({ start: units(start), end: units(end) }));
  const mentions = { starts: spans(story.mentions).map((m) => m.start), ends: spans(story.mentions).map((m) => m.end) };
  const people = story.people.map((name) => ({ name }));
  const slips = (story.slips ?? []).map(({ kind, places }) => ({ kind, places: spans(places) }));
  const quotations = spans(story.quotations);
  return toToml({ text: story.text, points, people, quotations, mentions, slips }, corrections);
}
console.log(JSON.stringify(rows.map(write)));
"""


@pytest.mark.parametrize("case", cases("corrections_toml"))
def test_python_writes_it(case: dict[str, Any]) -> None:
    if "string" in case:
        written = toml_string(case["string"])
    elif "person" in case:
        row = case["person"]
        written = person_toml(PersonCorrection(row["name"], tuple(row.get("aliases", ())), row.get("pronouns")))
    else:
        written = to_toml(parse_corrections(case["toml"]))

    assert written == case["toml"]


@pytest.mark.parametrize("case", cases("corrections_toml", "story"))
def test_python_makes_the_same_anchors(case: dict[str, Any]) -> None:
    story, given = case["story"], case["corrections"]
    spans = [story["quotations"][n] for n in sorted({row["quotation"] for row in given if "quotation" in row})]
    spans += [story["mentions"][row["mention"]] for row in given if "mention" in row]
    spans += [story["slips"][row["slip"]]["places"][-1] for row in given if "slip" in row]
    found = parse_corrections(case["toml"])

    assert [make_anchor(story["text"], *span) for span in spans] == [
        correction.anchor for correction in (*found.quotations, *found.mentions, *found.slips)
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize("case", cases("corrections_toml"))
def test_the_page_writes_it(case: dict[str, Any]) -> None:
    assert _written_by_the_page()[case["label"]] == case["toml"]


@cache
def _written_by_the_page() -> dict[str, str]:
    rows = [parameter.values[0] for parameter in cases("corrections_toml")]
    program = "".join((SCRIPTS / name).read_text(encoding="utf-8") for name in ("dom.js", "corrections.js")) + WRITE
    found = subprocess.run(
        ["node", "-e", program], input=json.dumps(rows), capture_output=True, encoding="utf-8", check=True
    )
    return dict(zip((row["label"] for row in rows), json.loads(found.stdout), strict=True))
