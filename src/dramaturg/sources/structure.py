"""Pieces → blocks with roles, chapters, title and author: what a story is made of.

One pass for each thing that can stand in a file besides the story. Each gives a role to pieces that have none yet,
the surest first, and what is left over are the story's paragraphs.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dramaturg.sources.line_patterns import (
    BRACKETED,
    GUTENBERG_END,
    GUTENBERG_START,
    MAX_LENGTH,
    NOTE_LABELS,
    SUMMARY_LABELS,
    WORDS,
    Heading,
    bare,
    is_capitals,
    is_scene_break,
    is_the_end,
    is_title,
    read_heading,
    read_label,
    starts_note,
    without_marks,
)
from dramaturg.sources.lines import Piece
from dramaturg.sources.notes import NEAR_NOTE_SCORE, is_note, score_note
from dramaturg.story import Block, Chapter, Role

MAX_BRACKET = 12  # pieces that one [Footnote …] may run over
MAX_FRONT = 60  # pieces among which labels and a title are looked for
MAX_ENTRY = 160  # characters of a line in a list of contents
MAX_CONTENTS = 2000  # pieces of a list of contents
MIN_CONTENTS = 5  # numbered headings in a row, nothing between them: a list of contents, no chapters
MAX_NOTE = 15  # pieces that one note may run over
MAX_VERSE = 55  # characters of a line of verse; prose is wrapped wider
MIN_CAPITALS = 3  # titles in capitals alone: fewer may be signs and telegrams


@dataclass(frozen=True, slots=True)
class Structure:
    """What `find_structure` found. `metadata`: the labels before the story, as they stand there."""

    blocks: tuple[Block, ...]
    chapters: tuple[Chapter, ...]
    title: str | None
    author: str | None
    metadata: dict[str, object]


@dataclass(slots=True)
class Outline:
    """The pieces while their roles are being found.

    `short[i]`: the piece in one line without its decoration, or "" for a long one. `heads`: what headings are.
    """

    text: str
    pieces: list[Piece]
    roles: list[Role | None]
    short: list[str]
    heads: dict[int, Heading] = field(default_factory=dict)
    title: str | None = None
    author: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)

    def content(self, i: int, limit: int | None = None) -> str:
        """The verbatim text of piece `i`, or its first `limit` characters."""
        piece = self.pieces[i]
        return self.text[piece.start : piece.end if limit is None else min(piece.end, piece.start + limit)]

    def free(self, i: int) -> bool:
        """Is `i` a piece without a role?"""
        return 0 <= i < len(self.roles) and self.roles[i] is None


def find_structure(text: str, pieces: Sequence[Piece]) -> Structure:
    """Give every piece its role, and find the chapters."""
    outline = Outline(text, list(pieces), [piece.role for piece in pieces], [_short(text, piece) for piece in pieces])
    _mark_marked_headings(outline)
    _mark_gutenberg(outline)
    _mark_brackets(outline)
    _mark_breaks(outline)
    _mark_labels(outline)
    _mark_headings(outline)
    _mark_contents(outline)
    _mark_title(outline)
    _mark_endings(outline)
    _mark_notes(outline)
    blocks, starts = _blocks(outline)
    return Structure(blocks, _chapters(outline, blocks, starts), outline.title, outline.author, outline.metadata)


def _short(text: str, piece: Piece) -> str:
    return bare(text[piece.start : piece.end]) if piece.end - piece.start <= 2 * MAX_LENGTH else ""


# ---- what mark-up already says


def _mark_marked_headings(outline: Outline) -> None:
    """Headings by mark-up: the highest level, but for a story's title above it, is that of the chapters."""
    marked = [i for i, piece in enumerate(outline.pieces) if piece.role == "heading"]
    shapes = {i: read_heading(outline.short[i]) for i in marked}
    levels = [outline.pieces[i].level for i in marked if not (shape := shapes[i]) or shape.level > 1]
    if len(levels) > 1 and shapes[marked[0]] is None and outline.pieces[marked[0]].level < min(levels[1:]):
        del levels[0]
    top = min(levels, default=1)
    for i in marked:
        shape = shapes[i]
        level = shape.level if shape and shape.kind != "bare" else 2 if outline.pieces[i].level <= top else 3
        outline.heads[i] = Heading("marked", level, shape.number if shape else None, True)


