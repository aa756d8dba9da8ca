"""A reading in a notebook: what it shows, and its data frames."""

import pickle
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from handmade import ferry, make, person

from dramaturg.errors import MissingExtra, UsageError
from dramaturg.reading import FRAMES, Reading
from dramaturg.report.notebook import to_html

HOSTILE = "<script>alert(1)</script>"


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag


def tags_of(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    return tags


def test_it_shows_people_and_conversations() -> None:
    page = ferry()._repr_html_()

    tags = tags_of(page)
    assert {"table", "svg", "td"} <= tags.seen
    assert "Ann" in page and "Bo" in page
    assert "<title>Bo and Ann: 3 lines</title>" in page or "<title>Ann and Bo: 3 lines</title>" in page
    assert page.count("<circle") == 2
    assert "<td>he</td><td>2</td><td>1</td><td>5</td>" in page  # Bo says one line, in two parts


def test_it_has_no_scripts_and_loads_nothing() -> None:
    reading = make(f"He wrote {HOSTILE}.", cast=[person("ann", f"Ann {HOSTILE}")])

    tags = tags_of(to_html(reading))

    assert not tags.seen & {"script", "link", "img", "iframe", "style", "object"}
    assert not any(name.startswith("on") or name in ("src", "href") for name in tags.attributes)


def test_an_unpickled_reading_has_html_and_reading_imports_no_report() -> None:
    show = "import pickle, sys; print(pickle.load(sys.stdin.buffer)._repr_html_())"
    done = subprocess.run([sys.executable, "-c", show], input=pickle.dumps(ferry()), capture_output=True, timeout=60)

    assert done.stdout.decode().strip() == to_html(ferry())
    source = files("dramaturg").joinpath("reading.py").read_text(encoding="utf-8")
    assert "report" not in re.findall(r"from dramaturg\.(\w+)", source)


def test_an_empty_story_can_be_shown() -> None:
    assert tags_of(make("")._repr_html_()).seen


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("reading", [ferry(), make("")], ids=["ferry", "empty"])
def test_frames(library: str, reading: Reading) -> None:
    pytest.importorskip(library)

    found = reading.frames(library)  # type: ignore[arg-type]

    assert tuple(found) == FRAMES
    for name, frame in found.items():
        assert len(frame) == len(reading.table(name))
    if reading.quotations:
        quotations = found["quotations"]
        assert list(quotations["text"]) == [reading.text_of(q) for q in reading.quotations]
        assert list(quotations["speaker_name"])[0] == reading.name_of(reading.quotations[0].speaker)


def test_a_missing_library_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)

    with pytest.raises(MissingExtra, match=re.escape("pip install 'dramaturg[frames]'")):
        ferry().frames()
    with pytest.raises(MissingExtra, match="pip install polars"):
        ferry().frames("polars")
    with pytest.raises(UsageError, match="pandas or polars"):
        ferry().frames("excel")  # type: ignore[arg-type]
