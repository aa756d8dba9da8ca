"""Reading → one self-contained HTML page: the story set as a book, with who speaks in the margin.

The page runs no script and loads nothing: a story is someone else's text, so all of it is escaped, and a
Content-Security-Policy says the same to the browser.
"""

import base64
import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template

from dramaturg.reading import Character, Quotation, Reading, Segment
from dramaturg.report.digest import LIKELY, alternatives, clip, counted, one_line, percent, reason, utterances, words_in
from dramaturg.story import Block, Span

COLOURS = 10  # .s0 to .s9 of page.css; everybody further down the cast shares one more
CAST_SHOWN = 24
VERSE_WIDTH = 55  # a paragraph none of whose lines is longer was broken on purpose; files are wrapped at 60 and more
NOTES = {"authors_note": "Author's note", "summary": "Summary"}
MATTER = {"front_matter": "Front matter", "back_matter": "Back matter"}
# What HTML cannot hold: control characters, half of a surrogate pair.
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def show_page(reading: Reading) -> str:
    """The page as HTML."""
    style = _part("page.css")
    source = reading.story.source
    return Template(_part("page.html")).substitute(
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=_escape(source.title or source.path),
        author=f'<p class="byline" dir="auto">by {_escape(source.author)}</p>' if source.author else "",
        counts=_counts(reading),
        warnings=_warnings(reading),
        cast=_cast(reading),
        contents=_contents(reading),
        language=_escape(source.language or ""),
        story="\n".join(_Setting(reading).blocks()),
        version=_escape(reading.made_by.version),
    )