# ---- Project Gutenberg


def _mark_gutenberg(outline: Outline) -> None:
    start, end = -1, len(outline.pieces)
    for i, short in enumerate(outline.short):
        if not short:
            continue
        if GUTENBERG_START.match(short) and i < end:
            start = i
        elif GUTENBERG_END.match(short) and i > start and end == len(outline.pieces):
            end = i
    for i in range(start + 1):
        outline.roles[i] = "front_matter"
        _read_matter(outline, i)
    for i in range(end, len(outline.pieces)):
        outline.roles[i] = "back_matter"
    for i in range(start + 1, min(end, start + 1 + MAX_FRONT)):
        _read_matter(outline, i)
        if PRODUCED.match(outline.content(i, MAX_LENGTH)) or PROJECT.match(outline.short[i]):
            outline.roles[i] = "front_matter"
    for i in range(start + 1, end):
        if outline.roles[i] is None and TRANSCRIBER.match(outline.content(i, MAX_LENGTH)):
            if i >= 0.9 * end:
                outline.roles[i:end] = ["back_matter"] * (end - i)
            else:
                outline.roles[i] = "front_matter" if i < MAX_FRONT else "back_matter"


def _read_matter(outline: Outline, i: int) -> None:
    """Title and author as Gutenberg's own lines give them."""
    match = PROJECT.match(outline.short[i])
    if match and outline.title is None and match["title"]:
        outline.title = match["title"].strip(" .,")
        outline.author = match["author"].strip(" .,") if match["author"] else None
    if outline.roles[i] == "front_matter":
        label = read_label(outline.content(i, MAX_LENGTH))
        if label and label.value:
            _keep_label(outline, label.label, label.value)


PRODUCED = re.compile(
    r"[_*\[( ]*(?:(?:this )?e-?(?:text|book) (?:was )?(?:prepared|produced|scanned)|(?:re)?produced by|prepared by|"
    r"transcribed (?:by|from)|scanned (?:by|and)|html version by|digitized by)\b",
    re.IGNORECASE,
)
PROJECT = re.compile(
    r"(?:the |this is the )?project gutenberg(?:['’]s)? (?:e-?book|e-?text)(?: of |, )"
    r"(?P<title>.{1,150}?)(?:,? by (?P<author>.{1,80}))?$",
    re.IGNORECASE,
)
TRANSCRIBER = re.compile(r"[_*\[( ]*transcriber['’]?s?['’]? notes?\b", re.IGNORECASE)


# ---- illustrations and footnotes: before the story front matter, in it and after it back matter


def _mark_brackets(outline: Outline) -> None:
    i = 0
    while i < len(outline.pieces):
        if outline.roles[i] is None and outline.text[outline.pieces[i].start] in "[_*":
            last = _bracket_end(outline, i) if BRACKETED.match(outline.content(i, MAX_LENGTH)) else None
            if last is not None:
                for k in range(i, last + 1):
                    outline.roles[k] = "back_matter"
                i = last
            elif FOOTNOTE.match(outline.content(i, MAX_LENGTH)) and _is_referred_to(outline, i):
                outline.roles[i] = "back_matter"
        i += 1


def _bracket_end(outline: Outline, i: int) -> int | None:
    """The piece where the bracket that opens piece `i` closes, at its very end."""
    depth = 0
    for k in range(i, min(i + MAX_BRACKET, len(outline.pieces))):
        content = outline.content(k)
        depth += content.count("[") - content.count("]")
        if depth <= 0:
            return k if content.rstrip("_*. ").endswith("]") else None
    return None


FOOTNOTE = re.compile(r"(?P<mark>\[(?:\d{1,3}|\*|[A-Z])\])\s*\S")


