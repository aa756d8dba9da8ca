"""The story as programs that make audiobooks take it: stretches of text, each with the voice that reads it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dramaturg.exporters.casting import NARRATION, UNKNOWN, voices
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.script_lines import ScriptLine, script_lines
from dramaturg.formatting import one_line
from dramaturg.reading import Quotation, Reading, SegmentKind

NARRATOR_LABEL, UNKNOWN_LABEL = "Narrator", "Unknown"


@dataclass(frozen=True, slots=True)
class VoicedText:
    """What one voice reads without interruption; a scene break is one without text.

    `voice` is its id in the casting sheet. `kind` is speech, heading, break or narration, which includes everything
    else. `chapter` is the chapter's id, `paragraph` the number of the block; None outside of any. `space_before` is
    whether white space separates it from the text before.
    """

    voice: str
    kind: SegmentKind
    text: str
    chapter: str | None
    paragraph: int | None
    space_before: bool
    quotation: Quotation | None


def voiced_texts(reading: Reading, *, leave_out_tags: bool = False, notes: bool = True) -> Iterator[VoicedText]:
    """The stretches of a story in text order, as they are shown. Narration is joined within a paragraph.

    `notes`: include author's notes, summaries, front and back matter.
    """
    display = DisplayText(reading)
    before: VoicedText | None = None
    space = True
    for line in script_lines(reading, leave_out_tags=leave_out_tags):
        wanted = line.kind == "break" or (line.aloud and (notes or line.kind not in ("note", "matter")))
        if wanted:
            one = _voiced(line, one_line(display.plain(line.start, line.end)), space)
            if before is not None and _continues(before, one):
                before = replace(before, text=before.text + (" " if space else "") + one.text)
            else:
                if before is not None:
                    yield before
                before = one
        space = bool(line.space) or (space and not wanted)
    if before is not None:
        yield before


def voice_labels(reading: Reading) -> dict[str, str]:
    """A name for each voice, by its id in the casting sheet. No two differ only in the case of their letters."""
    labels: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for voice in voices(reading):
        label = {NARRATION: NARRATOR_LABEL, UNKNOWN: UNKNOWN_LABEL}.get(voice.id, one_line(voice.name))
        taken[label.casefold()] += 1
        while taken[label.casefold()] > 1:
            label = f"{label} {taken[label.casefold()]}"
            taken[label.casefold()] += 1
        labels[voice.id] = label
    return labels


def _voiced(line: ScriptLine, text: str, space_before: bool) -> VoicedText:
    kind = line.kind if line.kind in ("speech", "heading", "break") else "narration"
    voice = (line.speaker or UNKNOWN) if kind == "speech" else NARRATION
    text = "" if kind == "break" else text
    return VoicedText(voice, kind, text, line.chapter, line.paragraph, space_before, line.quotation)


def _continues(before: VoicedText, one: VoicedText) -> bool:
    return before.kind == one.kind == "narration" and before.paragraph == one.paragraph is not None
