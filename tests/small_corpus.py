"""A corpus of one small novel in PDNC's layout, and readings of it made by hand."""

import csv
import json

from handmade import person

from dramaturg.reading import Alternative, Evidence, MadeBy, Quotation, Reading
from dramaturg.story import Block, Source, Story

TEXT = """\
“Is that Ruth Vale?” said Tom Hale.

“No,” she said.

“Who is it?”

“Only the porter,” I said.

“Tickets!” cried the porter.
"""

# What is said, by whom, to whom, by which type.
QUOTATIONS = (
    ("Is that Ruth Vale?", "Tom Hale", ["Ruth Vale"], "Explicit"),
    ("No,", "Ruth Vale", ["Tom Hale"], "Anaphoric"),
    ("Who is it?", "Tom Hale", ["Ruth Vale"], "Implicit"),
    ("Only the porter,", "Ruth Vale", ["Tom Hale"], "Anaphoric"),
    ("Tickets!", "The Porter", ["_group"], "Explicit"),
)
CHARACTERS = (
    ("Tom Hale", {"Tom", "Mr. Hale"}, "M"),
    ("Ruth Vale", {"Ruth"}, "F"),
    ("The Porter", {"The Porter"}, "M"),
)


def write_rows(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


CAST = (
    person("tom", "Tom Hale", pronouns="he"),
    person("ruth", "Ruth Vale", pronouns="she"),
    person("porter", "the porter", pronouns="he"),
)


def reading(*answers, cast=CAST):
    """A reading of Small: for each gold quotation (speaker, evidence, confidence, alternatives), or None."""
    quotations = []
    for index, (answer, (words, *_)) in enumerate(zip(answers, QUOTATIONS, strict=False)):
        if answer is not None:
            speaker, evidence, confidence, *others = (*answer, None, None)[:3] + answer[3:]
            start, end = TEXT.index(words) - 1, TEXT.index(words) + len(words) + 1
            quotations.append(
                Quotation(
                    id=f"q{index + 1}",
                    group=f"q{index + 1}",
                    within=None,
                    start=start,
                    end=end,
                    speaker=speaker,
                    addressees=(),
                    confidence=None if speaker is None else confidence or 0.5,
                    evidence=Evidence(evidence, end, end + 5) if evidence else None,
                    alternatives=tuple(Alternative(id, 0.1) for id in others),
                )
            )
    starts = [0, *(place + 2 for place in range(len(TEXT)) if TEXT.startswith("\n\n", place))]
    blocks = tuple(Block(start, TEXT.find("\n", start), "paragraph") for start in starts)
    story = Story(TEXT, blocks, Source("novel_text.txt", "text", None, None, "0" * 64, None))
    return Reading(MadeBy("0", None), story, cast, (), tuple(quotations), ())


def write_corpus(folder):
    """Write the corpus, the novel Small in its dev split, and return its folder."""
    novel = folder / "data" / "Small"
    novel.mkdir(parents=True)
    (folder / "dev.txt").write_text("Small\n", encoding="utf-8")
    write_rows(folder / "PDNC-Novel-Index.csv", ["Author Code", "Folder Name"], [["NOBODY", "Small"]])
    (novel / "novel_text.txt").write_text(TEXT, encoding="utf-8")
    spans = [[TEXT.index(said) - 1, TEXT.index(said) + len(said) + 1] for said, *_ in QUOTATIONS]
    write_rows(
        novel / "quotation_info.csv",
        ["quoteByteSpans", "speaker", "addressees", "quoteType"],
        [[json.dumps([span]), who, repr(to), kind] for span, (_, who, to, kind) in zip(spans, QUOTATIONS, strict=True)],
    )
    write_rows(novel / "character_info.csv", ["Main Name", "Aliases", "Gender"], CHARACTERS)
    return folder