def _is_referred_to(outline: Outline, i: int) -> bool:
    match = FOOTNOTE.match(outline.content(i, MAX_LENGTH))
    start = outline.pieces[i].start
    return match is not None and outline.text.find(match["mark"], max(0, start - 20_000), start) >= 0


# ---- scene breaks


def _mark_breaks(outline: Outline) -> None:
    for i, piece in enumerate(outline.pieces):
        if outline.roles[i] is None and piece.n_lines == 1:
            content = outline.text[piece.start : piece.end]
            if is_scene_break(content):
                outline.roles[i] = "scene_break"


# ---- labels: "Title: …", "Rating: …", "Summary: …" before the first paragraph


def _mark_labels(outline: Outline) -> None:
    summary_next = False
    for i in range(min(MAX_FRONT, len(outline.pieces))):
        if outline.roles[i] is not None:
            continue
        content = outline.content(i, 10 * MAX_LENGTH)
        label = read_label(content)
        if label is None:
            if summary_next:
                outline.roles[i] = "summary"
            elif _is_prose(outline, i) and not is_note(content):
                return
            summary_next = False
        elif re.fullmatch(SUMMARY_LABELS, label.label):
            outline.roles[i] = "summary"
            summary_next = not label.value
            _keep_label(outline, label.label, label.value)
        elif re.fullmatch(NOTE_LABELS, label.label):
            outline.roles[i] = "authors_note"
        else:
            outline.roles[i] = "front_matter"
            _keep_label(outline, label.label, label.value)


def _keep_label(outline: Outline, label: str, value: str) -> None:
    if label == "title":
        outline.title = outline.title or value or None
    elif label == "author":
        outline.author = outline.author or value or None
    if value:
        outline.metadata.setdefault(label, value)


def _is_prose(outline: Outline, i: int) -> bool:
    """Does the piece read like a sentence or more, not like a title, a name or a heading?"""
    short = outline.short[i]
    if not short:
        return True
    if read_heading(short) or is_capitals(short):
        return False
    return short[-1] in '.!?…"”’,;' or len(short) > 100 or short[0] in "\"“‘'"


# ---- headings


def _mark_headings(outline: Outline) -> None:
    candidates = {}
    for i, short in enumerate(outline.short):
        if short and outline.roles[i] is None and outline.pieces[i].n_lines <= 4:
            heading = read_heading(short)
            if heading is not None:
                candidates[i] = heading
    numerals = [i for i, heading in candidates.items() if heading.kind == "bare"]
    kept: set[int] = set()
    for style in (str.isdigit, str.isupper, str.islower):  # 1, I, one (or One): parts and chapters may count apart
        kept |= _in_sequence(outline, [i for i in numerals if style(_numeral(outline, i))], candidates)
    sections = sum(h.kind == "numbered" and h.level == 2 for h in [*candidates.values(), *outline.heads.values()]) > 1
    for i, heading in candidates.items():
        if heading.kind != "bare" or i in kept:
            # numerals below numbered chapters count their sections
            outline.heads[i] = heading._replace(level=3) if heading.kind == "bare" and sections else heading
            outline.roles[i] = "heading"
    _mark_titles_below(outline)
    _mark_capitals(outline)


def _numeral(outline: Outline, i: int) -> str:
    """The number of a heading: figures, a Roman numeral, or a word in small letters."""
    numeral = NUMERAL.search(outline.short[i])
    word = numeral.group() if numeral else ""
    return word.lower() if word.lower() in WORDS else word.upper()


NUMERAL = re.compile(r"\w+")


