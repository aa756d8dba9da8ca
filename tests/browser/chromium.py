"""A headless Chromium, controlled with its DevTools protocol over a pipe: nothing to install, no open port.

https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--mute-audio",
    "--font-render-hinting=none",
)
SLOW = 120.0  # seconds, for a machine that is busy with something else
# The program expects the pipe at file descriptors 3 and 4; ours may have any numbers, including these.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for number, end in zip((3, 4), ends):
    os.dup2(end, number, inheritable=True)
os.execv(sys.argv[3], sys.argv[3:])
"""
KEYS = {
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    "Tab": (9, ""),
    "ArrowDown": (40, ""),
    "ArrowUp": (38, ""),
    "ArrowLeft": (37, ""),
    "ArrowRight": (39, ""),
    "Backspace": (8, ""),
}


def find_chromium() -> str | None:
    """The path of the program, or None."""
    asked = os.environ.get("CHROMIUM")
    return asked or next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One running browser. Use it in a `with` statement."""

    def __init__(self, program: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dramaturg-browser-", ignore_cleanup_errors=True)
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        flags = [*FLAGS, f"--user-data-dir={self._folder.name}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses to run as root with one
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(to_browser), str(from_browser), program, *flags, "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._last = 0
        self._pages: dict[str, Page] = {}

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the program, and delete its files."""
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            self.call("Browser.close")
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._write)
        os.close(self._read)
        self._folder.cleanup()

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Send a command and return its result. Raises RuntimeError for an error."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + SLOW
        while True:
            answer = self._next(until)
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._hear(answer)

    def listen(self, seconds: float = 0.0) -> None:
        """Receive events for some seconds."""
        until = time.monotonic() + seconds
        while True:
            try:
                self._hear(self._next(until))
            except TimeoutError:
                return

    def _hear(self, event: dict[str, Any]) -> None:
        page = self._pages.get(event.get("sessionId", ""))
        if page is not None and "method" in event:
            page.hear(event["method"], event["params"])

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser does not answer")
            data = os.read(self._read, 1 << 20)
            if not data:
                raise RuntimeError("the browser has exited")
            self._buffer += data
        message, self._buffer = self._buffer.split(b"\0", 1)
        found: dict[str, Any] = json.loads(message)
        return found

    def open(self, url: str, **emulated: Any) -> "Page":
        """Open an address in a new page with its own profile."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target, context)
        self._pages[session] = page
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        page.emulate(**emulated)
        page.go(url)
        return page


class Page:
    """One page and what it did: requests, errors, dialogs."""

    def __init__(self, browser: Browser, session: str, target: str, context: str) -> None:
        self.browser, self.session, self.target, self.context = browser, session, target, context
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.visits = 0

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command to this page."""
        return self.browser.call(method, self.session, **parameters)

    def hear(self, method: str, event: dict[str, Any]) -> None:
        """Record an event."""
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] == "error":
            self.errors.append(event["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "assert"):
            self.errors.append(str(event["args"]))
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(event["message"])

    def close(self) -> None:
        """Close the page and delete its profile."""
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def emulate(self, width: int = 1280, height: int = 800, dark: bool = False, phone: bool = False) -> None:
        """Set the window size, and light or dark mode."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def go(self, url: str) -> None:
        """Go to an address and wait until the page is loaded."""
        self.visits += 1
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def reload(self) -> None:
        """Reload the page."""
        self.visits += 1
        self.evaluate("window.old = true")
        self.call("Page.reload")
        self.wait("!window.old && document.readyState === 'complete'")

    def evaluate(self, expression: str) -> Any:
        """Run some JavaScript in the page and return its value."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def wait(self, expression: str, seconds: float = SLOW) -> Any:
        """Wait until some JavaScript is true; return its value."""
        until = time.monotonic() + seconds
        while True:
            try:
                value = self.evaluate(expression)
            except RuntimeError:
                value = None  # the page is being replaced
            if value:
                return value
            if time.monotonic() > until:
                raise TimeoutError(f"never true: {expression}")
            time.sleep(0.03)

    def text(self, selector: str = "body") -> str:
        """The visible text of an element."""
        said: str = self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")
        return said

    def texts(self, selector: str) -> list[str]:
        """The visible text of each element."""
        said: list[str] = self.evaluate(
            f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.innerText)"
        )
        return said

    def click(self, selector: str, containing: str = "") -> None:
        """Click the middle of the first visible element that matches."""
        place = self.wait(
            f"""(() => {{
              const all = [...document.querySelectorAll({json.dumps(selector)})];
              const one = all.find((e) => e.textContent.includes({json.dumps(containing)}) && e.checkVisibility());
              if (!one) return null;
              const seen = () => {{
                const box = [...one.getClientRects()].find((b) => b.width && b.height);
                if (!box) return null;
                const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                const hit = document.elementFromPoint(x, y);
                return hit && (one.contains(hit) || hit.contains(one)) ? [x, y] : null;
              }};
              return seen() ?? (one.scrollIntoView({{ block: "center" }}), seen());
            }})()""",
            SLOW,
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Send one event of the mouse: `mousePressed`, `mouseMoved` with the button held down, `mouseReleased`."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def press(self, *keys: str) -> None:
        """Press keys, given by name (`Enter`) or letter."""
        for key in keys:
            code, text = KEYS.get(key, (ord(key[0].upper()), key))
            event = {"key": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text: str) -> None:
        """Type text into the focused element."""
        self.call("Input.insertText", text=text)

    def choose(self, selector: str, label: str) -> None:
        """Choose an option of a <select> by its label, with the same event as in a browser."""
        self.wait(
            f"""(() => {{
              const select = document.querySelector({json.dumps(selector)});
              const option = select && [...select.options].find((o) => o.label.trim() === {json.dumps(label)});
              if (!option) return false;
              select.value = option.value;
              select.dispatchEvent(new Event("change", {{ bubbles: true }}));
              return true;
            }})()""",
            SLOW,
        )

    def screenshot(self, path: Path) -> None:
        """Save what the window shows as a PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def downloads_to(self, folder: Path) -> None:
        """Set the folder for downloads."""
        self.browser.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            browserContextId=self.context,
            downloadPath=str(folder),
            eventsEnabled=False,
        )
