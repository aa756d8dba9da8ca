"""Slips of continuity → plain text for a terminal."""

from collections.abc import Sequence

from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import counted
from dramaturg.phrases import Locator, snippet
from dramaturg.reading import Reading, Slip


def show_slips(reading: Reading, slips: Sequence[Slip], style: TerminalStyle) -> str:
    """Each slip with its places, in the order given."""
    if not slips:
        return "No slips of continuity found.\n"
    locator = Locator(reading)
    lines = [style.bold(f"{counted(len(slips), 'possible slip')} of continuity")]
    for slip in slips:
        lines += ["", *style.wrap(f"{slip.kind}: {safe(slip.says)}")]
        for place in slip.places:
            told = f"{locator.describe(place.start)}: {safe(snippet(reading, place.start))}"
            lines += [style.dim(line) for line in style.wrap(told, "  ", "    ")]
    return "\n".join(lines) + "\n"
