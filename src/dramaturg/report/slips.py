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
    for number, slip in enumerate(slips, 1):
        lines += ["", *style.wrap(f"{number}. {slip.kind}: {safe(slip.says)}")]
        for place in slip.places:
            told = f"{locator.describe(place.start)}: {safe(snippet(reading, place.start))}"
            lines += [style.dim(line) for line in style.wrap(told, "  ", "    ")]
    lines += ["", *style.wrap("Meant so? Add `--meant NUMBER`, and it is not shown again.")]
    return "\n".join(lines) + "\n"
