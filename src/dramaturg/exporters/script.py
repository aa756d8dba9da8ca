"""Reading → a script, line by line in reading order: narration, speech and tags told apart, nothing lost.

A line is what one voice says in one go. The lines' `text` and `space`, joined in order, are the story's text to the
character. Punctuation that stands alone beside a tag (`,` or `.`) goes with the tag.
"""

import csv
import io
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from dramaturg.errors import UsageError
from dramaturg.exporters.manuscript import Manuscript
from dramaturg.exporters.markdown_text import markdown
from dramaturg.formatting import one_line
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Mention, Quotation, Reading, SegmentKind

FORMS = ("json", "csv", "markdown")
COLUMNS = tuple(
    "number chapter paragraph kind speaker name addressees confidence quotation group aloud start end text".split()
) + ("space",)
# Verbs that tell no more than that somebody speaks: any other says how.
PLAIN_VERBS = frozenset("say ask answer reply respond".split())
WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
SENTENCE_ENDS = re.compile(r"[.!?…]+[\s]+")
# What says how, after the tag's verb: “brusquely.”, “, with interest.”, “in a low voice,”; a few words to its end.
MANNER = re.compile(
    r"(?:\s+|,\s+(?=\w+ly\b|with\b|in\b))(?:[^\W\d_][\w’'-]*\s+){0,3}(?P<last>[^\W\d_][\w’'-]*)"
    r"(?:[.!?…]+\s+|[.,;:!?…—–]*\s*\Z)"
)
FRAME = re.compile(r"[\s,.;:!?…—–-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice says in one go.

    `number` counts from 1. `chapter` is a chapter's id, `paragraph` the block's number, counted from 1; None outside of
    any. `text` stands at `[start, end)`, `space` is the white space after it. `aloud`: whether there is anything to
    say: not in a scene break, nor in a tag that was left out.
    """

    number: int
    chapter: str | None
    paragraph: int | None
    kind: SegmentKind
    start: int
    end: int
    text: str
    space: str
    quotation: Quotation | None
    aloud: bool

    @property
    def speaker(self) -> str | None:
        """The id of who speaks; None where nobody does, or it is unknown."""
        return None if self.quotation is None else self.quotation.speaker


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    kind: SegmentKind
    quotation: str | None
    block: int | None


def script_lines(reading: Reading, *, leave_out_tags: bool = False) -> list[Line]:
    """The lines of a story in reading order.

    `leave_out_tags`: whether tags that a voice of one's own makes needless ("he said") are not `aloud`.
    """
    text = reading.story.text
    by_id = {quotation.id: quotation for quotation in reading.quotations}
    starts = [chapter.start for chapter in reading.story.chapters]
    lines = []
    for number, piece in enumerate(_joined(text, _pieces(reading)), 1):
        words = text[piece.start : piece.end]
        bare = words.rstrip()
        chapter = bisect_right(starts, piece.start) - 1
        inside = chapter >= 0 and piece.start < reading.story.chapters[chapter].end
        lines.append(
            Line(
                number=number,
                chapter=reading.story.chapters[chapter].id if inside else None,
                paragraph=None if piece.block is None else piece.block + 1,
                kind=piece.kind,
                start=piece.start,
                end=piece.start + len(bare),
                text=bare,
                space=words[len(bare) :],
                quotation=None if piece.quotation is None else by_id[piece.quotation],
                aloud=piece.kind != "break" and any(c.isalnum() for c in bare),
            )
        )
    return _without_needless_tags(reading, lines) if leave_out_tags else lines


def to_text(reading: Reading, *, form: str = "json", leave_out_tags: bool = False) -> str:
    """The script as a text.

    `form`: json, csv or markdown
    `leave_out_tags`: leave out “he said” where the speaker has a voice; JSON and CSV keep the line with `aloud` false
    """
    if form not in FORMS:
        raise UsageError(f"there is no script in the form “{form}”. There are: {', '.join(FORMS)}.")
    lines = script_lines(reading, leave_out_tags=leave_out_tags)
    if form == "markdown":
        return _markdown(reading, lines)
    rows = [_row(reading, line) for line in lines]
    if form == "csv":
        return _csv(rows)
    story = reading.story.source
    document = {"title": story.title, "author": story.author, "made_by": asdict(reading.made_by), "lines": rows}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _row(reading: Reading, line: Line) -> dict[str, Any]:
    quotation = line.quotation
    return {
        "number": line.number,
        "chapter": line.chapter,
        "paragraph": line.paragraph,
        "kind": line.kind,
        "speaker": line.speaker,
        "name": reading.name_of(line.speaker),
        "addressees": list(quotation.addressees) if quotation else [],
        "confidence": quotation.confidence if quotation else None,
        "quotation": quotation.id if quotation else None,
        "group": quotation.group if quotation else None,
        "aloud": line.aloud,
        "start": line.start,
        "end": line.end,
        "text": line.text,
        "space": line.space,
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    for row in rows:
        cells = {**row, "addressees": " ".join(row["addressees"]), "aloud": "yes" if row["aloud"] else "no"}
        writer.writerow({name: "" if value is None else value for name, value in cells.items()})
    return file.getvalue()


def _markdown(reading: Reading, lines: list[Line]) -> str:
    """A script to read from: who speaks in bold, tags in italics, narration as it is, a rule for a scene break."""
    manuscript = Manuscript(reading)
    titles = {n for n, block in enumerate(reading.story.blocks, 1) if block.role == "title"}
    title = reading.story.source.title
    made = [f"# {markdown(one_line(title))}"] if title and not titles else []
    running: Line | None = None  # the narration or tag that the next one goes on from
    for line in lines:
        if line.kind == "break":
            made.append("* * *")
        if not line.aloud:
            running = None
            continue
        words = markdown(one_line(manuscript.words(line.start, line.end)))
        if line.kind == "heading":
            made.append(f"{'#' if line.paragraph in titles else '##'} {words}")
        elif line.kind == "speech" and line.quotation:
            name = markdown((reading.name_of(line.speaker) or "(unknown)").upper())
            made.append(f"**{name}**{_to(reading, line.quotation)}: {words}")
        elif line.kind in ("note", "matter"):
            made.append(f"> {words}")
        else:
            words = words if line.kind == "narration" else f"*{words}*"
            if running is not None and running.paragraph == line.paragraph:
                made[-1] += (" " if running.space else "") + words
            else:
                made.append(words)
            running = line
            continue
        running = None
    return "\n\n".join(made) + "\n"


def _to(reading: Reading, quotation: Quotation) -> str:
    names = [reading.character(id).name for id in quotation.addressees]
    return f" (to {markdown(', '.join(names))})" if names else ""


def _pieces(reading: Reading) -> Iterator[_Piece]:
    """The segments, cut where a block begins or ends. What lies between blocks is cut off as a piece of its own."""
    blocks = reading.story.blocks
    at = 0  # index of the first block that does not end before the segment
    for segment in reading.segments:
        start = segment.start
        while start < segment.end:
            while at < len(blocks) and blocks[at].end <= start:
                at += 1
            inside = at < len(blocks) and blocks[at].start <= start
            edge = segment.end if at == len(blocks) else blocks[at].end if inside else blocks[at].start
            end = min(edge, segment.end)
            yield _Piece(start, end, segment.kind, segment.quotation, at if inside else None)
            start = end


def _joined(text: str, pieces: Iterator[_Piece]) -> list[_Piece]:
    """The pieces, with white space and the punctuation after a tag joined to the piece before."""
    joined: list[_Piece] = []
    lead: int | None = None  # where white space that nothing stands before begins
    for piece in pieces:
        before = joined[-1] if joined else None
        words = text[piece.start : piece.end]
        if not words.strip():
            if before is None:
                lead = piece.start if lead is None else lead
            else:
                joined[-1] = replace(before, end=piece.end)
            continue
        if lead is not None:
            piece, lead = replace(piece, start=lead), None
        taken = _goes_with(words, before, piece) or len(words) - len(words.lstrip())
        if before is not None and taken:
            joined[-1] = replace(before, end=piece.start + taken)
            piece = replace(piece, start=piece.start + taken)
        if piece.start < piece.end:
            joined.append(piece)
    if lead is not None:  # a story of white space alone
        joined.append(_Piece(lead, len(text), "narration", None, None))
    return joined


def _goes_with(words: str, before: _Piece | None, piece: _Piece) -> int:
    """How many characters of a piece of narration belong to the line before: the end of a tag's sentence."""
    if before is None or piece.kind != "narration" or before.kind not in ("tag", "thought"):
        return 0
    if before.block != piece.block or piece.block is None:
        return 0
    if FRAME.fullmatch(words):
        return len(words)
    if end := SENTENCE_ENDS.match(words):
        return end.end()
    manner = MANNER.match(words) if before.kind == "tag" else None
    is_whole = (
        manner is not None and f"{manner['last'].lower()}." not in ENGLISH.people.titles
    )  # I said to Mrs. | Hudson
    return manner.end() if manner is not None and is_whole else 0


def _without_needless_tags(reading: Reading, lines: list[Line]) -> list[Line]:
    mentions = sorted(reading.mentions, key=lambda mention: mention.start)
    left = []
    for n, line in enumerate(lines):
        before = lines[n - 1] if n and lines[n - 1].paragraph == line.paragraph else None
        after = lines[n + 1] if n + 1 < len(lines) and lines[n + 1].paragraph == line.paragraph else None
        needless = _is_needless(before, line, after, mentions)
        left.append(replace(line, aloud=False) if needless else line)
    return left


def _is_needless(before: Line | None, line: Line, after: Line | None, mentions: list[Mention]) -> bool:
    """Whether a tag tells nothing that its speaker's voice does not, and its sentence stands without it."""
    if line.kind != "tag" or line.paragraph is None:
        return False
    follows_speech = before is not None and before.kind == "speech"
    precedes_speech = after is not None and after.kind == "speech"
    spoken = before if follows_speech else after
    if spoken is None or spoken.speaker is None or not _says_only_who(line, spoken.speaker, mentions):
        return False
    begins_sentence = before is None or before.text.endswith((".", "!", "?", "…"))
    if not follows_speech and not begins_sentence:  # He turned and | said: …
        return False
    # Narration may follow only where a sentence of its own begins.
    return after is None or precedes_speech or line.text.endswith((".", "!", "?", "…"))


def _says_only_who(tag: Line, speaker: str, mentions: list[Mention]) -> bool:
    """Whether a tag is a plain verb, and one or more mentions of this speaker: “said Tom”, “asked the old man”.

    Where it says another than the speaker, one of the two is wrong, and the listener should hear it.
    """
    first = bisect_left(mentions, tag.start, key=lambda mention: mention.start)
    last = bisect_left(mentions, tag.end, key=lambda mention: mention.start)
    of_speaker = [m for m in mentions[first:last] if m.character == speaker and m.end <= tag.end]
    rest = [
        word.group().lower()
        for word in WORD.finditer(tag.text)
        if not any(m.start <= tag.start + word.start() < m.end for m in of_speaker)
    ]
    verb = ENGLISH.speech.verbs.get(rest[0]) if len(rest) == 1 and of_speaker else None
    return verb is not None and verb.lemma in PLAIN_VERBS
