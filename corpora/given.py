"""The annotation of a novel as corrections: its cast, its quotations, its narrator, a merger, some answers.

Papers measure attribution with the true cast, or with the true cast and quotations, given. `--given` of
`benchmarks.quotes` gives them as a user would, as corrections (docs/corrections.md); `training.cases` does the same.

cast        every annotated character with aliases and pronouns, and no other; and the narrator (the corpus
            lists the narrator among the aliases)
quotations  every annotated quotation, those of unknown speakers included, and no other speech; their speakers
            are not given
narrator    the character who says “I” in the narration, if the story has one
merger      one line that joins two characters of a reading made without corrections: of all pairs that the
            annotators hold to be one character, the pair that costs most quotations
answers     the true speakers of the first 20 utterances that `dramaturg uncertain` asks about
"""

import ast
import csv
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Literal, get_args

from corpora.pairing import match_quotations, pair_characters, speaker_of
from corpora.pdnc import GoldCharacter, Novel
from dramaturg import Reading
from dramaturg.corrections.anchors import Anchor, make_anchor
from dramaturg.corrections.model import (
    Corrections,
    MergeCorrection,
    NarratorCorrection,
    PersonCorrection,
    QuotationCorrection,
)
from dramaturg.review.queue import find_doubts

Given = Literal["cast", "quotations", "narrator", "merger", "answers"]
GIVEN: tuple[Given, ...] = get_args(Given)
PRONOUNS = {"M": "he", "F": "she"}
NOT_A_CHARACTER = frozenset({"group", "unknowable", "unknown"})
NARRATOR_ALIAS = "narr"  # the corpus's alias for the narrator
QUOTATION_MARKS = "\"'“”‘’«»_*"
N_ANSWERS = 20
NEED_A_READING = frozenset({"merger", "answers"})
MIN_MERGER_QUOTATIONS = 3  # a merger that moves fewer quotations is not given


def corrections_of(novel: Novel, given: Collection[Given], plain: Reading | None = None) -> Corrections:
    """Write what is given as corrections. `plain`: a reading without corrections, for those that NEED_A_READING."""
    cast, quotations = "cast" in given, "quotations" in given
    narrator = narrator_of(novel) if cast or "narrator" in given else None
    corrected = _quotations(novel) if quotations else []
    if "answers" in given and plain is not None:
        corrected += _answers(novel, plain)
    return Corrections(
        people=tuple(map(_listed, people_of(novel))) if cast else (),
        same=_merger(novel, plain) if "merger" in given and plain is not None else (),
        narrator=NarratorCorrection(narrator) if narrator else None,
        quotations=tuple(corrected),
        complete=frozenset([*["cast"] * cast, *["quotations"] * quotations]),  # type: ignore[list-item]
    )


def people_of(novel: Novel) -> list[GoldCharacter]:
    """The annotated characters that a person would list.

    `_group`, `_unknowable` and the like are not characters. The corpus also lists “Small”, who says nothing, next to
    “Jonathan Small”: a single name that is part of exactly one other character's name is left out.
    """
    people = [one for one in novel.characters if one.name.strip("_").casefold() not in NOT_A_CHARACTER]
    speaking = {quotation.speaker for quotation in novel.quotations}
    holding: dict[str, set[str]] = defaultdict(set)
    for character in people:
        for word in {word for alias in character.aliases for word in alias.split()}:
            holding[word].add(character.name)
    return [one for one in people if one.name in speaking or not _is_part_of_another(one, holding)]


def _is_part_of_another(character: GoldCharacter, holding: dict[str, set[str]]) -> bool:
    name = character.name
    return character.aliases == {name} and " " not in name and len(holding[name] - {name}) == 1


def narrator_of(novel: Novel) -> str | None:
    """The name of the character who says “I” in the narration; None if there is none."""
    return next((one.name for one in people_of(novel) if any(_is_narrator(alias) for alias in one.aliases)), None)


def by_name(novel: Novel, reading: Reading) -> dict[str, str]:
    """Pair characters by name, for a reading that was given the cast: our id → gold name."""
    names = {character.name for character in novel.characters}
    return {character.id: character.name for character in reading.characters if character.name in names}


def _is_narrator(alias: str) -> bool:
    return alias.strip("_").casefold() == NARRATOR_ALIAS


def _listed(character: GoldCharacter) -> PersonCorrection:
    aliases = sorted(alias for alias in character.aliases if alias != character.name and not _is_narrator(alias))
    return PersonCorrection(character.name, tuple(aliases), PRONOUNS.get(character.gender))


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
    return sorted(found, key=lambda correction: correction.anchor.at or 0)


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a stretch by its quotation marks, which the corpus leaves out; it sometimes includes the space after."""
    while end > start and text[end - 1].isspace():
        end -= 1
    if start and text[start - 1] in QUOTATION_MARKS:
        start -= 1
    if end < len(text) and text[end] in QUOTATION_MARKS:
        end += 1
    return start, end


def _answers(novel: Novel, plain: Reading) -> list[QuotationCorrection]:
    """The answers that a person who knows the novel would give to the first questions."""
    answers = match_quotations(novel.quotations, plain.quotations)
    partner = pair_characters([one.speaker for one in novel.quotations], [speaker_of(answer) for answer in answers])
    ours = {name: plain.character(id).name for id, name in partner.items()}
    gold = {theirs.id: one.speaker for one, theirs in zip(novel.quotations, answers, strict=True) if theirs is not None}
    asked = [doubt for doubt in find_doubts(plain) if doubt.kind == "speaker"]
    known = [doubt for doubt in asked if gold.get(doubt.quotations[0]) in ours]
    return [
        QuotationCorrection(
            make_anchor(novel.text, doubt.start, min(doubt.end, doubt.start + 80)),
            speaker=ours[gold[doubt.quotations[0]]],
        )
        for doubt in known[:N_ANSWERS]
    ]


def _merger(novel: Novel, plain: Reading) -> tuple[MergeCorrection, ...]:
    speakers = [speaker_of(answer) for answer in match_quotations(novel.quotations, plain.quotations)]
    wanted = [quotation.speaker for quotation in novel.quotations]
    partner = {name: id for id, name in pair_characters(wanted, speakers).items()}
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
    if not gains or max(gains.values()) < MIN_MERGER_QUOTATIONS:
        return ()
    chief, other = max(gains, key=lambda ids: (gains[ids], ids))
    return (MergeCorrection((plain.character(chief).name, plain.character(other).name)),)
