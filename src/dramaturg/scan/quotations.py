"""The quotation scanner: paragraphs → stretches of direct speech."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from dramaturg.draft import ScannedQuotation
from dramaturg.lexicon.language import Language
from dramaturg.scan.asides import find_asides
from dramaturg.scan.dashes import find_turns
from dramaturg.scan.heard_emphasis import find_heard_emphasis
from dramaturg.scan.labelled_lines import LabelledLine
from dramaturg.scan.lost_marks import find_gaps, opens_quoted
from dramaturg.scan.mind_speech import MIND, add_mind_speech, find_mind_speech
from dramaturg.scan.narration import is_narration
from dramaturg.scan.pairing import Stretch, pair_marks
from dramaturg.scan.quote_marks import find_marks
from dramaturg.scan.recovery import recover
from dramaturg.scan.speech import is_speech
from dramaturg.scan.style import CLOSES, FOREIGN, QuoteStyle, find_style
from dramaturg.scan.tags import tag_at
from dramaturg.scan.thoughts import find_thoughts, has_thought_tag
from dramaturg.scan.utterances import is_one_utterance
from dramaturg.story import Block, Span, Story

QUOTED = -1  # the group of quotations inside somebody's speech, until all utterances are numbered
MAX_HELD_PARAGRAPHS = 12  # that speech may run through without a mark
_BETWEEN = " ,.\n\t\u00a0"


def find_quotations(
    story: Story,
    paragraphs: tuple[Block, ...],
    language: Language,
    labelled_lines: Mapping[int, Sequence[LabelledLine]] = MappingProxyType({}),
) -> tuple[tuple[ScannedQuotation, ...], tuple[Span, ...]]:
    """Find direct speech and thoughts in the paragraphs of a story.

    Quotations are sorted by start, an outer one before those inside it; none crosses a paragraph.
    `labelled_lines`: by the index of their paragraph, which holds no other speech.
    """
    text = story.text
    style = find_style(text, paragraphs, language)
    emphasis = _emphasis_outside_marks(text, paragraphs, story.emphasis, style, language)
    mind_speech = find_mind_speech(text, paragraphs) or find_heard_emphasis(text, paragraphs, emphasis, language)
    found: list[ScannedQuotation] = []
    others: list[Span] = []
    unclosed = False  # the last paragraph's speech is open at its end
    held_until = 0  # the paragraph in which speech closes that opened before, with no mark in between
    group = -1
    for index, block in enumerate(paragraphs):
        next_opens = _opens(text, paragraphs[index + 1], style, language) if index + 1 < len(paragraphs) else None
        if index < held_until:
            found.append(ScannedQuotation(block.start, block.end, group))
            unclosed = True
            continue
        if index in labelled_lines:
            for line in labelled_lines[index]:
                group += 1
                found.extend(ScannedQuotation(span.start, span.end, group) for span in line.speech)
            unclosed = False
            continue
        stretches = _stretches(text, block, style, next_opens, language)
        if index in mind_speech:
            stretches = add_mind_speech(stretches, mind_speech[index])
        turns = find_turns(text, block, language) if style.dashes else []
        if turns:
            group = _add_turns(found, turns, stretches, group)
            unclosed = False
            continue
        last: ScannedQuotation | None = None
        kept: dict[int, range] = {}  # stretch → its quotations
        for number, stretch in enumerate(stretches):
            if stretch.parent >= 0:
                if stretch.parent in kept and is_speech(text, stretch, block.start, block.end, language):
                    outer = _around(found, kept[stretch.parent], stretch)
                    if outer is not None:
                        kept[number] = range(len(found), len(found) + 1)
                        found.append(ScannedQuotation(stretch.start, stretch.end, 0, outer))
                continue
            if stretch.family != MIND:
                is_foreign = style.price[stretch.family] >= FOREIGN
                if is_foreign and has_thought_tag(text, stretch.end, block.end, language):
                    others.append(Span(stretch.start, stretch.end))
                    continue
                last_end, unpointed = last.end if last else -1, style.unpointed
                if not is_speech(text, stretch, block.start, block.end, language, last_end, unpointed=unpointed):
                    continue
            span = (stretch.start, stretch.end)
            carries_on = last is None and unclosed and not text[block.start : stretch.start].strip()
            if not carries_on and not (
                last and is_one_utterance(text, (last.start, last.end), span, block.end, language)
            ):
                group += 1
            first = len(found)
            found.extend(_pieces(text, stretch, block.end, style, group, carries_on, language))
            kept[number] = range(first, len(found))
            last = ScannedQuotation(stretch.start, stretch.end, group)
        tops = [stretch for stretch in stretches if stretch.parent < 0]
        is_open = bool(tops) and not tops[-1].closed and tops[-1].end == block.end
        unclosed = is_open and tops[-1].family == next_opens
        if is_open and next_opens is None and tops[-1].opened and last is not None:
            closes = _find_close(text, paragraphs, index, tops[-1].family, style, language)
            if closes is not None:
                held_until, unclosed = closes, True
    thoughts = find_thoughts(text, paragraphs, story.emphasis, found, others, language)
    return tuple(_number(text, _in_order(found))), thoughts


def _emphasis_outside_marks(
    text: str, paragraphs: Sequence[Block], emphasis: Sequence[Span], style: QuoteStyle, language: Language
) -> list[tuple[int, Span]]:
    """The emphasis that is not in marks of speech, each with the index of its paragraph, which holds all of it."""
    starts = [block.start for block in paragraphs]
    outside: list[tuple[int, Span]] = []
    last, stretches = -1, list[Stretch]()
    for span in emphasis:
        index = bisect_right(starts, span.start) - 1
        if index < 0 or span.end > paragraphs[index].end:
            continue
        if index != last:
            last = index
            stretches = [one for one in _stretches(text, paragraphs[index], style, None, language) if one.parent < 0]
        at = bisect_right(stretches, span.start, key=lambda one: one.start) - 1
        if at < 0 or stretches[at].end <= span.start:
            outside.append((index, span))
    return outside


def _find_close(
    text: str, paragraphs: Sequence[Block], index: int, family: str, style: QuoteStyle, language: Language
) -> int | None:
    """The later paragraph that closes what is open at the end of a paragraph; None if it is a missing mark.

    The paragraphs in between have no mark and are not narration.
    """
    for later in range(index + 1, min(index + 1 + MAX_HELD_PARAGRAPHS, len(paragraphs))):
        block = paragraphs[later]
        if is_narration(text, block.start, block.end, language):
            return None
        marks = [m for m in find_marks(text, block.start, block.end, language) if style.price[m.family] < FOREIGN]
        stretches = pair_marks(text, block.start, block.end, marks, style, None, language)
        first = next((stretch for stretch in stretches if stretch.parent < 0), None)
        if first is not None:
            is_close = first.family == family and not first.opened and first.closed
            return later if is_close else None
    return None


def _pieces(
    text: str, stretch: Stretch, high: int, style: QuoteStyle, group: int, goes_on: bool, language: Language
) -> list[ScannedQuotation]:
    """The quotations of a stretch of speech: one, or several with asides or lost marks between them.

    `goes_on`: whether it continues the speech of the paragraph before. `high`: the end of the paragraph.
    """
    start, end = stretch.start, stretch.end
    quoted = False  # whether the piece is what the teller of a story quotes
    cuts = find_asides(text, start, end, language)
    if style.lost and opens_quoted(text, start, end):
        gaps = find_gaps(text, start, end)
        if goes_on or not stretch.closed or (gaps and tag_at(text, gaps[0][1], high, language) >= 0):
            cuts, quoted = gaps, True
    if not cuts and not quoted:
        return [ScannedQuotation(start, end, group)]
    alternates = quoted
    pieces = []
    for low, until in zip([start, *(cut[1] for cut in cuts)], [*(cut[0] for cut in cuts), end], strict=True):
        low, until = _trim(text, low, until)
        if any(map(str.isalnum, text[low:until])):
            pieces.append(ScannedQuotation(low, until, QUOTED if quoted else group))
        quoted = alternates and not quoted
    return pieces


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _BETWEEN:
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _around(found: list[ScannedQuotation], numbers: range, stretch: Stretch) -> int | None:
    """Which of some quotations, in order, holds a stretch; None if none does."""
    at = bisect_right(numbers, stretch.start, key=lambda number: found[number].start) - 1
    if at < 0 or found[numbers[at]].end < stretch.end:
        return None
    return numbers[at]


def _in_order(found: list[ScannedQuotation]) -> list[ScannedQuotation]:
    """The quotations sorted: those nested in a piece of a quotation were found after all its pieces."""
    order = sorted(range(len(found)), key=lambda number: (found[number].start, -found[number].end))
    place = {number: new for new, number in enumerate(order)}
    ordered = (found[number] for number in order)
    return [q if q.within is None else replace(q, within=place[q.within]) for q in ordered]


def _add_turns(
    found: list[ScannedQuotation], turns: list[list[tuple[int, int]]], stretches: list[Stretch], group: int
) -> int:
    """Add the turns of a paragraph that a dash opens, and the quotations inside them. Returns the last group used."""
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


def _number(text: str, found: list[ScannedQuotation]) -> list[ScannedQuotation]:
    """Number the utterances without gaps, and give each quotation inside other speech a group of its own.

    Where single marks were lost, quoted speech goes on if two pieces of it follow each other without a lost mark (a
    space at the end of the paragraph) between them.
    """
    tops = {quotation.group for quotation in found if quotation.within is None and quotation.group != QUOTED}
    new = {old: number for number, old in enumerate(sorted(tops))}
    group = len(new) - 1
    out: list[ScannedQuotation] = []
    last: ScannedQuotation | None = None  # the outermost quotation before, as it was found
    for quotation in found:
        inside = quotation.within is not None
        if inside or quotation.group == QUOTED:
            goes_on = not inside and last is not None and last.group == QUOTED and text.startswith("\n", last.end)
            group += not goes_on
            out.append(replace(quotation, group=group))
        else:
            out.append(replace(quotation, group=new[quotation.group]))
        if not inside:
            last = quotation
    return out


def _opens(text: str, block: Block, style: QuoteStyle, language: Language) -> str | None:
    """The family of the mark that opens a paragraph, if any."""
    for mark in find_marks(text, block.start, min(block.end, block.start + 8), language):
        if mark.start - block.start > 1 or style.faces.get(mark.shape) == CLOSES or style.price[mark.family] >= FOREIGN:
            return None
        return mark.family
    return None


def _stretches(text: str, block: Block, style: QuoteStyle, next_opens: str | None, language: Language) -> list[Stretch]:
    """The text between marks in one paragraph, with missing ends recovered."""
    marks = list(find_marks(text, block.start, block.end, language))
    stretches = pair_marks(text, block.start, block.end, marks, style, next_opens, language)
    out: list[Stretch] = []
    place: dict[int, int] = {}
    for number, stretch in enumerate(stretches):
        open_at_end = stretch.end == block.end and not stretch.closed and stretch.family == next_opens
        parent = place.get(stretch.parent, -1) if stretch.parent >= 0 else -1
        if stretch.parent >= 0 and parent < 0:
            continue
        quoting = open_at_end and style.lost and opens_quoted(text, stretch.start, stretch.end)
        if quoting or recover(text, stretch, block.start, open_at_end, language):
            place[number] = len(out)
            stretch.parent = parent
            out.append(stretch)
    return out
