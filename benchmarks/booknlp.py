"""BookNLP's own output (`NOVEL.quotes`) as quotations over a novel's text, to be measured like ours.

Vishnubhotla, Rudzicz, Hirst & Hammond (2023), "Improving Automatic Quotation Attribution in Literary
Novels", published these files for 15 novels of PDNC. They give neither addressees nor confidence.
"""

from pathlib import Path

from dramaturg.reading import Quotation

# A quotation that is not found within this many letters was tokenised beyond recognition.
FARTHEST = 60_000
QUOTATION, SPEAKER = 6, 5  # columns of the file
NOT_GIVEN = ("addr", "acc80", "ece")


def load_quotations(text: str, path: Path) -> list[Quotation]:
    """The quotations of a BookNLP file, aligned with the text in reading order by letters and digits alone."""
    letters, places = _letters(text)
    quotations: list[Quotation] = []
    reached = 0
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        columns = line.split("\t")
        if len(columns) <= QUOTATION:
            continue
        wanted, _ = _letters(columns[QUOTATION].replace("-LRB-", "").replace("-RRB-", ""))
        found = letters.find(wanted, reached) if wanted else -1
        if found < 0 or found - reached > FARTHEST:
            continue
        reached = found + 1
        start, end = places[found], places[found + len(wanted) - 1] + 1
        quotations.append(_quotation(f"q{len(quotations) + 1}", start, end, columns[SPEAKER]))
    return quotations


def _quotation(id: str, start: int, end: int, speaker: str) -> Quotation:
    return Quotation(id, id, None, start, end, speaker, (), 1.0, None, ())


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text in lower case, and the place of each."""
    letters, places = [], []
    for place, character in enumerate(text):
        for letter in character.lower() if character.isalnum() else "":
            letters.append(letter)
            places.append(place)
    return "".join(letters), places
