"""The session in the terminal, or through a pipe, that asks about uncertain decisions: one key, one answer."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dramaturg.compare.changes import changed_speakers
from dramaturg.console import TerminalStyle, safe
from dramaturg.corrections.anchors import make_anchor
from dramaturg.corrections.edit import CorrectionsFile
from dramaturg.corrections.model import MergeCorrection, NarratorCorrection, PersonCorrection, QuotationCorrection
from dramaturg.corrections.resolve import find_quotation, resolve
from dramaturg.errors import UsageError
from dramaturg.formatting import clip, counted, one_line, percent
from dramaturg.phrases import Locator, is_guess, reason
from dramaturg.reading import Quotation, Reading
from dramaturg.review.keys import END
from dramaturg.review.queue import Doubt, expected_errors, find_doubts, is_worth_asking, questions_worth_asking
from dramaturg.utterances import utterances

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


@dataclass(frozen=True, slots=True)
class _State:
    """Where a session is: the reading, the doubts that are left, the next one first, and how many were asked about."""

    reading: Reading
    doubts: list[Doubt]
    n_asked: int


class Session:
    """Asks about the doubts of a reading and adds the answers to a corrections file. `show` prints."""

    def __init__(
        self,
        reading: Reading,
        file: CorrectionsFile,
        style: TerminalStyle,
        show: Callable[[str], None],
        reread: Callable[[], None] | None = None,
        newest: Callable[[], Reading | None] | None = None,
    ) -> None:
        """`reread` asks for a new reading after the file has changed; `newest` gives it, or None as long as it is not
        made. Without them the answers take effect when the story is read again.
        """
        self.reading, self.file, self.style, self.show = reading, file, style, show
        self.reread, self.newest = reread, newest
        self.locator = Locator(reading)
        self.skipped: set[tuple[str, int]] = set()
        self.n_asked = 0
        self.before_answers: list[_State] = []  # what each answer changed, to undo it

    def run(
        self,
        read_key: Callable[[], str],
        read_line: Callable[[str], str],
        max_questions: int | None = None,
        ask_all: bool = False,
    ) -> int:
        """Ask until no question is worth it or the person quits. Returns the number of answers.

        `read_key` returns the next key, END at the end of the input; `read_line` shows a prompt and returns a line.
        `max_questions`: ask so many. `ask_all`: also ask what is hardly worth an answer.
        """
        self.doubts = self._open_doubts()
        self.asks_all = ask_all or max_questions is not None
        self.limit = max_questions or (sys.maxsize if ask_all else questions_worth_asking(self.reading))
        while queue := self._queue():
            if not self._ask_one(queue, read_key, read_line):
                self.show("\n")
                return len(self.before_answers)
            self._take_newest()
        self._say_end()
        return len(self.before_answers)

    def _queue(self) -> list[Doubt]:
        """The doubts that are still to be asked about, the next one first."""
        worth = (doubt for doubt in self.doubts if self.asks_all or is_worth_asking(doubt))
        return list(islice(worth, max(0, self.limit - self.n_asked)))

    def _ask_one(self, queue: list[Doubt], read_key: Callable[[], str], read_line: Callable[[str], str]) -> bool:
        """Ask one question until it is answered, skipped or undone. False if the person quits."""
        doubt = queue[0]
        self._ask(doubt, self.n_asked + 1, self.n_asked + len(queue))
        while True:
            pressed = read_key()
            if pressed in ("q", END):
                return False
            if pressed in ("s", "\r", "\n", " "):
                self.show("skipped\n")
                self.skipped.add((doubt.kind, doubt.start))
                self._go_on(doubt)
                return True
            if pressed == "u":
                if self.before_answers:
                    self._undo()
                    return True
                self.show("There is no answer to undo. ")
            elif pressed == "?":
                self.show("\n" + help_text(self.style.width) + "? ")
            elif found := self._answer(doubt, pressed, read_line):
                self.file.add(found)
                self.before_answers.append(_State(self.reading, self.doubts, self.n_asked))
                self._go_on(doubt)
                if self.reread is not None:
                    self.reread()
                return True

    def _go_on(self, doubt: Doubt) -> None:
        self.doubts = [other for other in self.doubts if other is not doubt]
        self.n_asked += 1

    def _undo(self) -> None:
        self.file.undo()
        state = self.before_answers.pop()
        self._use(state.reading)
        self.doubts, self.n_asked = state.doubts, state.n_asked
        if self.reread is not None:
            self.reread()
        self.show("undone\n")

    def _use(self, reading: Reading) -> None:
        self.reading, self.locator = reading, Locator(reading)

    def _take_newest(self) -> None:
        """Go on with the reading that the answers have changed, if it is made. Say what they changed."""
        reading = None if self.newest is None else self.newest()
        if reading is None:
            return
        groups = {quotation.id: quotation.group for quotation in reading.quotations}
        changed = {groups[row["quotation"]] for row in changed_speakers(self.reading, reading)}
        if changed:
            verb = "have" if len(changed) > 1 else "has"
            self.show(f"{counted(len(changed), 'other line')} {verb} a new speaker\n")
        self._use(reading)
        self.doubts = [one for one in self._open_doubts() if (one.kind, one.start) not in self.skipped]

    def _say_end(self) -> None:
        """Say why there are no more questions, and what is left."""
        n_left = len(self.doubts)
        if not n_left:
            words = "No more questions." if self.n_asked else "There are no uncertain decisions to ask about."
        elif not self.n_asked:
            words = "There are no uncertain decisions worth asking about."
        elif any(map(is_worth_asking, self.doubts)):
            words = "These are enough questions for a story of this length."
        else:
            words = "No other question is worth your time."
        if n_left:
            n_lines = len(utterances(self.reading))
            n_wrong = max(1, round(expected_errors(self.reading)))
            words += f" Of {counted(n_lines, 'line')}, about {n_wrong:,} may still have a wrong speaker."
            words += " --all asks about everything." if not self.asks_all else ""
        self.show("\n".join(self.style.wrap(words)) + "\n")

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

    def _quotation(self, id: str) -> Quotation:
        return next(quotation for quotation in self.reading.quotations if quotation.id == id)

    def _name(self, id: str | None) -> str:
        return self.reading.name_of(id) or ""

    # What is asked

    def _ask(self, doubt: Doubt, number: int, n_questions: int) -> None:
        head = f"{number} of {n_questions} · {self.locator.describe(doubt.start)}"
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
        first = self._quotation(doubt.quotations[0])
        if doubt.character is None:
            now = "No speaker was found."
        else:
            sure = percent(doubt.confidence or 0.0)
            name = safe(self._name(doubt.character)) + ("?" if is_guess(first) else "")
            now = f"a  {name} ({sure}): {safe(reason(self.reading, first))}"
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
        quotation = self._quotation(id)
        return QuotationCorrection(make_anchor(self.reading.story.text, quotation.start, quotation.end), **fields)
