"""The session in the terminal, or through a pipe, that asks about uncertain decisions: one key, one answer."""

from collections.abc import Callable, Iterator
from typing import Any

from dramaturg.console import TerminalStyle, safe
from dramaturg.corrections.anchors import make_anchor
from dramaturg.corrections.edit import CorrectionsFile
from dramaturg.corrections.model import MergeCorrection, NarratorCorrection, PersonCorrection, QuotationCorrection
from dramaturg.corrections.resolve import find_quotation, resolve
from dramaturg.errors import UsageError
from dramaturg.formatting import clip, counted, one_line, percent
from dramaturg.phrases import Locator, reason
from dramaturg.reading import Reading
from dramaturg.review.keys import END
from dramaturg.review.queue import Doubt, find_doubts, is_worth_asking

MAX_CONTEXT_LENGTH = 300  # code points of the story shown before a place, and after it
MAX_SHOWN_LENGTH = 600  # code points of the utterance that is asked about
CHOICE_KEYS = "123456789bcdefghijklm"  # no letter that is a command
HELP = """\
  1-9, b …  choose this answer              a  accept the present answer
  t    type a name or its first letters     n  this is not speech
  x    the text does not say                s  skip (or Enter)
  u    undo the last answer                 q  quit (or Ctrl-D)
"""
HELP_COLUMN = 44  # where the second column of HELP begins; a narrower terminal has it below the first

Answer = tuple[QuotationCorrection | MergeCorrection | NarratorCorrection | PersonCorrection, ...]


def help_text(width: int) -> str:
    """What each key does, for a terminal of so many columns."""
    lines = HELP.splitlines()
    if width < max(map(len, lines)):
        first = [line[:HELP_COLUMN].rstrip() for line in lines]
        lines = first + [f"  {line[HELP_COLUMN]}  {line[HELP_COLUMN + 1 :]}" for line in lines]
    return "".join(f"{line}\n" for line in lines)


