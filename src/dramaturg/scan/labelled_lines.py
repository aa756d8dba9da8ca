"""Speech after a label: chat and text messages, transcripts, plays, role-play (`VANE: Is the key here?`).

The label remains narration; the words after it are speech. A story has such lines if labels recur, or if several
follow each other under names that the story uses: a line that only looks like one (`Note: …`) stands alone.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from dramaturg.lexicon.language import Language
from dramaturg.story import Block, Span

MIN_LINES_PER_LABEL = 2
MIN_LABELS = 2
MIN_LINES = 4
MAX_LABEL_WORDS = 4
MIN_RUN = 3  # lines that follow each other, each under a name of the story
# A time, emphasis or an angle bracket may be around the label: `[08:15] ina: …`, `**tom_r:** …`, `<ina>: …`.
_LINE = re.compile(
    r"[ \t]*(?:[\[(]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u00a0]?[AaPp]\.?[Mm]\.?)?[\])]?[ \t]*(?:[-–—][ \t]*)?)?"
    r"(?:[*_]{1,3}|<)?(?P<label>@?[^\W_][^:<>*\n\"“”«»‘]{0,29}?)[*_>]{0,3}[ \t]?:[*_]{0,3}(?=[ \t])(?P<words>[^\n]*)"
)
_CAPITAL_WORD = re.compile(r"\b[A-Z][\w'’-]*")
_LABEL_WORD = re.compile(r"[^\W_][\w.'’-]*")
# In role-play an act is between asterisks, at the beginning of the words or after a sentence: `Sure. *walks over*`.
_ACT = re.compile(r"(?:^|(?<=[.!?…)\]\"”’] )|(?<=[.!?…)\]\"”’]))\*[^*\n]+\*")
_OPENING_MARKS = '"“”‘«»„—–'  # speech that has marks of its own


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A label, and the stretches of speech after it, without acts. Places in the text."""

    label: Span
    speech: tuple[Span, ...]


def find_labelled_lines(text: str, paragraphs: tuple[Block, ...], language: Language) -> dict[int, list[LabelledLine]]:
    """The labelled lines of a story, by the index of their paragraph. Linear in the length of the text."""
    matches = [(index, match) for index, block in enumerate(paragraphs) for match in _lines(text, block, language)]
    counts = Counter(_key(match) for _, match in matches)
    recurring = {label for label, n_lines in counts.items() if n_lines >= MIN_LINES_PER_LABEL}
    if len(recurring) < MIN_LABELS:
        matches = list(_runs(text, matches, recurring))
        recurring = {_key(match) for _, match in matches}
    n_single = Counter(index for index, match in matches if _key(match) not in recurring)
    found: dict[int, list[LabelledLine]] = {}
    for index, match in matches:
        if _key(match) not in recurring and (n_single[index] > 1 or not _may_be_single(match)):
            continue
        speech = tuple(_speech(text, match.start("words"), match.end("words")))
        if speech:
            found.setdefault(index, []).append(LabelledLine(Span(*match.span("label")), speech))
    return found if sum(map(len, found.values())) >= MIN_LINES else {}


def _runs(
    text: str, matches: Sequence[tuple[int, re.Match[str]]], recurring: Container[str]
) -> Iterator[tuple[int, re.Match[str]]]:
    """The lines that follow each other, several of them, under labels that recur or are written in the story, too."""
    if len(matches) < MIN_RUN:
        return
    words = Counter(word.casefold() for word in _CAPITAL_WORD.findall(text))
    in_labels = Counter(word.casefold() for _, match in matches for word in _CAPITAL_WORD.findall(match["label"]))
    run: list[tuple[int, re.Match[str]]] = []
    for index, match in [*matches, (-1, None)]:
        is_known = match is not None and (
            _key(match) in recurring or any(words[word] > in_labels[word] for word in _key(match).split())
        )
        if match is not None and is_known and (not run or 0 <= index - run[-1][0] <= 1):
            run.append((index, match))
            continue
        if len(run) >= MIN_RUN and len({_key(one) for _, one in run}) >= MIN_LABELS:
            yield from run
        run = [(index, match)] if match is not None and is_known else []


def _lines(text: str, block: Block, language: Language) -> Iterator[re.Match[str]]:
    """The lines of a paragraph that look labelled, if its first one does."""
    at = block.start
    while at < block.end:
        end = text.find("\n", at, block.end)
        end = block.end if end < 0 else end
        match = _LINE.match(text, at, end)
        if match and _is_label(match["label"], language) and match["words"].strip():
            yield match
        elif at == block.start:
            return
        at = end + 1


def _key(match: re.Match[str]) -> str:
    return match["label"].casefold()


def _is_label(label: str, language: Language) -> bool:
    """Whether words may be a label: each begins with a capital or a digit or is a title, or they are a handle."""
    words = _LABEL_WORD.findall(label)
    if not words or len(words) > MAX_LABEL_WORDS or label[-1] in ",;.!?":
        return False
    is_handle = len(words) == 1 or unicodedata.category(label[-1]) == "So"  # ends in a pictograph
    people = language.people
    *first, last = words
    return is_handle or (
        (last[0].isupper() or last[0].isdigit())
        and all(w[0].isupper() or w[0].isdigit() or w in people.titles or w in people.person_nouns for w in first)
    )


def _may_be_single(match: re.Match[str]) -> bool:
    """Whether a label that occurs once may be one: `Aunt Bo: are you there`, but not `Luck: 7`."""
    return match["label"][0].isupper() and not match["words"].strip().isdigit()


def _speech(text: str, start: int, end: int) -> Iterator[Span]:
    """The stretches of speech in the words after a label."""
    while start < end and text[start].isspace():
        start += 1
    if start == end or text[start] in _OPENING_MARKS:
        return
    acts = [(start + act.start(), start + act.end()) for act in _ACT.finditer(text[start:end])]
    at = start
    for low, high in [*acts, (end, end)]:
        stretch = text[at:low]
        if any(map(str.isalnum, stretch)):
            yield Span(at + len(stretch) - len(stretch.lstrip()), low - len(stretch) + len(stretch.rstrip()))
        at = high
