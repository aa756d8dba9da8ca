"""Reading → the script of Alexandria (alexandria-audiobook): `annotated_script.json`.

A JSON list in the order of the text, as the program's own script generator writes it: `speaker`, `text`, and
`instruct`, a direction in words for its speech model, empty here. The narration's speaker is NARRATOR.
"""

import json

from dramaturg.exporters.casting import NARRATION
from dramaturg.exporters.common.voiced_text import voice_labels, voiced_texts
from dramaturg.reading import Reading

ABOUT = "Alexandria's script for an audiobook, a voice for each person"
SUFFIX = ".alexandria.json"
NARRATOR = "NARRATOR"


def to_text(reading: Reading, *, leave_out_tags: bool = False, notes: bool = True) -> str:
    """The script as JSON.

    `leave_out_tags`: leave out “he said”, since each speaker has a voice
    `notes`: include author's notes, summaries, front and back matter
    """
    labels = {**voice_labels(reading), NARRATION: NARRATOR}
    entries = [
        {"speaker": labels[one.voice], "text": one.text, "instruct": ""}
        for one in voiced_texts(reading, leave_out_tags=leave_out_tags, notes=notes)
        if one.text
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
