"""The agreement of two readings of one text, by kind of annotation.

Spans are compared by precision, recall and F1, with the first reading as the reference; labels of the spans that both
have by the share of equal labels and by Cohen's κ (1960); coreference by MUC, B³ and CEAF. The characters of the two
readings are paired one to one, so that the largest number of quotations, and then of mentions, belong to the same
character in both. If the second reading splits a character in two, agreement is lower.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dramaturg.compare.assignment import assign
from dramaturg.console import safe
from dramaturg.errors import UsageError
from dramaturg.reading import Mention, Quotation, Reading

MIN_OVERLAP = 0.8  # of two quotations, intersection over union, to count as the same
NORMALISED = str.maketrans(
    {**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛‹›′`´", "'"), **dict.fromkeys("–—―‐‑", "-"), "…": "..."}
)
WORD = re.compile(r"\w+")
Place = tuple[int, int]  # start, end: in characters of the normalised text


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """The agreement of two sets of `first` and `second` elements, of which `both` are in the two."""

    both: int
    first: int
    second: int

    @property
    def precision(self) -> float | None:
        """The share of the second set that is in the first."""
        return self.both / self.second if self.second else None

    @property
    def recall(self) -> float | None:
        """The share of the first set that is in the second."""
        return self.both / self.first if self.first else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, None if both sets are empty."""
        return 2 * self.both / (self.first + self.second) if self.first + self.second else None


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """The agreement of two labellings: `same` of `of` labels are equal; `kappa` is corrected for chance."""

    same: int
    of: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """The share of equal labels."""
        return self.same / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class CoreferenceScore:
    """A coreference score."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The agreement of two readings, by kind of annotation.

    `characters`: pairs of ids, with the number of quotations and of mentions that both readings give to the pair.
    `only_first`, `only_second`: ids of characters without a partner.
    """

    spans: dict[str, SpanAgreement]
    labels: dict[str, LabelAgreement]
    clusters: dict[str, CoreferenceScore]
    characters: tuple[tuple[str, str, int, int], ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers are rounded to four decimals."""
        spans = {
            k: {**asdict(f), "precision": f.precision, "recall": f.recall, "f1": f.f1} for k, f in self.spans.items()
        }
        labels = {k: {**asdict(v), "share": v.share} for k, v in self.labels.items()}
        pairs = [
            dict(zip(("first", "second", "quotations", "mentions"), pair, strict=True)) for pair in self.characters
        ]
        values = {
            "spans": spans,
            "labels": labels,
            "clusters": {name: asdict(cluster) for name, cluster in self.clusters.items()},
            "characters": pairs,
            "only_first": list(self.only_first),
            "only_second": list(self.only_second),
        }
        return {name: _rounded(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Side:
    """A reading and its normalised text, the same on both sides. `before`: text position → normalised position."""

    reading: Reading
    letters: str
    before: list[int]

    def place(self, span: Any) -> Place:
        """The normalised place of anything with a `start` and an `end`, without punctuation at its ends."""
        start, end = self.before[span.start], self.before[span.end]
        first, last = start, end
        while first < last and not self.letters[first].isalnum():
            first += 1
        while first < last and not self.letters[last - 1].isalnum():
            last -= 1
        return (first, last) if first < last else (start, end)

    def quotations(self) -> list[tuple[Place, Quotation]]:
        """The quotations with their normalised places, in order."""
        return sorted(((self.place(q), q) for q in self.reading.quotations), key=lambda pair: pair[0])

    def mentions(self) -> dict[Place, Mention]:
        """The mentions by their normalised place; the first of several at one place."""
        found: dict[Place, Mention] = {}
        for mention in self.reading.mentions:
            found.setdefault(self.place(mention), mention)
        return found

    def speech(self) -> bytearray:
        """For each character of the normalised text, 1 if it is in speech."""
        covered = bytearray(len(self.letters))
        for q in self.reading.quotations:
            if q.within is None:
                start, end = self.before[q.start], self.before[q.end]
                covered[start:end] = b"\x01" * (end - start)
        return covered


def compare(first: Reading, second: Reading) -> Comparison:
    """Compare two readings of one text. White space and the shape of quotation marks and dashes may differ.

    Raises UsageError if the texts differ otherwise.
    """
    here, there = _align(first, second)
    quotations = here.quotations(), there.quotations()
    mentions = here.mentions(), there.mentions()
    pairs = _pair_quotations(*quotations)
    both = [(one, other) for place, one in mentions[0].items() if (other := mentions[1].get(place)) is not None]
    spoken = Counter((a.speaker, b.speaker) for a, b in pairs if a.speaker and b.speaker)
    mentioned = Counter((a.character, b.character) for a, b in both if a.character and b.character)
    addressed = Counter((a, b) for one, other in pairs for a in one.addressees for b in other.addressees)
    # Mentions decide only between pairings with equal speech, then addressees, then equal ids.
    least = 2 * (1 + sum(addressed.values()))
    most = least * (1 + sum(mentioned.values()))
    found = sorted({*spoken, *mentioned, *addressed}, key=str)
    weights = {(a, b): spoken[a, b] * most + mentioned[a, b] * least + 2 * addressed[a, b] + (a == b) for a, b in found}
    same = assign(weights)
    back = {b: a for a, b in same.items()}
    return Comparison(
        spans={
            "quotations": _compare_sets({place for place, _ in quotations[0]}, {place for place, _ in quotations[1]}),
            "quotations, nearly": SpanAgreement(len(pairs), len(quotations[0]), len(quotations[1])),
            "speakers": _compare_speakers(pairs, first, second, back),
            "addressees": _compare_addressees(pairs, first, second, back),
            "mentions": _compare_sets(set(mentions[0]), set(mentions[1])),
            **_compare_by_type(*mentions),
            "events": _compare_sets(set(map(here.place, first.events)), set(map(there.place, second.events))),
        },
        labels={
            "words in speech": _compare_labels(_words_in_speech(here, there)),
            "speakers": _compare_labels((a.speaker, _renamed(b.speaker, back)) for a, b in pairs),
            "kinds of mentions": _compare_labels((one.kind, other.kind) for one, other in both),
            "types of mentions": _compare_labels((one.type, other.type) for one, other in both),
        },
        clusters=_compare_coreference(*({place: m.entity for place, m in found.items()} for found in mentions)),
        characters=tuple(
            (str(a), str(b), spoken[a, b], mentioned[a, b])
            for a, b in sorted(same.items(), key=lambda pair: (-weights[pair], pair))
        ),
        only_first=tuple(c.id for c in first.characters if c.id not in same),
        only_second=tuple(c.id for c in second.characters if c.id not in back),
    )


def _align(first: Reading, second: Reading) -> tuple[Side, Side]:
    here, there = (Side(reading, *_normalise(reading.story.text)) for reading in (first, second))
    if here.letters != there.letters:
        one, other = here.letters, there.letters
        at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        raise UsageError(
            f"these are readings of two texts: after {at} letters one continues with “{one[at : at + 30]}” "
            f"and the other with “{other[at : at + 30]}”. Compare readings of the same text."
        )
    return here, there


def _normalise(text: str) -> tuple[str, list[int]]:
    """A text without white space and with one shape of each mark, and the new position of each position."""
    kept: list[str] = []
    before: list[int] = []
    n, last = 0, ""
    for letter in text:
        before.append(n)
        plain = letter.translate(NORMALISED)
        if letter.isspace() or unicodedata.category(letter) == "Cf" or (plain == "-" and last == "-"):
            continue
        kept.append(plain)
        n += len(plain)
        last = plain
    before.append(n)
    return "".join(kept), before


def _pair_quotations(
    first: list[tuple[Place, Quotation]], second: list[tuple[Place, Quotation]]
) -> list[tuple[Quotation, Quotation]]:
    """The pairs of quotations at the same place, or nearly the same place, in order; each is paired once."""
    exact = {place: n for n, (place, _) in reversed(list(enumerate(second)))}
    starts = [place[0] for place, _ in second]
    taken: dict[int, int] = {}
    for number, (place, _) in enumerate(first):
        if place in exact and exact[place] not in taken:
            taken[exact[place]] = number
    paired = set(taken.values())
    for number, (place, _) in enumerate(first):
        if number in paired:
            continue
        length = place[1] - place[0]
        # Quotations that start farther away cannot overlap by MIN_OVERLAP.
        near = range(
            bisect_left(starts, place[0] - length * (1 / MIN_OVERLAP - 1)),
            bisect_right(starts, place[0] + length * (1 - MIN_OVERLAP)),
        )
        found = max((n for n in near if n not in taken), key=lambda n: _overlap(place, second[n][0]), default=None)
        if found is not None and _overlap(place, second[found][0]) >= MIN_OVERLAP:
            taken[found] = number
    return [(first[a][1], second[b][1]) for b, a in sorted(taken.items(), key=lambda pair: pair[1])]


def _overlap(one: Place, other: Place) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    joined = max(one[1], other[1]) - min(one[0], other[0])
    return shared / joined if joined else 1.0


def _compare_sets(first: set[Place], second: set[Place]) -> SpanAgreement:
    return SpanAgreement(len(first & second), len(first), len(second))


def _compare_by_type(first: dict[Place, Mention], second: dict[Place, Mention]) -> dict[str, SpanAgreement]:
    """The agreement of mentions by type, if there is more than one type."""
    types = sorted({mention.type for found in (first, second) for mention in found.values()})
    sets = [{(place, mention.type) for place, mention in found.items()} for found in (first, second)]
    of_type = {type: [{place for place, of in found if of == type} for found in sets] for type in types}
    return {f"mentions, {type}": _compare_sets(*found) for type, found in of_type.items()} if len(types) > 1 else {}


def _renamed(id: str | None, back: Mapping[str, str]) -> object:
    """The first reading's id of a character of the second; a value unlike any id if there is none."""
    return None if id is None else back.get(id, ("second", id))


def _compare_speakers(
    pairs: list[tuple[Quotation, Quotation]], first: Reading, second: Reading, back: Mapping[str, str]
) -> SpanAgreement:
    right = sum(a.speaker is not None and a.speaker == _renamed(b.speaker, back) for a, b in pairs)
    known = [sum(q.speaker is not None for q in reading.quotations) for reading in (first, second)]
    return SpanAgreement(right, *known)


def _compare_addressees(
    pairs: list[tuple[Quotation, Quotation]], first: Reading, second: Reading, back: Mapping[str, str]
) -> SpanAgreement:
    right = sum(len({*a.addressees} & {_renamed(id, back) for id in b.addressees}) for a, b in pairs)
    known = [sum(len(q.addressees) for q in reading.quotations) for reading in (first, second)]
    return SpanAgreement(right, *known)


def _words_in_speech(here: Side, there: Side) -> Iterator[tuple[int, int]]:
    """For each word, whether it is in speech in the first reading and in the second."""
    speech = here.speech(), there.speech()
    for match in WORD.finditer(here.reading.story.text):
        at = here.before[match.start()]
        yield speech[0][at], speech[1][at]


def _compare_labels(pairs: Iterable[tuple[object, object]]) -> LabelAgreement:
    """The agreement of two labellings, with Cohen's kappa; None if chance alone makes them agree."""
    counts = Counter(pairs)
    of = sum(counts.values())
    same = sum(n for (a, b), n in counts.items() if a == b)
    left: Counter[object] = Counter()
    right: Counter[object] = Counter()
    for (a, b), n in counts.items():
        left[a] += n
        right[b] += n
    by_chance = sum(left[label] * right[label] for label in left) / of**2 if of else 1.0
    return LabelAgreement(same, of, (same / of - by_chance) / (1 - by_chance) if of and by_chance < 1 else None)


def _compare_coreference(first: dict[Place, str], second: dict[Place, str]) -> dict[str, CoreferenceScore]:
    """MUC, B³, CEAF with φ4, and the mean of their F1 as in CoNLL-2012, with the first as the key."""
    sizes = Counter(first.values()), Counter(second.values())
    shared = Counter((first[place], second[place]) for place in first if place in second)
    back = Counter({(b, a): n for (a, b), n in shared.items()})
    paired = assign({(a, b): 2 * n / (sizes[0][a] + sizes[1][b]) for (a, b), n in shared.items()})
    similarity = sum(2 * shared[a, b] / (sizes[0][a] + sizes[1][b]) for a, b in paired.items())
    found = {
        "MUC": _cluster(_muc(sizes[1], back), _muc(sizes[0], shared)),
        "B³": _cluster(_b_cubed(sizes[1], back), _b_cubed(sizes[0], shared)),
        "CEAF": _cluster(_share(similarity, len(sizes[1])), _share(similarity, len(sizes[0]))),
    }
    measured = [cluster.f1 for cluster in found.values() if cluster.f1 is not None]
    return {**found, "CoNLL": CoreferenceScore(None, None, sum(measured) / len(measured) if measured else None)}


def _muc(sizes: Counter[str], shared: Counter[tuple[str, str]]) -> float | None:
    """The share of the links of these clusters that the other clusters have (Vilain et al. 1995)."""
    parts = Counter(a for a, _ in shared)
    inside: Counter[str] = Counter()
    for (a, _), n in shared.items():
        inside[a] += n
    links = sum(n - 1 for n in sizes.values())
    return _share(sum(n - parts[a] - (n - inside[a]) for a, n in sizes.items()), links)


def _b_cubed(sizes: Counter[str], shared: Counter[tuple[str, str]]) -> float | None:
    """The share of a mention's cluster that the other clusters keep with it, on average (Bagga & Baldwin 1998)."""
    return _share(sum(n * n / sizes[a] for (a, _), n in shared.items()), sum(sizes.values()))


def _cluster(precision: float | None, recall: float | None) -> CoreferenceScore:
    if precision is None or recall is None:
        return CoreferenceScore(precision, recall, None)
    total = precision + recall
    return CoreferenceScore(precision, recall, 2 * precision * recall / total if total else 0.0)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(v) for name, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list) else value


