"""A story's page inside the reading room of `dramaturg serve`: corrections on the page get into the file."""

import time
from pathlib import Path

import pytest
from browser.chromium import SLOW, Browser, Page

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from archive.test_room import start

STORY = "The Gate\n\nAnna met Peter at the gate.\n\n“You are late,” said Peter. “Again.”\n\n“The road was bad.”\n"


def inside(page: Page, expression: str) -> object:
    """The value of some JavaScript in the story's frame, which has its own origin, as soon as it is true."""
    until = time.monotonic() + SLOW
    while time.monotonic() < until:
        targets = page.browser.call("Target.getTargets")["targetInfos"]
        frames = [one["targetId"] for one in targets if one["type"] == "iframe" and "/page" in one["url"]]
        if frames:
            session = page.browser.call("Target.attachToTarget", targetId=frames[-1], flatten=True)["sessionId"]
            answer = page.browser.call("Runtime.evaluate", session, expression=expression, returnByValue=True)
            page.browser.call("Target.detachFromTarget", sessionId=session)
            if answer["result"].get("value"):
                return answer["result"]["value"]
        time.sleep(0.05)
    raise TimeoutError(f"never true: {expression}")


def test_corrections_are_sent_to_the_room_saved_and_read(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "gate.txt").write_text(STORY, encoding="utf-8")
    file = tmp_path / "gate.cast.toml"
    before = '# mine\n[people]\n"Anna" = { aliases = ["Annie"] }\n'
    file.write_text(before, encoding="utf-8")
    process, server = start(tmp_path)
    try:
        server.wait(1)
        page = browser.open(f"http://127.0.0.1:{server.port}/")
        page.go(page.wait("document.querySelector('main td a')?.href"))
        inside(page, "document.documentElement.classList.contains('ready')")
        inside(page, "location.hash = '#people/anna', document.querySelector('#view-people .correct summary') !== null")
        inside(
            page,
            """(() => {
              document.querySelector('#view-people .correct summary').click();
              const name = document.querySelector('input[aria-label="Display name"]');
              name.value = 'Anna Ray';
              [...document.querySelectorAll('#view-people button')].find((b) => b.textContent === 'Rename').click();
              location.hash = '#corrections';
              return true;
            })()""",
        )
        inside(
            page,
            """(() => {
              const hand = [...document.querySelectorAll('button')].find((b) => b.textContent.startsWith('Send to'));
              if (hand) hand.click();
              return Boolean(hand);
            })()""",
        )
        page.wait("document.getElementById('status').textContent.startsWith('Added from the page')")
        assert "# mine" in page.evaluate("document.getElementById('toml').value")
        assert file.read_text(encoding="utf-8") == before  # only the user saves it
        page.evaluate("window.old = true")
        page.click("#correct button", "Save")
        page.wait("!window.old && document.readyState === 'complete'")
        inside(page, "document.body.textContent.includes('Anna Ray')")
        assert "Anna Ray" in file.read_text(encoding="utf-8")
        assert page.errors == [] and page.dialogs == []
        page.close()
    finally:
        process.terminate()
        process.wait(30)
