"""One browser for all tests in this folder. They are skipped if Chromium is not installed."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.chromium import Browser, Page, find_chromium

from dramaturg.reading import Reading
from dramaturg.report.page import show_page

WEB = Path(__file__).resolve().parents[2] / "web"
Room = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium here")
    with Browser(program) as running:
        yield running


@pytest.fixture
def room(browser: Browser, tmp_path: Path) -> Iterator[Room]:
    """A function that opens a reading's page from disk. After the test, checks for errors, dialogs and requests."""
    pages: list[Page] = []

    def open_room(reading: Reading | str, address: str = "", **emulated: Any) -> Page:
        path = tmp_path / f"page{len(pages)}.html"
        path.write_text(reading if isinstance(reading, str) else show_page(reading), encoding="utf-8")
        page = browser.open(path.as_uri() + address, **emulated)
        page.wait("document.documentElement.classList.contains('ready')")
        pages.append(page)
        return page

    yield open_room
    browser.listen(0.01)
    for page in pages:
        assert page.errors == []
        assert page.dialogs == []
        assert [url for url in page.requests if not url.startswith(("file:", "blob:"))] == []
        assert len([url for url in page.requests if url.startswith("file:")]) == page.visits
        page.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, installed with npm if possible; otherwise the tests that need it are skipped."""
    path = WEB / "node_modules/axe-core/axe.min.js"
    if not path.is_file() and shutil.which("npm"):
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, cwd=WEB, capture_output=True, timeout=60, check=False)
    if not path.is_file():
        pytest.skip("no axe-core here (cd web && npm ci)")
    return path.read_text(encoding="utf-8")
