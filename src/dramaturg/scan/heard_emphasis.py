"""Speech that is only emphasised: telepathy in italics, text messages in italics or bold.

Most italics are thoughts or stress. Emphasis is heard or read by somebody if a tag says so: a verb of speech after it
(`*Left,* said the voice`), a verb of speech or of writing before it (`I typed *who is this*`), a thought that is sent
to somebody (`*Crumb!* she thought at him`), or the label of its sender (`Teo: **u up**`). A story that has such speech
answers it in the same way: then emphasised paragraphs next to it are speech, too.
"""

import re
from collections.abc import Sequence

from dramaturg.lexicon.language import Language
from dramaturg.scan.mind_speech import MIND
from dramaturg.scan.pairing import Stretch
from dramaturg.scan.speech import is_title
from dramaturg.scan.tags import core_tag_at
from dramaturg.scan.tokens import BARE_WORD
from dramaturg.story import Block, Span

MIN_TOLD = 3  # stretches that a tag or a label gives to somebody, in a story whose other emphasis answers them
MAX_GAP = 2  # paragraphs between speech of this kind and its answer
MIN_RUN, MAX_WORDS = 3, 30  # emphasised paragraphs that follow each other, each this short, are an exchange
MAX_CHARACTERS = 60  # looked at before a stretch
MAX_EDGE = 9  # characters without a word beside a stretch that is a whole paragraph
_MARKS = "*_"
_POINTS = ",.!?…—–-"
_LABEL = re.compile(r"(?:\d{1,2}[:.]\d{2}\W{1,3})?[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2}: *")
_SENTENCE_END = re.compile(r"[.!?…][\"”’'»)]*\s")


def find_heard_emphasis(
    text: str, paragraphs: Sequence[Block], emphasis: Sequence[tuple[int, Span]], language: Language
) -> dict[int, list[Stretch]]:
    """The emphasised speech of a story, by the index of its paragraph. Linear in the length of the text.

    `emphasis`: that outside quotation marks, each with the index of the paragraph that holds it.
    """
    spans = [(index, _with_marks(text, paragraphs[index], span)) for index, span in emphasis]
    told = {n for n, (index, span) in enumerate(spans) if _is_told(text, paragraphs[index], span, language)}
    told |= _said_further(text, spans, told)
    if len(told) >= MIN_TOLD:
        whole = [n for n, (index, span) in enumerate(spans) if _is_whole(text, paragraphs[index], span)]
        told |= _exchanges(text, spans, whole)
        told |= _answers(spans, sorted(told.union(whole)), told)
        told |= _answers(spans, sorted(told.union(whole), reverse=True), told)
    found: dict[int, list[Stretch]] = {}
    for n in sorted(told):
        index, span = spans[n]
        found.setdefault(index, []).append(Stretch(span.start, span.end, MIND, -1, True, True))
    return found


def _with_marks(text: str, block: Block, span: Span) -> Span:
    """An emphasised span with the marks around it, as plain text has them."""
    start, end = span.start, span.end
    while start > block.start and text[start - 1] in _MARKS:
        start -= 1
    while end < block.end and text[end] in _MARKS:
        end += 1
    return Span(start, end)


def _is_told(text: str, block: Block, span: Span, language: Language) -> bool:
    """Whether a tag or a label gives an emphasised stretch to somebody who says, writes or sends it."""
    words = BARE_WORD.findall(text, span.start, min(span.end, span.start + 400))
    body = text[span.start : span.end].strip(_MARKS)
    if not words or not body.strip():
        return False
    pointed = body[-1] in _POINTS
    after = span.end
    if pointed and not (len(words) > 1 and is_title(words, language)) or body[-1] in "!?":
        until = min(block.end, after + MAX_CHARACTERS)
        if language.narration.sends_after.match(text, after, until):
            return True
        if language.narration.thinks_after.match(text, after, until):
            return False
        if core_tag_at(text, after, block.end, language) >= 0:
            return True
    before = text[max(block.start, span.start - MAX_CHARACTERS) : span.start]
    if len(before) == span.start - block.start and _LABEL.fullmatch(before):
        return _is_last(text, block, span)
    return _is_led(before.rstrip(), words, pointed, language)


def _is_led(before: str, words: list[str], pointed: bool, language: Language) -> bool:
    """Whether a verb of speech or writing leads to a stretch: `I typed`, `she wrote to the other one:`."""
    if not before or (len(words) == 1 and not pointed):
        return False
    speech = language.speech
    clause = [word.lower() for word in BARE_WORD.findall(_SENTENCE_END.split(before)[-1])]
    near = clause if before[-1] in ":," else clause[-1:]
    leads = not (speech.core_verbs | speech.writing_verbs).isdisjoint(near)
    if not leads or not speech.written_things.isdisjoint(clause) or not speech.naming_words.isdisjoint(near):
        return False
    if before[-1] in ":,":
        return True
    written = not speech.writing_verbs.isdisjoint(near)
    return before[-1].isalpha() and (written or pointed) and not is_title(words, language)


def _said_further(text: str, spans: Sequence[tuple[int, Span]], told: set[int]) -> set[int]:
    """The whole sentences after a told stretch in its paragraph: `*Left,* he said. *No. Your other one.*`"""
    further: set[int] = set()
    for n in range(1, len(spans)):
        index, span = spans[n]
        if n not in told and spans[n - 1][0] == index and (n - 1 in told or n - 1 in further):
            body = text[span.start : span.end].strip(_MARKS)
            if body[:1].isupper() and body[-1:] in ".!?…—–-":
                further.add(n)
    return further


def _is_whole(text: str, block: Block, span: Span) -> bool:
    """Whether a stretch is all the words of its paragraph."""
    at_start = span.start - block.start <= MAX_EDGE and not any(map(str.isalnum, text[block.start : span.start]))
    return at_start and _is_last(text, block, span)


def _is_last(text: str, block: Block, span: Span) -> bool:
    """Whether no words follow a stretch in its paragraph."""
    return block.end - span.end <= MAX_EDGE and not any(map(str.isalnum, text[span.end : block.end]))


def _exchanges(text: str, spans: Sequence[tuple[int, Span]], whole: Sequence[int]) -> set[int]:
    """The short emphasised paragraphs of which several follow each other."""
    found: set[int] = set()
    run: list[int] = []
    for n in [*whole, -1]:
        if (
            n >= 0
            and text.count(" ", spans[n][1].start, spans[n][1].end) < MAX_WORDS
            and (not run or spans[n][0] - spans[run[-1]][0] == 1)
        ):
            run.append(n)
        else:
            found.update(run if len(run) >= MIN_RUN else ())
            run = [n]
    return found


def _answers(spans: Sequence[tuple[int, Span]], order: Sequence[int], told: set[int]) -> set[int]:
    """The whole paragraphs that are close to speech of this kind before them, in an order, and to each other."""
    found: set[int] = set()
    last: int | None = None  # the paragraph of the last such speech
    for n in order:
        index = spans[n][0]
        if n in told or (last is not None and abs(index - last) <= MAX_GAP):
            last = index
            found.add(n)
    return found
