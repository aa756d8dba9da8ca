"""The quotation scanner: paragraphs → stretches of direct speech."""

from dramaturg.draft import ScannedQuotation
from dramaturg.scan.dashes import find_turns
from dramaturg.scan.marks import find_marks
from dramaturg.scan.pairing import Stretch, pair_marks
from dramaturg.scan.recovery import recover
from dramaturg.scan.speech import is_speech
from dramaturg.scan.style import CLOSES, FOREIGN, Style, find_style
from dramaturg.scan.thoughts import find_thoughts, thinks_after
from dramaturg.scan.utterances import goes_on
from dramaturg.story import Block, Span, Story


def find_quotations(
    story: Story, paragraphs: tuple[Block, ...]
) -> tuple[tuple[ScannedQuotation, ...], tuple[Span, ...]]:
    """Find direct speech and thoughts in the paragraphs of a story.

    Quotations come sorted by start, an outer one before what is quoted inside it; none crosses a paragraph.
    """
    text = story.text
    style = find_style(text, paragraphs)
    found: list[ScannedQuotation] = []
    others: list[Span] = []
    unclosed = False  # the last paragraph's speech is open at its end
    group = -1
    for index, block in enumerate(paragraphs):
        next_opens = _opens(text, paragraphs[index + 1], style) if index + 1 < len(paragraphs) else None
        stretches = _stretches(text, block, style, next_opens)
        turns = find_turns(text, block) if style.dashes else []
        if turns:
            group = _add_turns(found, turns, stretches, group)
            unclosed = False
            continue
        last: ScannedQuotation | None = None
        kept: dict[int, int] = {}  # stretch → quotation
        for number, stretch in enumerate(stretches):
            if stretch.parent >= 0:
                if stretch.parent in kept and is_speech(text, stretch, block.start, block.end):
                    outer = found[kept[stretch.parent]]
                    if outer.start <= stretch.start and stretch.end <= outer.end:
                        kept[number] = len(found)
                        found.append(ScannedQuotation(stretch.start, stretch.end, 0, kept[stretch.parent]))
                continue
            if style.price[stretch.family] >= FOREIGN and thinks_after(text, stretch.end, block.end):
                others.append(Span(stretch.start, stretch.end))
                continue
            if not is_speech(text, stretch, block.start, block.end):
                continue
            span = (stretch.start, stretch.end)
            carries_on = last is None and unclosed and not text[block.start : stretch.start].strip()
            if not carries_on and not (last and goes_on(text, (last.start, last.end), span, block.end)):
                group += 1
            last = ScannedQuotation(stretch.start, stretch.end, group)
            kept[number] = len(found)
            found.append(last)
        tops = [stretch for stretch in stretches if stretch.parent < 0]
        unclosed = bool(tops) and not tops[-1].closed and tops[-1].end == block.end and tops[-1].family == next_opens
    return tuple(_number(found)), find_thoughts(text, paragraphs, story.emphasis, found, others)


def _add_turns(
    found: list[ScannedQuotation], turns: list[list[tuple[int, int]]], stretches: list[Stretch], group: int
) -> int:
    """Add the turns of a paragraph that a dash opens, and what is quoted inside them; the last group used."""
    inside = [stretch for stretch in stretches if stretch.parent < 0 and stretch.opened and stretch.closed]
    at = 0
    for turn in turns:
        group += 1
        for start, end in turn:
            outer = len(found)
            found.append(ScannedQuotation(start, end, group))
            while at < len(inside) and inside[at].start < end:
                if start < inside[at].start and inside[at].end <= end:
                    found.append(ScannedQuotation(inside[at].start, inside[at].end, 0, outer))
                at += 1
    return group


def _number(found: list[ScannedQuotation]) -> list[ScannedQuotation]:
    """Give each quotation that stands inside another a group of its own."""
    group = 1 + max((quotation.group for quotation in found), default=-1)
    out = []
    for quotation in found:
        if quotation.within is not None:
            quotation = ScannedQuotation(quotation.start, quotation.end, group, quotation.within)
            group += 1
        out.append(quotation)
    return out


def _opens(text: str, block: Block, style: Style) -> str | None:
    """The family of the mark that opens a paragraph."""
    for mark in find_marks(text, block.start, min(block.end, block.start + 8)):
        if mark.start - block.start > 1 or style.faces.get(mark.shape) == CLOSES or style.price[mark.family] >= FOREIGN:
            return None
        return mark.family
    return None


def _stretches(text: str, block: Block, style: Style, next_opens: str | None) -> list[Stretch]:
    """What stands between marks in one paragraph, missing ends recovered."""
    marks = list(find_marks(text, block.start, block.end))
    stretches = pair_marks(text, block.start, block.end, marks, style, next_opens)
    out: list[Stretch] = []
    place: dict[int, int] = {}
    for number, stretch in enumerate(stretches):
        open_at_end = stretch.end == block.end and not stretch.closed and stretch.family == next_opens
        parent = place.get(stretch.parent, -1) if stretch.parent >= 0 else -1
        if stretch.parent >= 0 and parent < 0:
            continue
        if recover(text, stretch, block.start, open_at_end):
            place[number] = len(out)
            stretch.parent = parent
            out.append(stretch)
    return out
