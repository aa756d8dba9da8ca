"""What a person who knows a novel would say of it, as corrections: its cast, its quotations, its narrator, a merger.

Papers measure attribution with the true cast, or with the true cast and quotations, given; `--given` of
`benchmarks.quotes` does so by the same door that a user has (docs/corrections.md).

cast        every annotated character with aliases and pronouns, and nobody else; and which of them says “I” in the
            narration, where one does (the corpus lists that among the aliases)
quotations  every annotated quotation, those of unknown speakers too, and no other speech; who speaks is not told
narrator    who says “I” in the narration, where somebody does
merger      of all pairs of characters in a reading without corrections that the annotators hold to be one, the pair
            that costs most quotations: one line of the file
answers     the true speakers of the first 20 utterances that `dramaturg uncertain` asks about
"""

import ast
import csv
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Literal, get_args

from benchmarks.scoring import answer, pair, speaker_of
from dramaturg import Reading
from dramaturg.corrections.anchors import Anchor, anchor
from dramaturg.corrections.model import Corrections, Listed, QuotationCorrection, Same, Teller
from dramaturg.review.queue import uncertain
from training.pdnc import GoldCharacter, Novel

Given = Literal["cast", "quotations", "narrator", "merger", "answers"]
GIVEN: tuple[Given, ...] = get_args(Given)
PRONOUNS = {"M": "he", "F": "she"}
NOBODY = frozenset({"group", "unknowable", "unknown"})
TELLER = "narr"  # the corpus's alias for who tells the story
MARKS = "\"'“”‘’«»_*"
ANSWERS = 20
NEED_A_READING = frozenset({"merger", "answers"})
FEWEST = 3  # quotations that a merger must be worth


def corrections_of(novel: Novel, given: Collection[Given], plain: Reading | None = None) -> Corrections:
    """The corrections that say what is given. `plain`: a reading without any, for those that NEED_A_READING."""
    cast, quotations = "cast" in given, "quotations" in given
    teller = narrator_of(novel) if cast or "narrator" in given else None
    told = _quotations(novel) if quotations else []
    if "answers" in given and plain is not None:
        told += _answers(novel, plain)
    return Corrections(
        people=tuple(map(_listed, people_of(novel))) if cast else (),
        same=_merger(novel, plain) if "merger" in given and plain is not None else (),
        narrator=Teller(teller) if teller else None,
        quotations=tuple(told),
        complete=frozenset([*["cast"] * cast, *["quotations"] * quotations]),  # type: ignore[list-item]
    )


def people_of(novel: Novel) -> list[GoldCharacter]:
    """The annotated characters whom a person would list.

    `_group`, `_unknowable` and the like are nobody; and the corpus also lists “Small”, who says nothing, beside
    “Jonathan Small”: a name alone that is part of one other's.
    """
    people = [one for one in novel.characters if one.name.strip("_").casefold() not in NOBODY]
    speaking = {one.speaker for one in novel.quotations}
    holding: dict[str, set[str]] = defaultdict(set)
    for one in people:
        for word in {word for alias in one.aliases for word in alias.split()}:
            holding[word].add(one.name)
    return [one for one in people if one.name in speaking or not _is_shadow(one, holding)]


def _is_shadow(one: GoldCharacter, holding: dict[str, set[str]]) -> bool:
    return one.aliases == {one.name} and " " not in one.name and len(holding[one.name] - {one.name}) == 1


def narrator_of(novel: Novel) -> str | None:
    """Who says “I” in the narration, None where nobody does."""
    return next((one.name for one in people_of(novel) if any(_is_teller(alias) for alias in one.aliases)), None)


def by_name(novel: Novel, reading: Reading) -> dict[str, str]:
    """Our id → the gold character of that name: who is who where the cast was given."""
    names = {one.name for one in novel.characters}
    return {one.id: one.name for one in reading.characters if one.name in names}


def _is_teller(alias: str) -> bool:
    return alias.strip("_").casefold() == TELLER


def _listed(one: GoldCharacter) -> Listed:
    aliases = sorted(alias for alias in one.aliases if alias != one.name and not _is_teller(alias))
    return Listed(one.name, tuple(aliases), PRONOUNS.get(one.gender))


def _quotations(novel: Novel) -> list[QuotationCorrection]:
    """One for each annotated stretch; the later stretches of one quotation continue it."""
    found = []
    with (novel.path.parent / "quotation_info.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [ast.literal_eval(row["quoteByteSpans"]) for row in csv.DictReader(file)]
    for row in rows:
        for number, (start, end) in enumerate(row):
            low, high = _with_marks(novel.text, int(start), int(end))
            continues = True if number else None
            found.append(QuotationCorrection(Anchor(novel.text[low:high], low), speech=True, continues=continues))
    return sorted(found, key=lambda one: one.anchor.at or 0)


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """The corpus gives a stretch without its marks, and now and then with the space after it."""
    while end > start and text[end - 1].isspace():
        end -= 1
    if start and text[start - 1] in MARKS:
        start -= 1
    if end < len(text) and text[end] in MARKS:
        end += 1
    return start, end


def _answers(novel: Novel, plain: Reading) -> list[QuotationCorrection]:
    """What a person who knows the novel answers to the first questions."""
    answers = answer(novel.quotations, plain.quotations)
    partner = pair([one.speaker for one in novel.quotations], [speaker_of(one) for one in answers])
    ours = {name: plain.character(id).name for id, name in partner.items()}
    gold = {theirs.id: one.speaker for one, theirs in zip(novel.quotations, answers, strict=True) if theirs is not None}
    asked = [doubt for doubt in uncertain(plain) if doubt.kind == "speaker"]
    known = [doubt for doubt in asked if gold.get(doubt.quotations[0]) in ours]
    return [
        QuotationCorrection(
            anchor(novel.text, doubt.start, min(doubt.end, doubt.start + 80)), speaker=ours[gold[doubt.quotations[0]]]
        )
        for doubt in known[:ANSWERS]
    ]


def _merger(novel: Novel, plain: Reading) -> tuple[Same, ...]:
    speakers = [speaker_of(one) for one in answer(novel.quotations, plain.quotations)]
    wanted = [one.speaker for one in novel.quotations]
    partner = {name: id for id, name in pair(wanted, speakers).items()}
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    for name, id in zip(wanted, speakers, strict=True):
        if id is not None:
            spoken[id][name] += 1
    gains: Counter[tuple[str, str]] = Counter()
    for id, golds in spoken.items():
        name, n = golds.most_common(1)[0]
        chief = partner.get(name)
        if chief not in (None, id) and 2 * n > golds.total():
            gains[chief, id] = n  # type: ignore[index]
    if not gains or max(gains.values()) < FEWEST:
        return ()
    chief, other = max(gains, key=lambda ids: (gains[ids], ids))
    return (Same((plain.character(chief).name, plain.character(other).name)),)
