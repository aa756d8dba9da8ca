"""A story's page inside the reading room of `dramaturg serve`: corrections on the page get into the file."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.chromium import SLOW, Browser, Page

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from archive.test_room import Server, start

STORY = "The Gate\n\nAnna met Peter at the gate.\n\n“You are late,” said Peter. “Again.”\n\n“The road was bad.”\n"


def inside(page: Page, expression: str) -> object:
    """The value of some JavaScript in the story's frame, which has its own origin, as soon as it is true."""
    until = time.monotonic() + SLOW
    while time.monotonic() < until:
        with contextlib.suppress(RuntimeError):  # the frame is being replaced
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


DROP = """(() => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["The Quay\\n\\n“Cast off,” said Ines.\\n"], "quay.txt"));
  const given = { dataTransfer: transfer, bubbles: true, cancelable: true };
  const drop = (kind, on) => on.dispatchEvent(new DragEvent(kind, given));
  drop("dragenter", document.body);
  const isOffered = !document.getElementById("drop").hidden;
  drop("drop", document.getElementById("drop"));
  return isOffered && document.getElementById("drop").hidden;
})()"""
NO_OVERFLOW = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "gate.txt").write_text(STORY, encoding="utf-8")
    process, server = start(folder)
    try:
        server.wait(1)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def test_the_room_is_used_with_the_mouse(browser: Browser, served: Server) -> None:
    """Drop a file anywhere, see that it is read, filter, remove, undo, open a story and come back."""
    page = browser.open(f"http://127.0.0.1:{served.port}/questions")
    assert page.texts("h2")[0].startswith("Who talks most") and page.evaluate(
        "document.querySelectorAll('rect').length"
    )
    assert page.evaluate(DROP)
    page.wait("location.pathname === '/' && !!document.querySelector('#jobs a')")
    page.wait("document.querySelectorAll('main td a').length === 2")
    page.click("input[name=filter]")
    page.type("quay")
    page.wait("[...document.querySelectorAll('main td a')].map((a) => a.textContent).join() === 'The Quay'")
    page.click("button.remove")
    page.wait("document.getElementById('told').textContent.includes('“The Quay” is removed')")
    page.wait("document.querySelector('main .empty')?.textContent.includes('No story matches')")
    page.click("#told button", "Undo")
    page.wait("document.querySelectorAll('main td a').length === 1")
    page.click("main td a", "The Quay")
    inside(page, "document.documentElement.classList.contains('ready')")
    page.click(".home", "All stories")
    page.wait("location.pathname === '/' && document.querySelectorAll('main td a').length === 2")
    assert page.errors == [] and page.dialogs == []
    page.close()


def test_the_room_fits_a_phone_and_has_no_serious_faults(browser: Browser, served: Server, axe: str) -> None:
    page = browser.open(f"http://127.0.0.1:{served.port}/", width=360, height=740, phone=True)
    for dark, path in ((False, "/"), (False, "/questions"), (True, "/"), (True, "/?filter=x"), (False, "/stories/999")):
        page.emulate(width=360, height=740, phone=True, dark=dark)
        page.go(f"http://127.0.0.1:{served.port}{path}")
        page.wait("!document.getElementById('jobs') || !!document.querySelector('#jobs li')")
        assert page.evaluate(NO_OVERFLOW), path
        found = page.evaluate(
            f"""(() => {{ {axe} }})(), axe.run(document, {{ resultTypes: ["violations"] }}).then((r) => r.violations
              .filter((v) => ["serious", "critical"].includes(v.impact))
              .map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))]))"""
        )
        assert found == [], path
    page.close()


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