class _Setting:
    """A story being set: it walks once through the blocks, and the segments and the emphasis inside them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.story.text
        self.ranks = {character.id: rank for rank, character in enumerate(reading.characters)}
        self.quotations = {quotation.id: quotation for quotation in reading.quotations}
        self.segments = reading.segments
        self.segment_starts = [segment.start for segment in reading.segments]
        self.emphasis = sorted(reading.story.emphasis, key=lambda span: span.start)
        self.emphasis_starts = [span.start for span in self.emphasis]
        self.chapters = {chapter.start: number for number, chapter in enumerate(reading.story.chapters, 1)}
        self.title = _escape(one_line(reading.story.source.title or ""))
        self.markdown = reading.story.source.format == "markdown"

    def blocks(self) -> Iterator[str]:
        """The HTML of each block, neighbours of one kind of note or matter together."""
        for role, group in groupby(self.reading.story.blocks, key=lambda block: block.role):
            blocks = list(group)
            if role in NOTES:
                inner = "\n".join(self._plain(block) for block in blocks)
                yield f'<aside class="note"><p class="kind">{NOTES[role]}</p>\n{inner}</aside>'
            elif role in MATTER:
                inner = "\n".join(self._plain(block) for block in blocks)
                yield f'<details class="matter"><summary>{MATTER[role]}</summary>\n{inner}</details>'
            else:
                yield from (self._block(block) for block in blocks)

    def _block(self, block: Block) -> str:
        chapter = self.chapters.get(block.start)
        anchor = f' id="chapter{chapter}"' if chapter else ""
        if block.role == "title":
            title = self._heading(block)
            # It stands above the cast already.
            return "" if title == self.title else f'<h2 class="title" dir="auto"{anchor}>{title}</h2>'
        if block.role == "heading":
            return f'<h2 dir="auto"{anchor}>{self._heading(block)}</h2>'
        if block.role == "scene_break":
            return f'<p class="break" role="separator">{_escape(self.text[block.start : block.end])}</p>'
        return self._paragraph(block, anchor)

    def _plain(self, block: Block) -> str:
        return f'<p dir="auto"{self._verse(block)}>{self._emphasised(block.start, block.end)}</p>'

    def _heading(self, block: Block) -> str:
        said = self.text[block.start : block.end]
        if self.markdown:
            said = re.sub(r"\A#{1,6}[ \t]*", "", said)
            said = re.sub(r"\n[ \t]*[=-]+\Z|[ \t]#+\Z", "", said)
        return _escape(one_line(said)) or "&nbsp;"

    def _paragraph(self, block: Block, anchor: str) -> str:
        pieces = list(self._pieces(block))
        spoken = [q for _, _, _, q in pieces if q is not None]
        several = len({quotation.speaker for quotation in spoken}) > 1
        body = []
        last: Quotation | None = None
        for start, end, segment, quotation in pieces:
            if quotation is None:
                told = self._emphasised(start, end)
                body.append(f'<i class="thought">{told}</i>' if segment and segment.kind == "thought" else told)
                continue
            if several and (last is None or last.speaker != quotation.speaker):
                # Several people in one paragraph: the margin alone could not say which is which.
                body.append(f'<span class="who {self._colour(quotation)}">{self._name(quotation)}:</span>')
            body.append(self._speech(start, end, quotation))
            last = quotation
        margin = self._margin(spoken)
        return f'<div class="row"{anchor}>{margin}\n<p dir="auto"{self._verse(block)}>{"".join(body)}</p></div>'

    def _pieces(self, block: Block) -> Iterator[tuple[int, int, Segment | None, Quotation | None]]:
        """A block cut at its segments: start, end, the segment, and the quotation it is speech of."""
        at = block.start
        number = max(0, bisect_right(self.segment_starts, at) - 1)
        while number < len(self.segments) and self.segments[number].start < block.end:
            segment = self.segments[number]
            start, end = max(at, segment.start), min(block.end, segment.end)
            if start > at:
                yield at, start, None, None
            if end > start:
                spoken = self.quotations.get(segment.quotation or "") if segment.kind == "speech" else None
                yield start, end, segment, spoken
                at = end
            number += 1
        if at < block.end:
            yield at, block.end, None, None

    def _speech(self, start: int, end: int, quotation: Quotation) -> str:
        guess = " guess" if _is_guess(quotation) else ""
        told = self._emphasised(start, end)
        return f'<span class="{self._colour(quotation)}{guess}" title="{_escape(self._tip(quotation))}">{told}</span>'

    def _tip(self, quotation: Quotation) -> str:
        if quotation.speaker is None:
            return "Nobody could be named."
        to = ", ".join(self._short(id) for id in quotation.addressees) or "somebody unknown"
        others = alternatives(self.reading, quotation)
        sure = "" if quotation.confidence is None else f" ({percent(quotation.confidence)})"
        return (
            f"{self._short(quotation.speaker)}{sure} to {to}: {reason(self.reading, quotation)}"
            + (f"; or {others}" if others else "")
            + "."
        )

    def _margin(self, spoken: list[Quotation]) -> str:
        """Who speaks in a paragraph, in order, each once, with those spoken to."""
        labels = []
        for speaker, group in groupby(_once(spoken), key=lambda quotation: quotation.speaker):
            quotations = list(group)
            addressees = dict.fromkeys(id for quotation in quotations for id in quotation.addressees)
            to = ", ".join(_escape(self._short(id)) for id in addressees)
            name = f"<b>{self._name(quotations[0])}</b>"
            if speaker is not None and self.ranks[speaker] < CAST_SHOWN:
                name = f'<a href="#c{self.ranks[speaker] + 1}">{name}</a>'
            to = f" to {to}" if to else ""
            labels.append(f'<span><span class="{self._colour(quotations[0])}">{name}</span>{to}</span>')
        return f'<div class="margin">{"".join(dict.fromkeys(labels))}</div>' if labels else ""

    def _name(self, quotation: Quotation) -> str:
        if quotation.speaker is None:
            return "unknown"
        return _escape(self._short(quotation.speaker)) + ("?" if _is_guess(quotation) else "")

    def _short(self, id: str) -> str:
        return clip(self.reading.character(id).name, 40)

    def _colour(self, quotation: Quotation) -> str:
        return "other" if quotation.speaker is None else _colour(self.ranks[quotation.speaker])

    def _verse(self, block: Block) -> str:
        lines = self.text[block.start : block.end].split("\n")
        return ' class="verse"' if len(lines) > 1 and max(map(len, lines)) <= VERSE_WIDTH else ""

    def _emphasised(self, start: int, end: int) -> str:
        """A stretch of the text with its emphasis; the marks of plain text around it are left out."""
        parts = []
        at = start
        number = max(0, bisect_right(self.emphasis_starts, start) - 1)
        while number < len(self.emphasis) and self.emphasis[number].start - 3 < end:
            span = self.emphasis[number]
            number += 1
            marks = self._marks(span)
            opening, closing = span.start - marks, span.end + marks
            if closing <= at or opening >= end:
                continue
            if opening > at:
                parts.append(_escape(self.text[at:opening]))
            inner = self.text[max(start, span.start, at) : min(end, span.end)]
            if inner:
                parts.append(f"<em>{_escape(inner)}</em>")
            at = max(at, min(end, closing))
        parts.append(_escape(self.text[at:end]))
        return "".join(parts)

    def _marks(self, span: Span) -> int:
        """How many characters of mark-up (`*`, `**`, `_`) stand on each side of an emphasis."""
        before, after = self.text[max(0, span.start - 3) : span.start], self.text[span.end : span.end + 3]
        opening = re.search(r"(\*+|_+)\Z", before)
        closing = re.match(r"(\*+|_+)", after)
        if not opening or not closing or opening.group()[0] != closing.group()[0]:
            return 0
        return min(len(opening.group()), len(closing.group()))


def _counts(reading: Reading) -> str:
    spoken = utterances(reading)
    unknown = sum(u.first.speaker is None for u in spoken)
    counts = [counted(words_in(reading.story.text), "word"), counted(len(reading.characters), "character")]
    counts.append(counted(len(spoken), "line") + " of speech")
    counts += [f"{unknown:,} of them without a speaker"] if unknown else []
    return " · ".join(counts)


def _warnings(reading: Reading) -> str:
    rows = "".join(f"<li>{_escape(warning)}</li>" for warning in reading.story.warnings)
    return f'<ul class="warnings">{rows}</ul>' if rows else ""


def _cast(reading: Reading) -> str:
    if not reading.characters:
        return "<p>Nobody was found.</p>"
    most = max(1, *(character.words_spoken for character in reading.characters))
    said = Counter(utterance.first.speaker for utterance in utterances(reading))
    rows = [_member(rank, c, said[c.id], most) for rank, c in enumerate(reading.characters[:CAST_SHOWN])]
    rest = reading.characters[CAST_SHOWN:]
    names = ", ".join(_escape(clip(character.name, 40)) for character in rest)
    more = f"<details><summary>and {len(rest):,} more</summary><p>{names}</p></details>" if rest else ""
    return f"<ul>\n{''.join(rows)}</ul>{more}"


def _member(rank: int, character: Character, n_lines: int, most: int) -> str:
    about = [character.pronouns] if character.pronouns else []
    about += ["tells the story"] if character.narrator else []
    about += ["a group"] if character.kind == "group" else []
    words = f"{counted(n_lines, 'line')}, {counted(character.words_spoken, 'word')}"
    about.append(words if n_lines else "says nothing")
    also = f"also {', '.join(clip(alias, 40) for alias in character.aliases[:6])}" if character.aliases else ""
    length = round(100 * character.words_spoken / most)
    name = f'<span class="name" dir="auto">{_escape(clip(character.name, 60))}</span>'
    bar = f'<svg viewBox="0 0 100 5" preserveAspectRatio="none"><rect width="{length}" height="5"/></svg>'
    told = "".join(f'<span class="about">{_escape(said)}</span>' for said in ("; ".join(about), also) if said)
    return f'<li id="c{rank + 1}" class="{_colour(rank)}">{name}{bar if length else ""}{told}</li>\n'


def _contents(reading: Reading) -> str:
    chapters = reading.story.chapters
    if len(chapters) < 2:
        return ""
    starts = {block.start for block in reading.story.blocks if block.role in ("title", "heading", "paragraph")}
    rows = []
    for number, chapter in enumerate(chapters, 1):
        title = _escape(chapter.title or f"Chapter {number}")
        rows.append(
            f'<li><a href="#chapter{number}">{title}</a></li>' if chapter.start in starts else f"<li>{title}</li>"
        )
    return f'<nav class="contents"><details><summary>Contents</summary><ol>{"".join(rows)}</ol></details></nav>'


def _once(spoken: list[Quotation]) -> list[Quotation]:
    return list({quotation.id: quotation for quotation in spoken}.values())


def _is_guess(quotation: Quotation) -> bool:
    return quotation.confidence is not None and quotation.confidence < LIKELY


def _colour(rank: int) -> str:
    return f"s{rank}" if rank < COLOURS else "other"


def _escape(text: str) -> str:
    return escape(UNSHOWABLE.sub("\ufffd", text), quote=True)


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