class Session:
    """Asks about the doubts of a reading and adds the answers to a corrections file. `show` prints."""

    def __init__(
        self, reading: Reading, file: CorrectionsFile, style: TerminalStyle, show: Callable[[str], None]
    ) -> None:
        self.reading, self.file, self.style, self.show = reading, file, style, show
        self.locator = Locator(reading)
        self.answered: list[int] = []  # positions in the queue

    def run(
        self,
        read_key: Callable[[], str],
        read_line: Callable[[str], str],
        max_questions: int | None = None,
        ask_all: bool = False,
    ) -> int:
        """Ask until the queue is empty or the person quits. Returns the number of answers.

        `read_key` returns the next key, END at the end of the input; `read_line` shows a prompt and returns a line.
        `max_questions`: ask so many. `ask_all`: also ask what is hardly worth an answer.
        """
        doubts = self._open_doubts()
        worth = doubts if ask_all or max_questions is not None else [one for one in doubts if is_worth_asking(one)]
        queue, n_left = worth[:max_questions], len(doubts) - len(worth)
        if not queue:
            self.show(f"There are no uncertain decisions {'worth asking' if n_left else 'to ask'} about.\n")
            self._say_left(n_left)
            return 0
        at = 0
        while at < len(queue):
            self._ask(queue, at)
            while True:
                pressed = read_key()
                if pressed in ("q", END):
                    self.show("\n")
                    return len(self.answered)
                if pressed in ("s", "\r", "\n", " "):
                    self.show("skipped\n")
                    at += 1
                    break
                if pressed == "u":
                    if self.answered:
                        self.file.undo()
                        at = self.answered.pop()
                        self.show("undone\n")
                        break
                    self.show("There is no answer to undo. ")
                    continue
                if pressed == "?":
                    self.show("\n" + help_text(self.style.width))
                    continue
                found = self._answer(queue[at], pressed, read_line)
                if found is None:
                    continue
                self.file.add(found)
                self.answered.append(at)
                at += 1
                break
        self.show("No more questions.\n")
        self._say_left(n_left)
        return len(self.answered)

    def _say_left(self, n_left: int) -> None:
        """Say why the other doubts are not asked about."""
        if n_left:
            lines = counted(n_left, "line")
            left = f"{lines} more {'is' if n_left == 1 else 'are'} uncertain, but an answer would hardly change others."
            self.show("\n".join(self.style.wrap(f"{left} --all asks about everything.")) + "\n")

    def _open_doubts(self) -> list[Doubt]:
        """The doubts that the corrections file does not answer yet. A saved reading may be older than the file."""
        corrections = self.file.corrections()
        resolved = resolve(corrections, self.reading.story)
        numbers = (find_quotation(self.reading.quotations, one.span) for one in resolved.quotations)
        settled = {self.reading.quotations[number].group for number in numbers if number >= 0}
        groups = {q.id: q.group for q in self.reading.quotations}
        merged = [set(one.names) for one in corrections.same]
        listed = {one.name for one in corrections.people}
        open_doubts = []
        for doubt in find_doubts(self.reading):
            names = {self._name(doubt.character), *(self._name(c.character) for c in doubt.choices)}
            if doubt.kind == "speaker" and groups[doubt.quotations[0]] in settled:
                continue
            if doubt.kind == "narrator" and corrections.narrator is not None:
                continue
            if doubt.kind == "same" and (names <= listed or any(names <= one for one in merged)):
                continue
            open_doubts.append(doubt)
        return open_doubts

    def _name(self, id: str | None) -> str:
        return self.reading.name_of(id) or ""

    # What is asked

    def _ask(self, queue: list[Doubt], at: int) -> None:
        doubt = queue[at]
        head = f"{at + 1} of {len(queue)} · {self.locator.describe(doubt.start)}"
        lines = ["", self.style.bold(head), *self._context(doubt), ""]
        lines += {"speaker": self._ask_speaker, "narrator": self._ask_narrator, "same": self._ask_same}[doubt.kind](
            doubt
        )
        self.show("\n".join(lines) + "\n? ")

    def _context(self, doubt: Doubt) -> Iterator[str]:
        text = self.reading.story.text
        before = text[max(0, doubt.start - MAX_CONTEXT_LENGTH) : doubt.start]
        after = text[doubt.end : doubt.end + MAX_CONTEXT_LENGTH]
        if doubt.start > MAX_CONTEXT_LENGTH:
            before = before.partition(" ")[2]
        if doubt.end + MAX_CONTEXT_LENGTH < len(text):
            after = after.rpartition(" ")[0]
        paragraphs = [part for part in before.split("\n\n") if part.strip()]
        for part in paragraphs[:-1]:
            yield from self.style.wrap(self.style.dim(safe(part)), "    ")
        lead = paragraphs[-1] if paragraphs else ""
        follow = after.split("\n\n")[0]
        if before.endswith("\n\n") and lead:
            yield from self.style.wrap(self.style.dim(safe(lead)), "    ")
            lead = ""
        words = safe(clip(one_line(text[doubt.start : doubt.end]), MAX_SHOWN_LENGTH))
        asked = self.style.bold(words) if words else ""
        yield from self.style.wrap(f"{safe(lead)} {asked} {safe(follow)}".strip(), "  > ", "    ")
        for part in after.split("\n\n")[1:]:
            if part.strip():
                yield from self.style.wrap(self.style.dim(safe(part)), "    ")

    def _ask_speaker(self, doubt: Doubt) -> list[str]:
        first = next(q for q in self.reading.quotations if q.id == doubt.quotations[0])
        if doubt.character is None:
            now = "No speaker was found."
        else:
            sure = percent(doubt.confidence or 0.0)
            now = f"a  {safe(self._name(doubt.character))} ({sure}): {safe(reason(self.reading, first))}"
        return [*self.style.wrap(now, "  ", "     "), *self._choices(doubt), "  n  not speech   ?  more keys"]

    def _ask_narrator(self, doubt: Doubt) -> list[str]:
        return [
            "  Which character tells this story as “I”?",
            *self._choices(doubt),
            "  a  a character without a name   ?  more keys",
        ]

    def _ask_same(self, doubt: Doubt) -> list[str]:
        one, other = self._name(doubt.character), self._name(doubt.choices[0].character)
        question = f"Are {safe(one)} and {safe(other)} the same person?"
        return [*self.style.wrap(question, "  "), "  1  yes", "  a  no, two people   ?  more keys"]

    def _choices(self, doubt: Doubt) -> list[str]:
        lines = []
        for key, choice in zip(CHOICE_KEYS, doubt.choices, strict=False):
            sure = f" ({percent(choice.confidence)})" if choice.confidence is not None else ""
            lines.append(f"  {key}  {safe(self._name(choice.character))}{sure}")
        return lines

    # What is answered

    def _answer(self, doubt: Doubt, pressed: str, read_line: Callable[[str], str]) -> Answer | None:
        """The corrections that a key stands for; None if it is not an answer to this question."""
        number = CHOICE_KEYS.find(pressed) if len(pressed) == 1 else -1
        if 0 <= number < len(doubt.choices):
            name = self._name(doubt.choices[number].character)
            if doubt.kind == "same":
                return self._confirm((MergeCorrection((self._name(doubt.character), name)),), "the same person")
            return self._name_person(doubt, name)
        if pressed == "a":
            return self._accept(doubt)
        if pressed == "t" and doubt.kind != "same":
            return self._type_name(doubt, read_line)
        if pressed in ("n", "x") and doubt.kind == "speaker":
            if pressed == "n":
                parts = tuple(self._correct_quotation(id, speech=False) for id in doubt.quotations)
                return self._confirm(parts, "not speech")
            return self._confirm(
                (self._correct_quotation(doubt.quotations[0], speaker=False),), "the text does not say"
            )
        if pressed == "x" and doubt.kind == "narrator":
            return self._confirm((NarratorCorrection(None),), "no character tells it")
        self.show("Press ? for the keys. ")
        return None

    def _accept(self, doubt: Doubt) -> Answer | None:
        name = self._name(doubt.character)
        if doubt.kind == "same":
            two = (name, self._name(doubt.choices[0].character))
            return self._confirm(tuple(map(PersonCorrection, two)), "two people")
        if doubt.character is None:
            self.show("No speaker was found yet. ")
            return None
        return self._name_person(doubt, name)

    def _type_name(self, doubt: Doubt, read_line: Callable[[str], str]) -> Answer | None:
        wanted = read_line("name: ").strip()
        if not wanted:
            self.show("? ")
            return None
        try:
            return self._name_person(doubt, self.reading.find(wanted).name)
        except UsageError as error:
            if "may be" in str(error):
                self.show(f"{safe(str(error))}\n? ")
                return None
        if read_line(f"Nobody is called “{safe(wanted)}”. Add a new person? (y/n) ").strip().lower()[:1] != "y":
            self.show("? ")
            return None
        found = self._name_person(doubt, wanted)
        return (PersonCorrection(wanted), *found)

    def _name_person(self, doubt: Doubt, name: str) -> Answer:
        if doubt.kind == "narrator":
            return self._confirm((NarratorCorrection(name),), f"{name} tells the story")
        return self._confirm((self._correct_quotation(doubt.quotations[0], speaker=name),), name)

    def _confirm(self, answer: Answer, words: str) -> Answer:
        self.show(f"{safe(words)}\n")
        return answer

    def _correct_quotation(self, id: str, **fields: Any) -> QuotationCorrection:
        quotation = next(q for q in self.reading.quotations if q.id == id)
        return QuotationCorrection(make_anchor(self.reading.story.text, quotation.start, quotation.end), **fields)
