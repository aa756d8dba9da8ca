"""Write anew the golden files of the formats: what each makes of one small story, in tests/exporters/gold.

python tests/renew_gold.py

Read the differences before you commit them: each is a change that somebody's program will notice.
"""

from collections.abc import Iterator
from pathlib import Path

from exporters.full_reading import full

from dramaturg.exporters import render

GOLD = Path(__file__).resolve().parent / "exporters" / "gold"
# The file's name, the format, its options.
FILES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("script.json", "script", {}),
    ("script.csv", "script", {"form": "csv"}),
    ("script.md", "script", {"form": "markdown", "leave_out_tags": True}),
    ("casting.csv", "casting", {}),
    ("casting.md", "casting", {"form": "markdown"}),
    ("story.ssml", "ssml", {}),
    ("story.fountain", "fountain", {}),
    ("x-ray.json", "worddumb", {}),
    ("story.jsonld", "jsonld", {"lines": True}),
    ("bible", "markdown", {}),
    ("story.tei.xml", "tei", {}),
    ("booknlp", "booknlp", {"id": "story"}),
    ("story.conll", "conll", {"id": "story"}),
    ("story.conllu", "conllu", {"id": "story"}),
    ("brat", "brat", {"id": "story"}),
    ("tables", "csv", {}),
    ("conversation.gexf", "gexf", {}),
    ("copresence.graphml", "graphml", {"network": "copresence"}),
)


def golden() -> Iterator[tuple[Path, str]]:
    """Each golden file, and what stands in it now."""
    for name, format, options in FILES:
        made = render(full(), format, **options)
        for place, contents in made.items() if isinstance(made, dict) else [("", made)]:
            yield GOLD / name / place if place else GOLD / name, str(contents)


if __name__ == "__main__":
    for path, contents in golden():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents, encoding="utf-8", newline="")
        print(f"renewed {path.relative_to(GOLD)}")
