"""A reading in words, for every output that people read: places, reasons, alternatives and snippets."""

import re
from bisect import bisect_right
from collections.abc import Callable

from dramaturg.formatting import clip, one_line, percent
from dramaturg.reading import Quotation, Reading

LINE_FORMATS = ("text", "plain", "markdown")  # formats in which the lines of the text are the lines of the file
LIKELY = 0.6  # a speaker with a lower probability is shown as a guess


class Locator:
    """Describes places in the text as a person would look them up: `chapter 2, line 120`."""

    def __init__(self, reading: Reading) -> None:
        """Index the chapters and the lines, or the paragraphs where the format has no lines."""
        story = reading.story
        self._chapters = story.chapters
        self._chapter_starts = [chapter.start for chapter in story.chapters]
        if story.source.format in LINE_FORMATS:
            self._unit = "line"
            self._starts = [0, *(newline.end() for newline in re.finditer("\n", story.text))]
        else:
            self._unit = "paragraph"
            self._starts = [block.start for block in story.blocks if block.role == "paragraph"]

    def describe(self, start: int) -> str:
        """The place of the code point at `start`."""
        number = max(1, bisect_right(self._starts, start))
        chapter = bisect_right(self._chapter_starts, start)
        where = f"{self._unit} {number}"
        return f"chapter {chapter}, {where}" if chapter and len(self._chapters) > 1 else where


def is_guess(quotation: Quotation) -> bool:
    """Whether the speaker is shown with a question mark. The page's script (`text.js`) says the same."""
    return quotation.speaker is not None and quotation.confidence is not None and quotation.confidence < LIKELY


def reason(reading: Reading, quotation: Quotation) -> str:
    """Why this speaker was chosen, in words. The page's script (`known_so_far.js`) says the same."""
    evidence = quotation.evidence
    if evidence is None:
        return "nothing in the text says so directly"
    words = f"“{clip(one_line(reading.text_of(evidence)), 60)}”"
    action = f"“{snippet(reading, evidence.start, before=0, after=max(40, min(60, evidence.end - evidence.start)))}”"
    return {
        "tag": f"{words} names the speaker",
        "pronoun_tag": f"{words} gives only a pronoun",
        "turn": "their turn in the conversation",
        "vocative": f"{words} was addressed just before"
        if evidence.start < quotation.start
        else f"{words} is addressed",
        "action": f"action beside the line: {action}",
        "narrator": f"the narrator speaks: {words}",
        "content": "what the line says",
        "correction": "your correction",
    }[evidence.kind]


def alternatives(reading: Reading, quotation: Quotation) -> str:
    """The other candidates, in words: `Ann (20%) or Bo (10%)`; empty where there are none."""
    others = [a for a in quotation.alternatives if a.speaker != quotation.speaker][:3]
    return " or ".join(f"{reading.name_of(a.speaker)} ({percent(a.confidence)})" for a in others)


def snippet(
    reading: Reading, start: int, before: int = 40, after: int = 80, words: Callable[[int, int], str] | None = None
) -> str:
    """The text around a place, on one line, shortened at words with … at either end.

    `before`, `after`: how many code points to include at most. `words`: a function that gives the text to show
    between two places; None: the story's text itself.
    """
    text = reading.story.text
    low, high = max(0, start - before), min(len(text), start + after)
    # A blank line ends the paragraph, and the snippet with it.
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
