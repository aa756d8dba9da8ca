"""Bonds over time → plain text for a terminal, and plain values for JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from dramaturg.bonds import Bond
from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import counted, one_line
from dramaturg.reading import Reading
from dramaturg.story import Span

MAX_PAIRS = 12
MAX_FORMS = 4  # of one person in a chapter


def bond_dict(bond: Bond) -> dict[str, Any]:
    """A bond as plain values: the lines by their quotations' ids, the forms of address by their places."""
    return {
        "speaker": bond.speaker,
        "addressee": bond.addressee,
        "chapter": bond.chapter,
        "lines": [line.id for line in bond.lines],
        "addresses": [{"kind": a.kind, "start": a.start, "end": a.end} for a in bond.addresses],
    }


def show_bonds(reading: Reading, bonds: Sequence[Bond], style: TerminalStyle) -> str:
    """Each pair with what each says to the other by chapter, in the order given."""
    if not bonds:
        return "No lines from one to another found.\n"
    pairs = [list(group) for _, group in groupby(bonds, key=lambda bond: sorted((bond.speaker, bond.addressee)))]
    lines: list[str] = []
    for pair in pairs[:MAX_PAIRS]:
        names = " and ".join(safe(reading.name_of(id) or "") for id in sorted((pair[0].speaker, pair[0].addressee)))
        n = sum(len(bond.lines) for bond in pair)
        lines += ["", style.bold(f"{names}: {counted(n, 'line')}")]
        for bond in pair:
            lines += style.wrap(_told(reading, bond), "  ", "    ")
    if len(pairs) > MAX_PAIRS:
        lines += [
            "",
            style.dim(f"{counted(len(pairs) - MAX_PAIRS, 'more pair', 'more pairs')}: give a name to see them."),
        ]
    return "\n".join(lines[1:]) + "\n"


def _told(reading: Reading, bond: Bond) -> str:
    names = f"{safe(reading.name_of(bond.speaker) or '')} to {safe(reading.name_of(bond.addressee) or '')}"
    where = f"chapter {bond.chapter}, " if len(reading.story.chapters) > 1 else ""
    forms = ", ".join(f"“{form}”{f' {n}×' if n > 1 else ''}" for form, n in forms_of(reading, bond.addresses))
    return f"{where}{names}: {counted(len(bond.lines), 'line')}{f', {forms}' if forms else ''}"


def forms_of(reading: Reading, addresses: Iterable[Span | Any]) -> list[tuple[str, int]]:
    """The words of forms of address with their numbers, the most frequent first."""
    return Counter(safe(one_line(reading.text_of(address))) for address in addresses).most_common(MAX_FORMS)
