"""Does the scanner find the same speech in every style of quotation marks?

    python -m benchmarks.styles [--corpora DIR] [--split dev | --novels Emma,Persuasion] [--each]

The reference is the gold stretches of speech that the scanner finds in each PDNC novel as published. Then the novel
is rewritten in every other style: the marks of each stretch change, nested marks become the style's nested marks, and
apostrophes become curly if the style is. Two means over the novels are printed for each style: the share of the
reference stretches that is found again (overlap / union ≥ 0.8, edge marks ignored), and the share of the stretches
found that were also found in the original. With dashes, only paragraphs that open with speech are rewritten, and only
they count.

DIR is the folder of PDNC; by default, `pdnc` in the folder that DRAMATURG_CORPORA names.
"""

import argparse
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from corpora.pdnc import Novel, corpus_folder, load_novel, split
from dramaturg.draft import ScannedQuotation
from dramaturg.lexicon.en import ENGLISH
from dramaturg.scan.quotations import find_quotations
from dramaturg.story import Block, Source, Story

Stretch = tuple[int, int]
SAME = 0.8  # overlap / union from which two stretches are the same
MARKS = "\"“”„‟‘’'`´«»‹›"
APOSTROPHE = re.compile(r"['’]")


@dataclass(frozen=True)
class Marks:
    """A style: the marks of speech, of speech inside speech, and the apostrophe."""

    opening: str
    closing: str
    nested_opening: str
    nested_closing: str
    apostrophe: str


STYLES = {
    "straight double": Marks('"', '"', "'", "'", "'"),
    "curly double": Marks("“", "”", "‘", "’", "’"),
    "curly single": Marks("‘", "’", "“", "”", "’"),
    "straight single": Marks("'", "'", '"', '"', "'"),
    "guillemets": Marks("«", "»", "“", "”", "’"),
    "guillemets, spaced": Marks("«\u00a0", "\u00a0»", "“", "”", "’"),
    "guillemets reversed": Marks("»", "«", "›", "‹", "’"),
    "low and high": Marks("„", "“", "‚", "‘", "’"),
    "same at both ends": Marks("”", "”", "’", "’", "’"),
    "backticks": Marks("``", "''", "`", "'", "'"),
    "single backtick": Marks("`", "'", '"', '"', "'"),
    "dashes": Marks("—", "", "‘", "’", "’"),
    "dashes round tags": Marks("— ", "", "‘", "’", "’"),
}


def story_of(text: str, blocks: tuple[Block, ...]) -> Story:
    """A story of plain paragraphs."""
    return Story(text, blocks, Source("-", "text", None, None, "", "en"))


def paragraphs_of(text: str) -> tuple[Block, ...]:
    """Paragraphs between blank lines."""
    found = re.finditer(r"\S(?:[^\n]|\n(?!\s*\n))*", text)
    return tuple(Block(m.start(), m.start() + len(m.group().rstrip()), "paragraph") for m in found)


def gold_stretches(novel: Novel) -> list[Stretch]:
    """A novel's gold stretches of speech, without those whose speaker is unknowable."""
    spans = {span for quotation in novel.quotations for span in quotation.spans}
    return sorted(bare(novel.text, start, end) for start, end in spans)


