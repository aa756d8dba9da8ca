"""Reading → a script, line by line in text order: narration, speech and tags separated, with nothing lost."""

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from dramaturg.errors import UsageError
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.markdown_text import escape_markdown
from dramaturg.exporters.common.script_lines import ScriptLine, script_lines
from dramaturg.formatting import one_line
from dramaturg.phrases import is_guess
from dramaturg.reading import Quotation, Reading

ABOUT = "a script, line by line, with the whole text"
SUFFIX = ".script.json"
FORMS = ("json", "csv", "markdown")
COLUMNS = tuple(
    "number chapter paragraph kind speaker name addressees confidence guess quotation group aloud start end".split()
) + ("text", "space")


def to_text(reading: Reading, *, form: str = "json", leave_out_tags: bool = False) -> str:
    """The script as a text.

    `form`: json, csv or markdown
    `leave_out_tags`: leave out “he said”, for a cast of several voices; in JSON and CSV, `aloud` is then false
    """
    if form not in FORMS:
        raise UsageError(f"a script cannot have the form “{form}”. The forms are: {', '.join(FORMS)}.")
    lines = script_lines(reading, leave_out_tags=leave_out_tags)
    if form == "markdown":
        return _markdown(reading, lines)
    rows = [_row(reading, line) for line in lines]
    if form == "csv":
        return _csv(rows)
    story = reading.story.source
    document = {"title": story.title, "author": story.author, "made_by": asdict(reading.made_by), "lines": rows}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _row(reading: Reading, line: ScriptLine) -> dict[str, Any]:
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
        "guess": quotation is not None and is_guess(quotation),
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
        cells = {**row, "addressees": " ".join(row["addressees"])}
        cells |= {name: "yes" if row[name] else "no" for name in ("guess", "aloud")}
        writer.writerow({name: "" if value is None else value for name, value in cells.items()})
    return file.getvalue()


def _markdown(reading: Reading, lines: list[ScriptLine]) -> str:
    """The script as Markdown: speakers in bold, tags in italics, narration plain, a rule for a scene break."""
    display = DisplayText(reading)
    titles = {n for n, block in enumerate(reading.story.blocks, 1) if block.role == "title"}
    title = reading.story.source.title
    paragraphs = [f"# {escape_markdown(one_line(title))}"] if title and not titles else []
    previous: ScriptLine | None = None  # the narration or tag that the next one may continue
    for line in lines:
        if line.kind == "break":
            paragraphs.append("* * *")
        if not line.aloud:
            previous = None
            continue
        words = escape_markdown(one_line(display.plain(line.start, line.end)))
        if line.kind == "heading":
            paragraphs.append(f"{'#' if line.paragraph in titles else '##'} {words}")
        elif line.kind == "speech" and line.quotation:
            name = escape_markdown((reading.name_of(line.speaker) or "(unknown)").upper())
            name += "?" if is_guess(line.quotation) else ""
            paragraphs.append(f"**{name}**{_to(reading, line.quotation)}: {words}")
        elif line.kind in ("note", "matter"):
            paragraphs.append(f"> {words}")
        else:
            words = words if line.kind == "narration" else f"*{words}*"
            if previous is not None and previous.paragraph == line.paragraph:
                paragraphs[-1] += (" " if previous.space else "") + words
            else:
                paragraphs.append(words)
            previous = line
            continue
        previous = None
    return "\n\n".join(paragraphs) + "\n"


def _to(reading: Reading, quotation: Quotation) -> str:
    names = [reading.character(id).name for id in quotation.addressees]
    return f" (to {escape_markdown(', '.join(names))})" if names else ""