def _in_sequence(outline: Outline, candidates: list[int], headings: dict[int, Heading]) -> set[int]:
    """Numerals alone are headings where they count: I, II, III …, from one again in each part.

    Below a numbered chapter they may start at two, the first section having none.
    A lone `I` is a word; a stray `1` between 3 and 4 a note's. A file may hold one later chapter alone.
    """
    usual = _usual_gap(outline)
    candidates = [i for i in candidates if headings[i].number and _is_isolated(outline, i, usual)]
    values = [headings[i].number or 0 for i in candidates]
    kept: set[int] = set()
    chain: list[int] = []
    current = 0
    chapters = [i for i, heading in headings.items() if heading.kind == "numbered"]
    part = 0  # chapters that began before the numeral
    for k, (i, value) in enumerate(zip(candidates, values, strict=True)):
        following = values[k + 1] if k + 1 < len(values) else None
        opened = bisect_left(chapters, i)
        anew, part = opened > part, opened
        if anew and value == 2:
            kept.update(chain if _has_chapters(outline, chain) else [])
            chain, current = [chapters[opened - 1], i], 2
        elif current and current < value <= current + 2:
            chain.append(i)
            current = value
        elif value == 1 and not (current > 1 and following == current + 1):
            kept.update(chain if _has_chapters(outline, chain) else [])
            chain, current = [i], 1
        elif i <= 2 and not chain:
            kept.add(i)
    kept.update(chain if _has_chapters(outline, chain) else [])
    return kept.difference(chapters)


def _has_chapters(outline: Outline, chain: list[int]) -> bool:
    """Two numbers at least, and more below them than the stanzas of a poem or the points of a list."""
    if len(chain) < 2:
        return False
    n_empty = sum(b - a < 2 for a, b in pairwise(chain))
    n_verse = sum(_is_verse(outline, i + 1) for i in chain)
    return n_empty < len(chain) / 2 and n_verse < len(chain) / 2


def _is_verse(outline: Outline, i: int) -> bool:
    """Several lines, all short, each set in or with a capital?"""
    if i >= len(outline.pieces) or outline.pieces[i].n_lines < 3:
        return False
    lines = outline.content(i, 10 * MAX_LENGTH).split("\n")
    return all(len(line.strip()) <= MAX_VERSE and not line[:1].islower() for line in lines[1:])


def _is_isolated(outline: Outline, i: int, usual: int) -> bool:
    """Blank lines on both sides, or a file where every line is a paragraph."""
    piece = outline.pieces[i]
    after = outline.pieces[i + 1].gap if i + 1 < len(outline.pieces) else 1
    if usual == 0:
        return piece.n_lines == 1
    return piece.n_lines == 1 and (piece.gap > 0 or i == 0) and after > 0


def _mark_titles_below(outline: Outline) -> None:
    """`CHAPTER I`, and in the next line or after a blank one `The Old Sea-dog`: one heading in two pieces."""
    numbers = [i for i, heading in outline.heads.items() if not heading.titled and outline.free(i + 1)]
    titles = [i + 1 for i in numbers if _is_title_below(outline, i + 1)]
    if len(numbers) >= 4 and len(titles) >= 0.6 * len(numbers):  # where most have one, the others' may be unlike titles
        titles += [i + 1 for i in numbers if i + 1 not in titles and _is_short_line(outline, i + 1)]
    if len(numbers) >= 4 and len(titles) < 0.3 * len(numbers):
        titles = [i for i in titles if outline.pieces[i].gap == 0 or is_capitals(outline.short[i])]
    for i in titles:
        outline.roles[i] = "heading"


def _is_title_below(outline: Outline, i: int) -> bool:
    short, piece = outline.short[i], outline.pieces[i]
    if not short or piece.n_lines > 4 or short[0] in "\"“‘'" and short[-1] not in "\"”’'":
        return False
    if i + 1 < len(outline.pieces) and outline.pieces[i + 1].gap == 0 and piece.gap > 0:
        return False  # the first line of the text itself
    if is_capitals(short):
        return not (short[-1] in "!,;" or starts_note(short))
    return piece.n_lines <= 2 and is_title(short, strict=True) and short[-1] not in '.!…"”' and not starts_note(short)


def _is_short_line(outline: Outline, i: int) -> bool:
    short = outline.short[i]
    return (
        is_title(short, strict=False) and len(short) <= 60 and outline.pieces[i].n_lines == 1 and short[-1] not in '."”'
    )


