"""The code of the tutorials and of the cookbook runs, and the site has a place for every page."""

import json
import re
from pathlib import Path

import pytest
from documents import ROOT, RUN_DOCUMENTS, code_blocks, run_document
from renew_docs import RENEWED

from dramaturg import Reading
from dramaturg.errors import MissingExtra
from dramaturg.exporters import FORMATS, Format, find_format, options_of

KINDS = {"archives", "audiobooks", "authors", "programmers", "readers", "scholars"}
PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("path", RUN_DOCUMENTS, ids=lambda path: path.stem)
def test_the_code_of_a_document_runs(path: Path, tmp_path: Path) -> None:
    run_document(path, tmp_path)

    assert list(tmp_path.iterdir()) != [tmp_path / "examples"], "it makes nothing"
    if path.stem in CHECKS:
        CHECKS[path.stem](tmp_path)
    if path.stem in AGAIN:
        run_document(path, tmp_path)


def corrections_change_something(folder: Path) -> None:
    before, after = (Reading.load(folder / name).quotations for name in ("room.json", "room-2.json"))
    assert [q.speaker for q in before] != [q.speaker for q in after]


def annotations_differ_from_the_reading(folder: Path) -> None:
    agreement = json.loads((folder / "agreement.json").read_text(encoding="utf-8"))
    assert 0.5 < agreement["labels"]["speakers"]["share"] < 1


CHECKS = {"authors": corrections_change_something, "scholars": annotations_differ_from_the_reading}
AGAIN = KINDS - {"programmers"}  # which reads in Python, where nothing is kept


def test_there_is_a_tutorial_for_each_kind_of_people() -> None:
    assert {path.stem for path in RUN_DOCUMENTS if path.parent.name == "tutorials"} == KINDS


def test_a_tutorial_leaves_little_unrun() -> None:
    for path in RUN_DOCUMENTS:
        blocks = list(code_blocks(path.read_text(encoding="utf-8")))
        assert sum(not (block.not_run or block.needs) for block in blocks) > len(blocks) / 2, path


@pytest.mark.parametrize("page", PAGES)
def test_the_site_has_a_place_for_every_page_and_its_links_lead_somewhere(page: str) -> None:
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    path = ROOT / "docs" / page

    assert re.search(rf": {re.escape(page)}\n", configuration), (
        "mkdocs.yml, which lists the pages of the site, does not name it"
    )
    for target in re.findall(r"(?<!\\)\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_the_site_names_no_page_that_is_not_there() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")

    assert set(re.findall(r": (\S+\.md)$", configuration, re.MULTILINE)) == set(PAGES)


@pytest.mark.parametrize("name", ["docs/reference.md", "docs/how-well.md"])
def test_what_is_copied_from_elsewhere_is_as_it_is_there(name: str) -> None:
    document = (ROOT / name).read_text(encoding="utf-8")

    assert RENEWED[name](document) == document, "stale: python tests/renew_docs.py"


@pytest.mark.parametrize("format", list(map(find_format, FORMATS)), ids=lambda format: format.name)
def test_every_format_and_option_is_described(format: Format) -> None:
    told = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")

    assert f"`{format.name}`" in told
    try:
        options = options_of(format)
    except MissingExtra:
        return
    for name in options:
        assert f"{name}=" in told or f"`{name}`" in told, name
