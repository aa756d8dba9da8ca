"""Reading → its utterances: the quotations that one speaker says in one go, grouped."""

from dataclasses import dataclass

from dramaturg.formatting import one_line
from dramaturg.reading import Quotation, Reading


@dataclass(frozen=True, slots=True)
class Utterance:
    """Everything one speaker says in one go: the quotations of one group, in text order."""

    parts: tuple[Quotation, ...]

    @property
    def first(self) -> Quotation:
        """The first part."""
        return self.parts[0]

    def text(self, reading: Reading) -> str:
        """The parts on one line, joined by `…` where narration comes between them."""
        return " … ".join(one_line(reading.text_of(part)) for part in self.parts)


def utterances(reading: Reading) -> list[Utterance]:
    """The utterances of a story in text order. Speech quoted inside speech belongs to the utterance around it."""
    groups: dict[str, list[Quotation]] = {}
    for quotation in reading.quotations:
        if quotation.within is None:
            groups.setdefault(quotation.group, []).append(quotation)
    return [Utterance(tuple(parts)) for parts in groups.values()]