def _mark_capitals(outline: Outline) -> None:
    """Titles in capitals without a number: after a wide gap or a scene break, or as a book's only headings."""
    usual = _usual_gap(outline)
    candidates = [i for i, short in enumerate(outline.short) if short and _is_capital_title(outline, i)]
    wide = [i for i in candidates if outline.pieces[i].gap > max(usual, 1) or _role(outline, i - 1) == "scene_break"]
    numbered = any(heading.kind != "view" for heading in outline.heads.values())
    chosen = [i for i in candidates if _role(outline, i + 1) == "heading" and len(outline.short[i]) > 4]
    if numbered and len(wide) >= 2:
        chosen += [i for i in wide if outline.short[i][-1] != "."]
    elif not numbered:
        chosen += wide
    if not numbered and len(candidates) >= MIN_CAPITALS and _are_far_apart(candidates):
        chosen += candidates
    for i in sorted(set(chosen)):
        at_top = i < MAX_FRONT and not any(outline.roles[k] is None for k in range(i))
        if at_top and (numbered or len(candidates) < MIN_CAPITALS or _role(outline, i + 1) == "heading"):
            continue  # it is the story's title, if it is not one of several stories'
        outline.roles[i] = "heading"
        below = _role(outline, i + 1) == "heading"
        outline.heads[i] = Heading("capitals", 2 if not numbered or below else 3, None, True)


def _is_capital_title(outline: Outline, i: int) -> bool:
    short = outline.short[i]
    return (
        outline.roles[i] is None
        and is_capitals(short)
        and len(short) <= 80
        and outline.pieces[i].n_lines <= 2
        and (outline.pieces[i].gap > 0 or i == 0)
        and short[0] not in "\"“‘'([-—"
        and short[-1] not in '!?,;:"”’…'
        and short[-1] not in "-—"
        and not short.endswith("...")
        and read_heading(short) is None
        and not is_the_end(short)
        and not starts_note(short)
        and i + 1 < len(outline.pieces)
        and outline.pieces[i + 1].gap > 0
        and outline.roles[i + 1] in (None, "heading")
        and not is_capitals(outline.short[i + 1])
        and (i == 0 or outline.text[outline.pieces[i - 1].end - 1] not in ":,;-—")
    )


def _are_far_apart(candidates: list[int]) -> bool:
    return all(b - a >= 4 for a, b in pairwise(candidates))


