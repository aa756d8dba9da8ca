"""The story line by line: narration, speech and tags separated, in text order, with nothing lost.

A line is what one voice says without interruption. The lines' `text` and `space`, joined in order, are the story's text
to the character. Punctuation next to a tag (`,` or `.`) belongs to the tag.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Mention, Quotation, Reading, SegmentKind

WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
SENTENCE_ENDS = re.compile(r"[.!?…]+[\s]+")
ENDS = (".", "!", "?", "…", ":")
FRAME = re.compile(r"[\s,.;:!?…—–-]*")


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """What one voice says without interruption.

    `number` counts from 1. `chapter` is the chapter's id and `paragraph` the block's number from 1; None outside of
    any. `text` is at `[start, end)`, and `space` is the white space after it. `aloud` is false if there is nothing to
    say: in a scene break, and in a tag that was left out.
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
        """The id of the speaker; None if nobody speaks or the speaker is unknown."""
        return None if self.quotation is None else self.quotation.speaker


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a segment inside one block, or between blocks (`block` is None)."""

    start: int
    end: int
    kind: SegmentKind
    quotation: str | None
    block: int | None


def script_lines(reading: Reading, *, leave_out_tags: bool = False) -> list[ScriptLine]:
    """The lines of a story in text order.

    With `leave_out_tags`, tags such as "he said", which say no more than the speaker's voice does, are not `aloud`.
    """
    text = reading.story.text
    by_id = {quotation.id: quotation for quotation in reading.quotations}
    starts = [chapter.start for chapter in reading.story.chapters]
    lines = []
    for number, piece in enumerate(_whole_sentences(text, _joined(text, _pieces(reading))), 1):
        words = text[piece.start : piece.end]
        bare = words.rstrip()
        chapter = bisect_right(starts, piece.start) - 1
        inside = chapter >= 0 and piece.start < reading.story.chapters[chapter].end
        lines.append(
            ScriptLine(
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
    return _without_redundant_tags(reading, lines) if leave_out_tags else lines


def _pieces(reading: Reading) -> Iterator[_Piece]:
    """The segments, cut where a block begins or ends. Text between blocks is a piece of its own."""
    blocks = reading.story.blocks
    at = 0  # index of the first block that ends after the segment's start
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
    """The pieces, with white space and the punctuation after a tag added to the piece before."""
    joined: list[_Piece] = []
    lead: int | None = None  # where leading white space begins
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
    if lead is not None:  # the text is only white space
        joined.append(_Piece(lead, len(text), "narration", None, None))
    return joined


def _whole_sentences(text: str, pieces: list[_Piece]) -> Iterator[_Piece]:
    """The pieces, with a tag and the narration around it joined where a sentence goes on from one into the other."""
    before: _Piece | None = None
    for piece in pieces:
        if before is None:
            before = piece
        elif _is_one_sentence(text, before, piece):
            before = replace(before, end=piece.end, kind="narration")
        else:
            yield before
            before = piece
    if before is not None:
        yield before


def _is_one_sentence(text: str, before: _Piece, piece: _Piece) -> bool:
    if {before.kind, piece.kind} not in ({"tag", "narration"}, {"tag"}) or before.block != piece.block:
        return False
    words = text[before.start : before.end].rstrip()
    return before.block is not None and not words.endswith((*ENDS, *(end + mark for end in ENDS for mark in "”’\"')")))


def _goes_with(words: str, before: _Piece | None, piece: _Piece) -> int:
    """How many characters of a piece of narration belong to the line before, as the end of a tag's sentence."""
    if before is None or piece.kind != "narration" or before.kind not in ("tag", "thought"):
        return 0
    if before.block != piece.block or piece.block is None:
        return 0
    if FRAME.fullmatch(words):
        return len(words)
    if end := SENTENCE_ENDS.match(words):
        return end.end()
    manner = ENGLISH.speech.manner_phrase.match(words) if before.kind == "tag" else None
    is_whole = (
        manner is not None and f"{manner['last'].lower()}." not in ENGLISH.people.titles
    )  # I said to Mrs. | Hudson
    return manner.end() if manner is not None and is_whole else 0


def _without_redundant_tags(reading: Reading, lines: list[ScriptLine]) -> list[ScriptLine]:
    mentions = sorted(reading.mentions, key=lambda mention: mention.start)
    left = []
    for n, line in enumerate(lines):
        before = lines[n - 1] if n and lines[n - 1].paragraph == line.paragraph else None
        after = lines[n + 1] if n + 1 < len(lines) and lines[n + 1].paragraph == line.paragraph else None
        redundant = _is_redundant(before, line, after, mentions)
        left.append(replace(line, aloud=False) if redundant else line)
    return left


def _is_redundant(
    before: ScriptLine | None, line: ScriptLine, after: ScriptLine | None, mentions: list[Mention]
) -> bool:
    """Whether a tag says no more than the speaker's voice does, and the sentence is complete without it."""
    if line.kind != "tag" or line.paragraph is None:
        return False
    follows_speech = before is not None and before.kind == "speech"
    precedes_speech = after is not None and after.kind == "speech"
    spoken = before if follows_speech else after
    if spoken is None or spoken.speaker is None or not _only_names_speaker(line, spoken.speaker, mentions):
        return False
    begins_sentence = before is None or before.text.endswith((".", "!", "?", "…"))
    if not follows_speech and not begins_sentence:  # He turned and | said: …
        return False
    # Narration may follow only if it begins a new sentence.
    return after is None or precedes_speech or line.text.endswith((".", "!", "?", "…"))


def _only_names_speaker(tag: ScriptLine, speaker: str, mentions: list[Mention]) -> bool:
    """Whether a tag is a neutral verb with one or more mentions of this speaker: “said Tom”, “asked the old man”.

    If the tag mentions somebody else, either the tag or the speaker is wrong, and the listener should hear it.
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
    return verb is not None and verb.lemma in ENGLISH.speech.neutral_verbs
