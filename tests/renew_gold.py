"""Renew the golden files of the export formats: what each makes of one small story, in tests/exporters/gold.

python tests/renew_gold.py

Read the differences before you commit them: each is a change that other programs will notice.
"""

from collections.abc import Iterator
from pathlib import Path

from exporters.full_reading import full

from dramaturg.exporters import FORMATS, find_format, render

GOLD = Path(__file__).resolve().parent / "exporters" / "gold"
OPTIONS: dict[str, dict[str, object]] = {
    "conll": {"id": "story"},
    "conllu": {"id": "story"},
    "graphml": {"network": "copresence"},
    "jsonld": {"lines": True},
}
# More files of formats that have several forms: the file's name, the format, its options.
MORE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("story.script.csv", "script", {"form": "csv"}),
    ("story.script.md", "script", {"form": "markdown", "leave_out_tags": True}),
    ("story.casting.md", "casting", {"form": "markdown"}),
)


def golden() -> Iterator[tuple[Path, str]]:
    """The path and the contents of each golden file: every format that makes text, and needs no extra, has some."""
    for name, format, options in (*_one_for_each_format(), *MORE):
        made = render(full(), format, **options)
        for place, contents in made.items() if isinstance(made, dict) else [("", made)]:
            if isinstance(contents, str):
                yield GOLD / name / place if place else GOLD / name, contents


def _one_for_each_format() -> Iterator[tuple[str, str, dict[str, object]]]:
    for name in FORMATS:
        format = find_format(name)
        if format.extra is None:
            yield name if format.folder else f"story{format.suffix}", name, OPTIONS.get(name, {})


if __name__ == "__main__":
    for path, contents in golden():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents, encoding="utf-8", newline="")
        print(f"renewed {path.relative_to(GOLD)}")