def bare(text: str, start: int, end: int) -> Stretch:
    """A stretch without what is neither letter nor digit at its edges."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def same(wanted: list[Stretch], found: list[Stretch]) -> list[Stretch]:
    """Those of `wanted` that one of `found` matches; `found` is sorted and does not overlap itself."""
    starts = [start for start, _ in found]
    out = []
    for start, end in wanted:
        for other_start, other_end in found[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, end)]:
            overlap = min(end, other_end) - max(start, other_start)
            if overlap >= SAME * (max(end, other_end) - min(start, other_start)):
                out.append((start, end))
                break
    return out


def outermost(text: str, quotations: tuple[ScannedQuotation, ...]) -> list[Stretch]:
    """The outermost quotations, bare."""
    return [bare(text, q.start, q.end) for q in quotations if q.within is None]


def restyle(
    text: str, blocks: tuple[Block, ...], quotations: tuple[ScannedQuotation, ...], marks: Marks
) -> list[tuple[int, int, str]]:
    """The edits (start, end, new text) that put the quotations into other marks."""
    edits: dict[Stretch, str] = {}
    dashes = marks.opening.startswith("—")
    openers = {block.start for block in blocks}
    spoken = set()  # paragraphs that open with a quotation
    block_starts = [block.start for block in blocks]
    for quotation in quotations:
        block = blocks[bisect_right(block_starts, quotation.start) - 1]
        nested = quotation.within is not None
        opening, closing = (marks.nested_opening, marks.nested_closing) if nested else (marks.opening, marks.closing)
        inner_start, inner_end = quotation.start, quotation.end
        if text[inner_start] in MARKS:
            inner_start += 1
        if inner_end - inner_start > 1 and text[inner_end - 1] in MARKS:
            inner_end -= 1
        if dashes and not nested:
            if quotation.start in openers and text[quotation.start] in MARKS:
                spoken.add(block.start)
            elif block.start not in spoken:
                continue
            elif marks.opening == "—":
                opening = ""
            closing = " —" if marks.opening == "— " and inner_end < block.end - 3 else ""
        if inner_start > quotation.start:
            edits[quotation.start, inner_start] = opening
        if inner_end < quotation.end:
            edits[inner_end, quotation.end] = closing
    taken = {place for start, end in edits for place in range(start, end)}
    for match in APOSTROPHE.finditer(text):
        if match.start() not in taken:
            edits[match.span()] = marks.apostrophe
    return [(start, end, new) for (start, end), new in sorted(edits.items())]


def apply(text: str, edits: list[tuple[int, int, str]]) -> tuple[str, "list[int]", "list[int]"]:
    """The edited text, and where (old places, new places) each edit ends."""
    parts, old, new, at, length = [], [0], [0], 0, 0
    for start, end, replacement in edits:
        parts += [text[at:start], replacement]
        length += start - at + len(replacement)
        at = end
        old.append(end)
        new.append(length)
    parts.append(text[at:])
    return "".join(parts), old, new


def moved(place: int, old: list[int], new: list[int]) -> int:
    """The place in the new text of a place in the old one that is not inside an edit."""
    at = bisect_right(old, place) - 1
    return new[at] + place - old[at]


def score(novel: Novel) -> dict[str, tuple[float, float]]:
    """For one novel: style → (share found again, precision)."""
    text, gold = novel.text, gold_stretches(novel)
    blocks = paragraphs_of(text)
    quotations, _ = find_quotations(story_of(text, blocks), blocks, ENGLISH)
    everything = outermost(text, quotations)
    yardstick = same(gold, everything)
    rows = {"as published": (len(yardstick) / max(1, len(gold)), len(same(everything, gold)) / max(1, len(everything)))}
    for name, marks in STYLES.items():
        new_text, old, new = apply(text, restyle(text, blocks, quotations, marks))
        new_blocks = []
        for block in blocks:
            start = moved(block.start, old, new)
            if block.start in old[1:] or text[block.start] in MARKS:  # an edit at the very start stays inside
                start = moved(block.start - 1, old, new) + 1 if block.start else 0
            new_blocks.append(Block(start, moved(block.end, old, new), block.role))
        wanted = [(moved(a, old, new), moved(b - 1, old, new) + 1) for a, b in yardstick]
        known = [(moved(a, old, new), moved(b - 1, old, new) + 1) for a, b in everything if b > a]
        found_quotations, _ = find_quotations(story_of(new_text, tuple(new_blocks)), tuple(new_blocks), ENGLISH)
        found = outermost(new_text, found_quotations)
        if marks.opening.startswith("—"):
            led = [block for block in new_blocks if new_text[block.start] == "—"]
            wanted, known, found = (only_inside(spans, led) for spans in (wanted, known, found))
        rows[name] = (
            len(same(wanted, found)) / max(1, len(wanted)),
            len(same(found, known)) / max(1, len(found)),
        )
    return rows


def only_inside(spans: list[Stretch], blocks: list[Block]) -> list[Stretch]:
    """The spans that lie in one of the blocks."""
    starts = [block.start for block in blocks]
    out = []
    for start, end in spans:
        at = bisect_right(starts, start) - 1
        if at >= 0 and end <= blocks[at].end:
            out.append((start, end))
    return out


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", metavar="DIR", help="the folder of PDNC; else pdnc in $DRAMATURG_CORPORA")
    parser.add_argument("--split", choices=("dev", "train"), default="dev", help="which novels (default: dev)")
    parser.add_argument("--novels", metavar="A,B", help="these novels, instead of a split")
    parser.add_argument("--each", action="store_true", help="print each novel too")
    arguments = parser.parse_args()
    folder = corpus_folder(arguments.corpora)
    novels = arguments.novels.split(",") if arguments.novels else split(folder, arguments.split)
    rows = {novel: score(load_novel(folder, novel)) for novel in novels}
    for name in ("as published", *STYLES):
        found = sum(row[name][0] for row in rows.values()) / len(rows)
        precision = sum(row[name][1] for row in rows.values()) / len(rows)
        print(f"{name:22s} found {found:.3f}  precision {precision:.3f}")
        if arguments.each:
            for novel, row in rows.items():
                print(f"    {novel:30s} found {row[name][0]:.3f}  precision {row[name][1]:.3f}")


if __name__ == "__main__":
    main()
