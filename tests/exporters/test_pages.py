"""Formats made of Markdown and lists: the story bible, WordDumb's list."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from exporters.full_reading import NAMES, full, readings
from handmade import make, person
from hypothesis import given
from hypothesis import strategies as st

from dramaturg import Reading
from dramaturg.errors import UsageError
from dramaturg.exporters import export, render
from dramaturg.exporters.bible import file_names
from dramaturg.exporters.common.markdown_text import escape_markdown

each_story = pytest.mark.parametrize("name", NAMES)
WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")


def pages_of(reading: Reading, **options: object) -> dict[str, str]:
    made = render(reading, "markdown", **options)
    assert isinstance(made, dict)
    return {name: str(page) for name, page in made.items()}


@each_story
@pytest.mark.parametrize("links", ["wiki", "markdown"])
def test_a_story_bible_has_a_page_for_each_person_and_links_that_lead_there(name: str, links: str) -> None:
    reading = readings()[name]

    pages = pages_of(reading, links=links)

    people = {page for page in pages if page.startswith("people/")}
    assert len(people) == len(reading.characters) and {"index.md", "chapters.md"} <= pages.keys()
    known = {Path(page).stem for page in pages}
    for page, text in pages.items():
        if links == "wiki":
            assert set(re.findall(r"(?<!\\)\[\[([^\]]*)\]\]", text)) <= known
        else:
            for target in re.findall(r"(?<!\\)\]\(([^)\s]*)\)", text):
                assert (Path(page).parent / unquote(target)).as_posix() in pages, target


def front_matter(page: str) -> dict[str, object]:
    rows = page.split("---\n")[1].splitlines()
    return {row.partition(": ")[0]: json.loads(row.partition(": ")[2]) for row in rows}


@each_story
def test_front_matter_tells_names_and_counts(name: str) -> None:
    reading = readings()[name]
    pages = [page for file, page in pages_of(reading).items() if file.startswith("people/")]

    for character, page in zip(reading.characters, pages, strict=True):
        told = front_matter(page)
        assert told["id"] == character.id and told["words"] == character.words_spoken
        assert told["tags"] == ["character"] and len(told["aliases"]) == len(character.aliases)  # type: ignore[arg-type]


def test_a_page_tells_who_talks_with_whom_and_where() -> None:
    page = pages_of(full())["people/Ann.md"]

    assert "- [[Bo]]: says 2, hears 3" in page
    assert "## Chapters" in page and "| Chapter One | " in page
    assert "- “Is the ferry late?” (to [[Bo]], chapter 1, line 5)" in page
    assert "## Lines" not in pages_of(full(), lines=0)["people/Ann.md"]


def test_places_have_a_page_where_there_are_any() -> None:
    assert "- Bo: 1 mention, first chapter 1, line 7" in pages_of(full())["places.md"]


@given(st.lists(st.text(max_size=120), max_size=12))
def test_file_names_are_safe_and_no_two_alike(names: list[str]) -> None:
    made = file_names(names)

    assert len({name.casefold() for name in made}) == len(names)
    for name in made:
        assert name.strip(" .") == name and name and not WINDOWS.search(name) and not DEVICES.fullmatch(name)
        assert len(name.encode("utf-8")) < 120 and not set(name) & set("#^[]|%")


def test_names_that_differ_in_case_or_are_devices_or_pages_get_files_of_their_own(tmp_path: Path) -> None:
    names = ["Bo", "BO", "b/o", "con", "Index", "..", "A. B.", "x" * 300]
    cast = [person(f"c{n}", name) for n, name in enumerate(names)]

    folder = export(make("Nobody came.", cast), "markdown", tmp_path / "bible")

    found = sorted(path.name for path in (folder / "people").iterdir())
    assert found == sorted(
        ["Bo.md", "BO (2).md", "b o.md", "con_.md", "Index (2).md", "_.md", "A. B.md", f"{'x' * 80}.md"]
    )


@pytest.mark.parametrize("options", [{"links": "html"}, {"lines": -1}])
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        pages_of(full(), **options)


@given(st.text())
def test_markdown_escapes_what_would_be_mark_up(text: str) -> None:
    made = escape_markdown(text)

    assert not re.search(r"(?<!\\)(?:\\\\)*[*_\[\]<`|]", made)
    assert len(made) >= len(text)


@each_story
def test_worddumbs_list_has_its_six_columns(name: str) -> None:
    reading = readings()[name]

    for named_only in (True, False):
        made = render(reading, "worddumb", named_only=named_only)
        rows = json.loads(made)  # type: ignore[arg-type]
        for row in rows:
            assert [type(cell) for cell in row] == [str, str, str, str, int, bool]
            named, label, aliases, description, source, omit = row
            assert named and label in ("PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT") and "\n" not in description
            assert (source, omit) == (0, False) and named not in aliases.split(",")
        names = [row[0] for row in rows if row[1] == "PERSON"]
        assert len(names) == len(set(names))
        met = {m.character for m in reading.mentions}
        wanted = {c.name for c in reading.characters if c.id in met and (c.named or not named_only)}
        assert wanted >= set(names) and (not wanted or names)


def test_worddumb_tells_of_places_too_and_keeps_commas_out_of_aliases() -> None:
    cast = (replace(full().characters[0], aliases=("Ann", "Ann, of the Ferry", "Annie")), *full().characters[1:])

    rows = json.loads(render(replace(full(), characters=cast), "worddumb"))  # type: ignore[arg-type]

    assert [row[:3] for row in rows] == [["Ann", "PERSON", "Annie"], ["Bo", "PERSON", "Old Bo"], ["Bo", "GPE", ""]]
    assert rows[0][3].startswith("First in chapter 1: ")
