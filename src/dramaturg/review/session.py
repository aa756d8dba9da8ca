"""Asking a person at a terminal, or through a pipe, about what is uncertain: one key, one answer."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TextIO

from dramaturg.console import TerminalStyle, safe
from dramaturg.corrections.anchors import make_anchor
from dramaturg.corrections.edit import CorrectionsFile
from dramaturg.corrections.model import MergeCorrection, NarratorCorrection, PersonCorrection, QuotationCorrection
from dramaturg.corrections.resolve import find_quotation, resolve
from dramaturg.errors import UsageError
from dramaturg.formatting import clip, one_line, percent
from dramaturg.phrases import Locator, reason
from dramaturg.reading import Reading
from dramaturg.review.queue import Doubt, uncertain

AROUND = 300  # code points of the story shown before and after
LONGEST = 600  # of what is asked about
HELP = """\
  1-9  the one with this number        a  as it is: this is right
  t    type a name                     n  this is no speech
  x    it cannot be known              s  skip (so does Enter)
  u    undo the last answer            q  quit (so does Ctrl-D)
"""
SEQUENCE = re.compile(r"\x1b(?:\[[0-9;]*.?|.?)")  # what an arrow sends
END = "\x04"  # Ctrl-D, and the end of a pipe

Answer = tuple[QuotationCorrection | MergeCorrection | NarratorCorrection | PersonCorrection, ...]


class Session:
    """One walk through the doubts of a reading. `show` prints."""

    def __init__(
        self, reading: Reading, answers: CorrectionsFile, style: TerminalStyle, show: Callable[[str], None]
    ) -> None:
        self.reading, self.answers, self.style, self.show = reading, answers, style, show
        self.places = Locator(reading)
        self.given: list[int] = []  # the places in the queue that were answered

    def run(self, key: Callable[[], str], line: Callable[[str], str], most: int | None = None) -> int:
        """Ask until there is nothing left, or the person has enough; returns how many answers were given.

        `key` gives the next key, END at the end; `line` asks for a line.
        """
        queue = self._queue()[:most]
        if not queue:
            self.show("Nothing here is uncertain.\n")
            return 0
        at = 0
        while at < len(queue):
            self._ask(queue, at)
            while True:
                pressed = key()
                if pressed in ("q", END):
                    self.show("\n")
                    return len(self.given)
                if pressed in ("s", "\r", "\n", " "):
                    self.show("skipped\n")
                    at += 1
                    break
                if pressed == "u":
                    if self.given:
                        self.answers.undo()
                        at = self.given.pop()
                        self.show("undone\n")
                        break
                    self.show("there is nothing to undo ")
                    continue
                if pressed == "?":
                    self.show("\n" + HELP)
                    continue
                found = self._answer(queue[at], pressed, line)
                if found is None:
                    continue
                self.answers.add(found)
                self.given.append(at)
                at += 1
                break
        self.show("That was all.\n")
        return len(self.given)

    def _queue(self) -> list[Doubt]:
        """The doubts that the corrections file does not answer yet: a saved reading may be older than they are."""
        said = self.answers.corrections()
        resolved = resolve(said, self.reading.story)
        numbers = (find_quotation(self.reading.quotations, one.span) for one in resolved.quotations)
        settled = {self.reading.quotations[number].group for number in numbers if number >= 0}
        groups = {q.id: q.group for q in self.reading.quotations}
        together = [set(one.names) for one in said.same]
        listed = {one.name for one in said.people}
        left = []
        for doubt in uncertain(self.reading):
            names = {self._name(doubt.character), *(self._name(c.character) for c in doubt.choices)}
            if doubt.kind == "speaker" and groups[doubt.quotations[0]] in settled:
                continue
            if doubt.kind == "narrator" and said.narrator is not None:
                continue
            if doubt.kind == "same" and (names <= listed or any(names <= one for one in together)):
                continue
            left.append(doubt)
        return left

    def _name(self, id: str | None) -> str:
        return self.reading.name_of(id) or ""

    # What is asked

    def _ask(self, queue: list[Doubt], at: int) -> None:
        doubt = queue[at]
        head = f"{at + 1} of {len(queue)} · {self.places.describe(doubt.start)}"
        lines = ["", self.style.bold(head), *self._context(doubt), ""]
        lines += {"speaker": self._speaker, "narrator": self._narrator, "same": self._same}[doubt.kind](doubt)
        self.show("\n".join(lines) + "\n? ")

    def _context(self, doubt: Doubt) -> Iterator[str]:
        text = self.reading.story.text
        before = text[max(0, doubt.start - AROUND) : doubt.start]
        after = text[doubt.end : doubt.end + AROUND]
        if doubt.start > AROUND:
            before = before.partition(" ")[2]
        if doubt.end + AROUND < len(text):
            after = after.rpartition(" ")[0]
        paragraphs = [part for part in before.split("\n\n") if part.strip()]
        for part in paragraphs[:-1] if before.endswith("\n\n") or not before.strip() else paragraphs[:-1]:
            yield from self.style.wrap(self.style.dim(safe(part)), "    ")
        lead = paragraphs[-1] if paragraphs else ""
        follow = after.split("\n\n")[0]
        if before.endswith("\n\n") and lead:
            yield from self.style.wrap(self.style.dim(safe(lead)), "    ")
            lead = ""
        words = safe(clip(one_line(text[doubt.start : doubt.end]), LONGEST))
        asked = self.style.bold(words) if words else ""
        yield from self.style.wrap(f"{safe(lead)} {asked} {safe(follow)}".strip(), "  > ", "    ")
        for part in after.split("\n\n")[1:]:
            if part.strip():
                yield from self.style.wrap(self.style.dim(safe(part)), "    ")

    def _speaker(self, doubt: Doubt) -> list[str]:
        first = next(q for q in self.reading.quotations if q.id == doubt.quotations[0])
        if doubt.character is None:
            now = "Nobody could be named."
        else:
            sure = percent(doubt.confidence or 0.0)
            now = f"a  {safe(self._name(doubt.character))} ({sure}): {safe(reason(self.reading, first))}"
        return [*self.style.wrap(now, "  ", "     "), *self._choices(doubt), "  n  no speech   ?  more keys"]

    def _narrator(self, doubt: Doubt) -> list[str]:
        return [
            "  Who tells this story, and says “I”?",
            *self._choices(doubt),
            "  a  somebody without a name   ?  more keys",
        ]

    def _same(self, doubt: Doubt) -> list[str]:
        one, other = self._name(doubt.character), self._name(doubt.choices[0].character)
        question = f"Are {safe(one)} and {safe(other)} one person?"
        return [*self.style.wrap(question, "  "), "  1  yes", "  a  no, they are two   ?  more keys"]

    def _choices(self, doubt: Doubt) -> list[str]:
        lines = []
        for number, choice in enumerate(doubt.choices, 1):
            sure = f" ({percent(choice.confidence)})" if choice.confidence is not None else ""
            lines.append(f"  {number}  {safe(self._name(choice.character))}{sure}")
        return lines

    # What is answered

    def _answer(self, doubt: Doubt, pressed: str, line: Callable[[str], str]) -> Answer | None:
        """What a key says; None where it says nothing here."""
        if pressed.isdecimal() and 1 <= int(pressed) <= len(doubt.choices):
            name = self._name(doubt.choices[int(pressed) - 1].character)
            if doubt.kind == "same":
                return self._say((MergeCorrection((self._name(doubt.character), name)),), "one person")
            return self._said(doubt, name)
        if pressed == "a":
            return self._accept(doubt)
        if pressed == "t" and doubt.kind != "same":
            return self._typed(doubt, line)
        if pressed in ("n", "x") and doubt.kind == "speaker":
            if pressed == "n":
                parts = tuple(self._quotation(id, speech=False) for id in doubt.quotations)
                return self._say(parts, "no speech")
            return self._say((self._quotation(doubt.quotations[0], speaker=False),), "it cannot be known")
        if pressed == "x" and doubt.kind == "narrator":
            return self._say((NarratorCorrection(None),), "nobody in it tells it")
        self.show("? tells the keys ")
        return None

    def _accept(self, doubt: Doubt) -> Answer | None:
        name = self._name(doubt.character)
        if doubt.kind == "same":
            two = (name, self._name(doubt.choices[0].character))
            return self._say(tuple(map(PersonCorrection, two)), "two people")
        if doubt.character is None:
            self.show("nobody is named yet ")
            return None
        return self._said(doubt, name)

    def _typed(self, doubt: Doubt, line: Callable[[str], str]) -> Answer | None:
        wanted = line("name: ").strip()
        if not wanted:
            self.show("? ")
            return None
        try:
            return self._said(doubt, self.reading.find(wanted).name)
        except UsageError as error:
            if "may be" in str(error):
                self.show(f"{safe(str(error))}\n? ")
                return None
        if line(f"Nobody is called “{safe(wanted)}”. Somebody new? (y/n) ").strip().lower()[:1] != "y":
            self.show("? ")
            return None
        found = self._said(doubt, wanted)
        return (PersonCorrection(wanted), *found)

    def _said(self, doubt: Doubt, name: str) -> Answer:
        if doubt.kind == "narrator":
            return self._say((NarratorCorrection(name),), f"{name} tells it")
        return self._say((self._quotation(doubt.quotations[0], speaker=name),), name)

    def _say(self, answer: Answer, words: str) -> Answer:
        self.show(f"{safe(words)}\n")
        return answer

    def _quotation(self, id: str, **said: Any) -> QuotationCorrection:
        quotation = next(q for q in self.reading.quotations if q.id == id)
        return QuotationCorrection(make_anchor(self.reading.story.text, quotation.start, quotation.end), **said)


class KeyReader:
    """Keys from a terminal, pressed one by one; from anything else, the first letter of each line.

    While it is entered, the terminal gives each key at once; Ctrl-C still interrupts.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.single = stream.isatty() and _has_keys()
        self.pending: list[str] = []
        self.mode: Any = None

    def __enter__(self) -> "KeyReader":
        if self.single and sys.platform != "win32":
            import termios
            import tty

            self.mode = termios.tcgetattr(self.stream.fileno())
            tty.setcbreak(self.stream.fileno(), termios.TCSADRAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.mode is not None:
            import termios

            termios.tcsetattr(self.stream.fileno(), termios.TCSADRAIN, self.mode)
            self.mode = None

    def read(self) -> str:
        """The next key, in lower case; END where there is none."""
        if not self.single:
            line = self.stream.readline()
            return (line.strip()[:1].lower() or "\n") if line else END
        if sys.platform == "win32":
            return _windows_key()
        while not self.pending:
            data = os.read(self.stream.fileno(), 64)
            if not data:
                return END
            # An arrow comes as several letters, which are no answers.
            self.pending = list(SEQUENCE.sub("", data.decode("ascii", "replace")).lower())
        return self.pending.pop(0)

    def line(self, prompt: str) -> str:
        """A line, asked for in words; empty at the end."""
        if self.mode is None:
            sys.stdout.write(prompt)
            sys.stdout.flush()
            return self.stream.readline()
        self.__exit__(None, None, None)
        try:
            return self.line(prompt)
        finally:
            self.__enter__()


def _has_keys() -> bool:
    try:
        import termios  # noqa: F401
    except ImportError:
        return sys.platform == "win32"
    return True


def _windows_key() -> str:
    import msvcrt

    key: str = msvcrt.getwch()  # type: ignore[attr-defined]
    if key == "\x03":
        raise KeyboardInterrupt
    return END if key in ("\x04", "\x1a") else key.lower()