def _usual_gap(outline: Outline) -> int:
    gaps = sorted(piece.gap for piece in outline.pieces)
    return gaps[len(gaps) // 2] if gaps else 1


def _role(outline: Outline, i: int) -> Role | None:
    return outline.roles[i] if 0 <= i < len(outline.roles) else None


# ---- lists of contents


def _mark_contents(outline: Outline) -> None:
    """A list that repeats the headings: below the word Contents, or many headings with nothing between them."""
    last = 0
    for i, short in enumerate(outline.short[: 2 * MAX_FRONT]):
        if i >= last and _may_be_entry(outline, i) and CONTENTS.fullmatch(short.strip(" .:")):
            _unmark(outline, i, i + 1)
            last = _contents_end(outline, i)
            _unmark(outline, i, last)
    i = 0
    while i < len(outline.pieces):
        last = i
        while last < len(outline.pieces) and outline.roles[last] == "heading":
            last += 1
        if _n_numbered(outline, i, last) >= MIN_CONTENTS:
            _unmark(outline, i, _body_start(outline, i, last))
        i = max(last, i + 1)
    for i in range(min(MAX_FRONT, len(outline.pieces))):
        if outline.free(i) and _is_contents_list(outline, i):
            outline.roles[i] = "front_matter"


CONTENTS = re.compile(
    r"(?:table of )?contents|list of (?:illustrations|chapters|contents)|chapters|index", re.IGNORECASE
)
ENTRY = re.compile(r"\s*(?:chapter|book|part)?\s*(?:[ivxlc]+|\d{1,3})\s*[.:)—–-]|.*\s\d{1,3}\s*$", re.IGNORECASE)


def _n_numbered(outline: Outline, start: int, end: int) -> int:
    return sum(outline.heads[i].kind in ("numbered", "bare", "named") for i in range(start, end) if i in outline.heads)


def _contents_end(outline: Outline, i: int) -> int:
    """Where the list below `i` ends: before the headings that stand over the first prose."""
    last = i + 1
    while last < min(len(outline.pieces), i + MAX_CONTENTS) and (
        outline.roles[last] in ("heading", "front_matter", "back_matter", "scene_break")
        or (outline.short[last] and not _is_prose(outline, last) and len(outline.short[last]) <= MAX_ENTRY)
        or _is_contents_list(outline, last)
    ):
        last += 1
    if last >= len(outline.pieces):
        return i + 1
    return _body_start(outline, i + 1, last)


def _body_start(outline: Outline, start: int, end: int) -> int:
    """In a row of headings before prose: where the last list ends and the story's first heading stands."""
    first = next((i for i in range(start, end) if i in outline.heads), end)
    key = outline.short[first].lower() if first < end else ""
    for i in range(end - 1, start, -1):
        if i != first and key and outline.short[i].lower() == key:
            return i
    i = end - 1
    while i > start and i not in outline.heads:
        i -= 1
    level = outline.heads[i].level if i in outline.heads else 2
    while i - 1 > start and i - 1 in outline.heads and outline.heads[i - 1].level < level:
        i -= 1
        level = outline.heads[i].level
    return max(i, start) if i in outline.heads else end


def _is_contents_list(outline: Outline, i: int) -> bool:
    """One piece of many lines that all read like entries."""
    piece = outline.pieces[i]
    if piece.n_lines < 3 or piece.end - piece.start > MAX_ENTRY * piece.n_lines:
        return False
    lines = outline.content(i).split("\n")
    return sum(ENTRY.match(line[:MAX_ENTRY]) is not None for line in lines) >= 0.7 * len(lines)


def _unmark(outline: Outline, start: int, end: int) -> None:
    for i in range(start, end):
        if _may_be_entry(outline, i):
            outline.roles[i] = "front_matter"
            outline.heads.pop(i, None)


def _may_be_entry(outline: Outline, i: int) -> bool:
    """Does mark-up leave it open what the piece is?"""
    return outline.pieces[i].role in (None, "heading", "scene_break")


# ---- title and author


def _mark_title(outline: Outline) -> None:
    """The first lines, as far as they are no sentences: title, author, and what else a title page holds."""
    if any(piece.role == "title" for piece in outline.pieces):
        return  # mark-up has told it
    front = []
    for i in range(min(MAX_FRONT, len(outline.pieces))):
        role = outline.roles[i]
        if role == "heading" and not _is_story_title(outline, i):
            break
        if role in (None, "heading"):
            if _is_prose(outline, i) and not BY.fullmatch(outline.short[i]):
                break
            front.append(i)
    front = front[:8]
    by = next((k for k, i in enumerate(front) if BY.match(outline.short[i])), None)
    if not front or (by is None and not _is_story_title(outline, front[0])):
        return
    for k, i in enumerate(front):
        short = outline.short[i]
        match = BY.fullmatch(short)
        if k == 0 and not match:
            outline.roles[i] = "title"
            outline.title = outline.title or short.rstrip(".,: ") or None
        elif match and match["author"]:
            outline.roles[i] = "front_matter"
            outline.author = outline.author or match["author"].strip(" .,*_")
        elif match or SUBTITLE.match(short) or (by is not None and k <= by + 1):
            if by is not None and k == by + 1 and not outline.author:
                outline.author = short.strip(" .,*_")
            outline.roles[i] = "front_matter"
        else:
            break
        outline.heads.pop(i, None)


SUBTITLE = re.compile(
    r"\(|or\b|an? \w+|being\b|in \w+ (?:volumes?|parts?|books?)\b|(?:with )?illustrat|translated|edited|copyright|"
    r"©|\d{4}$|(?:dedicated )?to my\b|chapters?$|complete$|revised|first published|all rights",
    re.IGNORECASE,
)
BY = re.compile(r"(?:(?:a|an) [a-z -]{3,40} )?(?:written |story )?by\b[\s:]*(?P<author>.{0,80})", re.IGNORECASE)


def _is_story_title(outline: Outline, i: int) -> bool:
    """Could this be the title of the whole story?"""
    short = outline.short[i]
    shape = read_heading(short)
    if shape is not None and shape.kind != "view":
        return False
    if outline.pieces[i].role == "heading":
        marked = [piece for piece in outline.pieces if piece.role == "heading"]
        alone = len(marked) == 1 or sum(piece.level <= outline.pieces[i].level for piece in marked) == 1
        return alone
    if (
        i + 1 < len(outline.pieces)
        and outline.pieces[i + 1].gap == 0
        and outline.pieces[i].gap == 0
        and _is_prose(outline, i + 1)
        and not is_capitals(short)
    ):
        return False  # a file without blank lines: its first line is more likely text
    return (
        bool(short)
        and len(short) <= 90
        and is_title(short, strict=True)
        and short[-1] not in ".,;:"
        and not is_note(short)
    )


# ---- the end


def _mark_endings(outline: Outline) -> None:
    """`THE END` wherever it stands, and from there on what is plainly no story."""
    for i, short in enumerate(outline.short):
        if short and outline.roles[i] in (None, "heading") and is_the_end(short) and (i or len(outline.pieces) == 1):
            later = outline.roles[i + 1 : i + 2]
            if outline.roles[i] is None or not later or later[0] is not None:
                outline.roles[i] = "back_matter"
                outline.heads.pop(i, None)
    first = next((i for i, role in enumerate(outline.roles) if role in (None, "heading")), 0)
    for i in range(first):
        if outline.roles[i] in ("back_matter", "scene_break"):
            outline.roles[i] = "front_matter"
    if all(role is not None and role != "heading" for role in outline.roles):
        _keep_a_story(outline)


def _keep_a_story(outline: Outline) -> None:
    """Everything was taken for matter: then nothing was understood, and what has letters is the story."""
    for i, role in enumerate(outline.roles):
        if role in ("front_matter", "back_matter") and not outline.pieces[i].role and len(outline.pieces) <= 2:
            outline.roles[i] = None


# ---- author's notes


def _mark_notes(outline: Outline) -> None:
    start = 0
    for end in [*sorted(outline.heads), len(outline.pieces)]:
        if end > start:
            _mark_notes_between(outline, start, end)
        start = end


def _mark_notes_between(outline: Outline, start: int, end: int) -> None:
    free = [i for i in range(start, end) if outline.roles[i] is None]
    noted = {i for i in free if starts_note(outline.content(i, MAX_LENGTH))}
    noted |= {k for i in noted for k in _open_parenthesis(outline, i, end)}
    _walk_edge(outline, free, noted)
    _walk_edge(outline, free[::-1], noted)
    if free and noted:
        _mark_tail(outline, free, noted)
    if len(noted) == len(free) and start == 0 and end == len(outline.pieces):
        noted = {i for i in noted if starts_note(outline.content(i, MAX_LENGTH))}
    for i in noted:
        outline.roles[i] = "authors_note"


def _walk_edge(outline: Outline, edge: list[int], noted: set[int]) -> None:
    """From a chapter's first (or last) paragraph inwards, as long as they talk to readers."""
    beside = False
    for i in edge[:MAX_NOTE]:
        if i not in noted:
            content = outline.content(i, 10 * MAX_LENGTH)
            if not is_note(content) and not (
                beside and score_note(content) >= NEAR_NOTE_SCORE and not _is_told(content)
            ):
                return
            noted.add(i)
        beside = True


def _is_told(paragraph: str) -> bool:
    """Is there speech in it, or too much of it for an aside?"""
    return paragraph[:1] in '"“«' or len(paragraph) > 600


def _mark_tail(outline: Outline, free: list[int], noted: set[int]) -> None:
    """After the last marked note of a chapter nothing but talk: thanks, replies to reviews, a farewell."""
    last = max(noted)
    tail = [i for i in free if i > last]
    if not tail or len(tail) > MAX_NOTE or last == free[0] or last < free[len(free) // 2]:
        return
    contents = [outline.content(i, 10 * MAX_LENGTH) for i in tail]
    talking = sum(score_note(content) >= NEAR_NOTE_SCORE for content in contents)
    if talking >= 0.6 * len(tail) and not any(_is_told(content) for content in contents):
        noted.update(tail)


def _open_parenthesis(outline: Outline, i: int, end: int) -> list[int]:
    """The pieces that a note opened with `(` or `[` runs on over, to where that closes."""
    content = outline.content(i)
    opening = content.lstrip("*_ ")[:1]
    closing = {"(": ")", "[": "]"}.get(opening)
    if closing is None:
        return []
    depth = content.count(opening) - content.count(closing)
    run: list[int] = []
    for k in range(i + 1, min(i + MAX_NOTE, end)):
        if depth <= 0:
            return run
        if outline.roles[k] is None:
            run.append(k)
        content = outline.content(k)
        depth += content.count(opening) - content.count(closing)
    return run if depth <= 0 else []


# ---- blocks and chapters


def _blocks(outline: Outline) -> tuple[tuple[Block, ...], list[int]]:
    """The blocks, and for each the first piece in it. A number and a title in adjacent lines are one heading."""
    blocks: list[Block] = []
    starts: list[int] = []
    for i, piece in enumerate(outline.pieces):
        role = outline.roles[i] or "paragraph"
        joins = (
            role == "heading" and piece.gap == 0 and piece.role is None and blocks
            and blocks[-1].role == "heading" and i not in outline.heads
        )  # fmt: skip
        if joins:
            blocks[-1] = Block(blocks[-1].start, piece.end, "heading")
        else:
            blocks.append(Block(piece.start, piece.end, role))
            starts.append(i)
    return tuple(blocks), starts


def _chapters(outline: Outline, blocks: tuple[Block, ...], starts: list[int]) -> tuple[Chapter, ...]:
    """From heading to heading. Headings in a row (part, number, title) open one chapter; so does text before the first.

    Headings of the lowest level, `Rukia's POV`, open chapters only where there are no others.
    """
    levels = {heading.level for heading in outline.heads.values()}
    deepest = 3 if levels == {3} else 2
    openings: list[tuple[int, str | None]] = []
    last_told = -1
    end = 0
    row: list[int] = []
    for k, block in enumerate(blocks):
        if block.role == "heading":
            heading = outline.heads.get(starts[k])
            if row or heading is None or heading.level <= deepest:
                row.append(k)
        elif block.role == "paragraph":
            if row or last_told < 0:
                openings.append(
                    (block.start if not row else blocks[row[0]].start, _title(outline, blocks, starts, row))
                )
            row = []
            last_told = k
        if block.role not in ("back_matter", "front_matter"):
            end = block.end
    if row:  # a heading with nothing told below it
        openings.append((blocks[row[0]].start, _title(outline, blocks, starts, row)))
    if not openings:
        return ()
    ends = [start for start, _ in openings[1:]] + [max(end, openings[-1][0])]
    return tuple(
        Chapter(f"chapter-{n}", title, start, stop)
        for n, ((start, title), stop) in enumerate(zip(openings, ends, strict=True), 1)
    )


def _title(outline: Outline, blocks: tuple[Block, ...], starts: list[int], row: list[int]) -> str | None:
    """A chapter's title: its headings in one line."""
    heads = [outline.heads.get(starts[k]) for k in row]
    deep = [head is not None and head.level == 3 for head in heads]
    row = [k for n, k in enumerate(row) if not deep[n] or all(deep)]  # a chapter's first section is not its title
    titles = [without_marks(outline.text[blocks[k].start : blocks[k].end].rstrip("=-\n")) for k in row]
    titles = [title for title in titles if title]
    return ": ".join([*(title.rstrip(" .:") for title in titles[:-1]), titles[-1]]) if titles else None