def show_comparison(comparison: Comparison, names: tuple[str, str]) -> str:
    """A comparison as a table in plain text. `names`: the names of the two readings."""
    names = safe(names[0]), safe(names[1])
    lines = [f"{names[0]} (reference) and {names[1]}", "", _row("", "precision", "recall", "F1", "both")]
    for name, found in comparison.spans.items():
        if found.first + found.second:
            shares = map(_shown, (found.precision, found.recall, found.f1))
            lines.append(_row(name, *shares, f"{found.both} of {found.first} and {found.second}"))
    lines += ["", _row("", "agree", "kappa", "", "same")]
    for name, labels in comparison.labels.items():
        if labels.of:
            lines.append(_row(name, _shown(labels.share), _shown(labels.kappa), "", f"{labels.same} of {labels.of}"))
    lines += ["", _row("coreference", "precision", "recall", "F1", "")]
    for name, cluster in comparison.clusters.items():
        lines.append(_row(name, *map(_shown, (cluster.precision, cluster.recall, cluster.f1)), ""))
    lines += ["", "paired characters, with the quotations and mentions that both readings give them"]
    lines += [f"  {safe(a)} = {safe(b)}  {spoken}, {mentioned}" for a, b, spoken, mentioned in comparison.characters]
    for name, unpaired in zip(names, (comparison.only_first, comparison.only_second), strict=True):
        if unpaired:
            lines.append(f"only in {name}: {safe(', '.join(unpaired))}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(name: str, *cells: str) -> str:
    return f"{name:<20}" + "".join(f"{cell:>10}" for cell in cells[:-1]) + f"  {cells[-1]}"


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
