"""Who tells the story where: a value that the later steps ask for the narrator at a place in the text."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Narrators:
    """The narrators of a story: one for the whole story, or one for each part that begins under its own name.

    `starts`: the code points where the parts begin, sorted, the first one 0. `narrators`: for each part an index in
    the roster's people, or -1. `forms`: the pronouns that mean the narrator: those of the first person, or those of
    the second in a story that calls its protagonist “you”.
    """

    starts: tuple[int, ...] = (0,)
    narrators: tuple[int, ...] = (-1,)
    forms: frozenset[str] = frozenset()

    def at(self, position: int) -> int:
        """The narrator at a code point of the text, -1 if there is none."""
        return self.narrators[max(0, bisect_right(self.starts, position) - 1)]

    @property
    def people(self) -> frozenset[int]:
        """Everybody who tells a part of the story."""
        return frozenset(self.narrators) - {-1}
