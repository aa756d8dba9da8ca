"""What every report says of a reading, in words: places, utterances, reasons, and what is worth showing first."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dramaturg.reading import Quotation, Reading

LINE_FORMATS = ("text", "plain", "markdown")  # in these the text's lines are the file's lines
LIKELY = 0.6  # below this a speaker is shown as a guess

# A story may hold anything, and a terminal obeys control characters: they are shown, not sent.
# The marks of direction are left out, since one without its end would turn the rest of the page around.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Places:
    """Where something stands, as a person would look it up: `chapter 2, line 120`."""

    def __init__(self, reading: Reading) -> None:
        """Index the chapters and the lines (or, where the file has no lines, the paragraphs)."""
        story = reading.story
        self._chapters = story.chapters
        self._chapter_starts = [chapter.start for chapter in story.chapters]
        if story.source.format in LINE_FORMATS:
            self._unit = "line"
            self._starts = [0, *(newline.end() for newline in re.finditer("\n", story.text))]
        else:
            self._unit = "paragraph"
            self._starts = [block.start for block in story.blocks if block.role == "paragraph"]

    def name(self, start: int) -> str:
        """The place of a character of the text."""
        number = max(1, bisect_right(self._starts, start))
        chapter = bisect_right(self._chapter_starts, start)
        where = f"{self._unit} {number}"
        return f"chapter {chapter}, {where}" if chapter and len(self._chapters) > 1 else where


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody says in one go: the parts of one group, in order."""

    parts: tuple[Quotation, ...]

    @property
    def first(self) -> Quotation:
        """The part it begins with."""
        return self.parts[0]

    def text(self, reading: Reading) -> str:
        """The parts on one line; `…` stands for what the text puts between them."""
        return " … ".join(one_line(reading.text_of(part)) for part in self.parts)


def utterances(reading: Reading) -> list[Utterance]:
    """The utterances of a story in order; speech quoted inside speech is left to the utterance around it."""
    groups: dict[str, list[Quotation]] = {}
    for quotation in reading.quotations:
        if quotation.within is None:
            groups.setdefault(quotation.group, []).append(quotation)
    return [Utterance(tuple(parts)) for parts in groups.values()]


def sample_conversation(spoken: Sequence[Utterance], length: int = 8, gap: int = 400) -> list[Utterance]:
    """The stretch of talk that shows best how well a story was understood: close together, by several, and sure.

    `length`: how many utterances at most. `gap`: how many characters may stand between two of them.
    Empty where nobody talks with anybody.
    """
    best: list[Utterance] = []
    best_score = 0.0
    begin = 0
    for at, utterance in enumerate(spoken):
        if at and utterance.first.start - spoken[at - 1].parts[-1].end > gap:
            begin = at
        stretch = spoken[max(begin, at - length + 1) : at + 1]
        speakers = {u.first.speaker for u in stretch} - {None}
        if len(speakers) < 2:
            continue
        known = [u.first.speaker for u in stretch if u.first.speaker is not None]
        turns = sum(a != b for a, b in pairwise(known))
        score = turns + sum(u.first.confidence or 0.0 for u in stretch)
        if score > best_score:
            best, best_score = list(stretch), score
    return best


def least_certain(spoken: Sequence[Utterance], n: int = 5) -> list[Utterance]:
    """The n utterances whose speaker is the least certain, in text order; those without one are not among them."""
    doubtful = [u for u in spoken if u.first.confidence is not None and u.first.confidence < 0.9]
    chosen = sorted(doubtful, key=lambda u: (u.first.confidence, u.first.start))[:n]
    return sorted(chosen, key=lambda u: u.first.start)


def reason(reading: Reading, quotation: Quotation) -> str:
    """Why this speaker was chosen, in words."""
    evidence = quotation.evidence
    if evidence is None:
        return "nothing in the text says so outright"
    words = f"“{clip(one_line(reading.text_of(evidence)), 60)}”"
    deed = f"“{snippet(reading, evidence.start, before=0, after=max(40, min(60, evidence.end - evidence.start)))}”"
    return {
        "tag": f"{words} says who speaks",
        "pronoun_tag": f"{words} says it with a pronoun only",
        "turn": "it is this one's turn to talk",
        "vocative": f"{words} was called just before" if evidence.start < quotation.start else f"{words} is called",
        "action": f"what is done next to it: {deed}",
        "narrator": f"the one who tells the story speaks: {words}",
        "content": "only what is said speaks for it",
        "correction": "your correction says so",
    }[evidence.kind]


def alternatives(reading: Reading, quotation: Quotation) -> str:
    """Who else it may be, in words: `Ann (20%) or Bo (10%)`; empty where there is nobody."""
    others = [a for a in quotation.alternatives if a.speaker != quotation.speaker][:3]
    return " or ".join(f"{reading.name_of(a.speaker)} ({percent(a.confidence)})" for a in others)


def audience(reading: Reading, spoken: Sequence[Utterance]) -> list[tuple[str | None, int]]:
    """To whom these utterances are said: name (None: unknown) and how many, the most first."""
    counts = Counter(id for u in spoken for id in u.first.addressees or (None,))
    return [(reading.name_of(id), n) for id, n in counts.most_common()]


def counted(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 line`, `2,310 lines`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(chance: float) -> str:
    """A probability for a person; never 100 %, which nobody can promise, unless it is."""
    return f"{round(chance * 100)}%" if chance in (0, 1) else f"{min(99, max(1, round(chance * 100)))}%"


def one_line(text: str) -> str:
    """A text with its line breaks and indents made single spaces."""
    return " ".join(text.split())


def safe(text: str) -> str:
    """A text on one line that a terminal can be sent: its control characters shown as U+FFFD."""
    return CONTROL.sub("\ufffd", DIRECTION.sub("", one_line(text)))


def clip(text: str, length: int) -> str:
    """A text cut at a word to `length` characters, an ellipsis included, where it is longer."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:") + "…"


def words_in(text: str) -> int:
    """How many words stand in a text, as a person counts them: by white space."""
    return len(text.split())


def snippet(
    reading: Reading, start: int, before: int = 40, after: int = 80, words: Callable[[int, int], str] | None = None
) -> str:
    """The words around a place, on one line, cut at words and marked with … where they are cut.

    `words`: gives what is shown of a stretch of the text; None: the text as it stands.
    """
    text = reading.story.text
    low, high = max(0, start - before), min(len(text), start + after)
    # A blank line ends a paragraph: what stands beyond it says nothing of this place.
    begin, end = text.rfind("\n\n", low, start), text.find("\n\n", start, high)
    is_cut_before, is_cut_after = begin < 0 < low, end < 0 and high < len(text)
    low, high = begin + 2 if begin >= 0 else low, end if end >= 0 else high
    shown = words or (lambda a, b: text[a:b])
    left, right = shown(low, start), shown(start, high)
    if is_cut_before and before:
        left = "…" + left.partition(" ")[2]
    if is_cut_after:
        right = right.rpartition(" ")[0] + "…"
    return one_line(left + right)


def some_lines(spoken: Sequence[Utterance], n: int = 5) -> list[Utterance]:
    """Up to n utterances from all over the story, the surest and then the longest of each stretch."""
    size = max(1, -(-len(spoken) // n))
    stretches = (spoken[at : at + size] for at in range(0, len(spoken), size))
    return [max(s, key=lambda u: (u.first.confidence or 0.0, sum(p.end - p.start for p in u.parts))) for s in stretches]
