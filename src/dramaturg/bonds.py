"""Bonds over time: who turns to whom in each chapter, and how they address each other."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from dramaturg.reading import Address, Quotation, Reading


@dataclass(frozen=True, slots=True)
class Bond:
    """What one person says to another in a chapter. `chapter`: from 1; 0 before the first.

    `lines`: the first quotations of the utterances. `addresses`: in the order of the text.
    """

    speaker: str
    addressee: str
    chapter: int
    lines: tuple[Quotation, ...]
    addresses: tuple[Address, ...]


def bonds_of(reading: Reading) -> list[Bond]:
    """Every bond, those who exchange the most lines first; of one pair by speaker and chapter."""
    starts = [chapter.start for chapter in reading.story.chapters]
    lines: dict[tuple[str, str, int], list[Quotation]] = {}
    seen: set[str] = set()
    for quotation in reading.quotations:
        if quotation.speaker is None or quotation.within is not None or quotation.group in seen:
            continue
        seen.add(quotation.group)
        for other in quotation.addressees:
            if other != quotation.speaker:
                key = (quotation.speaker, other, bisect_right(starts, quotation.start))
                lines.setdefault(key, []).append(quotation)
    addresses: dict[tuple[str, str, int], list[Address]] = {}
    for address in reading.addresses:
        key = (address.speaker, address.addressee, bisect_right(starts, address.start))
        addresses.setdefault(key, []).append(address)
    bonds = [Bond(*key, tuple(lines.get(key, ())), tuple(addresses.get(key, ()))) for key in {**lines, **addresses}]
    exchanged = Counter[frozenset[str]]()
    for bond in bonds:
        exchanged[frozenset((bond.speaker, bond.addressee))] += len(bond.lines)

    def order(bond: Bond) -> tuple[object, ...]:
        pair = sorted((bond.speaker, bond.addressee))
        return (-exchanged[frozenset(pair)], pair, bond.chapter, bond.speaker)

    return sorted(bonds, key=order)
