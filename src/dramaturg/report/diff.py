"""Two readings → what changed between them, as plain text for a terminal."""

from collections.abc import Iterator

from dramaturg.compare.differences import Differences, Pair, find_differences
from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import clip, counted, one_line
from dramaturg.phrases import Locator
from dramaturg.reading import Quotation, Reading

MAX_ROWS = 40  # of one section


def show_differences(old: Reading, new: Reading, style: TerminalStyle) -> str:
    """What changed between two readings, as plain text for a terminal."""
    found = find_differences(old, new)
    if not found:
        return "Nothing changed.\n"
    locator, old_locator = Locator(new), Locator(old)
    parts = [
        _text(found),
        _section("People", _people(found), style),
        _section("Changed speakers", (_speaker(p, old, new, locator) for p in found.speakers), style),
        _section("Changed addressees", (_addressees(p, old, new, locator) for p in found.addressees), style),
        _section("New quotations", (_line(q, new, locator) for q in found.added), style),
        _section("Removed quotations", (_line(q, old, old_locator) for q in found.removed), style),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(found: Differences) -> str:
    if not (found.paragraphs_added or found.paragraphs_removed):
        return "The text is the same."
    return f"{counted(found.paragraphs_added, 'new paragraph')}, {found.paragraphs_removed:,} removed or rewritten."


def _section(title: str, rows: Iterator[str], style: TerminalStyle) -> str:
    lines = list(rows)
    if not lines:
        return ""
    shown = [line for row in lines[:MAX_ROWS] for line in style.wrap(row, "  ", "    ")]
    more = [f"  and {len(lines) - MAX_ROWS:,} more"] if len(lines) > MAX_ROWS else []
    return "\n".join([style.bold(f"{title} ({len(lines):,})"), *shown, *more])


def _people(found: Differences) -> Iterator[str]:
    for new, olds in found.people_joined:
        yield f"{' and '.join(safe(old.name) for old in olds)} are now one character, {safe(new.name)}"
    for old, new in found.people_changed:
        changes = [f"now called {safe(new.name)}"] if old.name != new.name else []
        if old.pronouns != new.pronouns:
            changes.append(f"pronouns {safe(old.pronouns or 'unknown')}, now {safe(new.pronouns or 'unknown')}")
        if old.narrator != new.narrator:
            changes.append("now the narrator" if new.narrator else "no longer the narrator")
        changes += [f"now a {new.kind}"] if old.kind != new.kind else []
        yield f"{safe(old.name)}: {', '.join(changes)}"
    for label, characters in (("new", found.people_added), ("removed", found.people_removed)):
        for character in characters:
            counts = f"{counted(character.quotations, 'quotation')}, {counted(character.mentions, 'mention')}"
            yield f"{label}: {safe(character.name)} ({counts})"


def _line(quotation: Quotation, reading: Reading, locator: Locator) -> str:
    name = safe(reading.name_of(quotation.speaker) or "unknown speaker")
    return f"{locator.describe(quotation.start)}: {safe(clip(one_line(reading.text_of(quotation)), 80))} {name}"


def _speaker(pair: Pair, old: Reading, new: Reading, locator: Locator) -> str:
    was = safe(old.name_of(pair.old.speaker) or "unknown")
    return f"{_line(pair.new, new, locator)}, was {was}"


def _addressees(pair: Pair, old: Reading, new: Reading, locator: Locator) -> str:
    was, now = (
        " and ".join(safe(r.name_of(id) or "") for id in q.addressees) or "unknown"
        for r, q in ((old, pair.old), (new, pair.new))
    )
    return f"{_line(pair.new, new, locator)} to {now}, was to {was}"
