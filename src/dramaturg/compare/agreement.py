"""Two readings of one text → how far they agree, by kind.

Spans by precision, recall and F1, the first reading taken for what is right; labels of what both have found by their
share and Cohen's κ (1960); who is who by the measures of coreference. Characters of the two are paired one to one so
that most quotations (and then mentions) are theirs in both; a person who is one in the first and two in the second
pays for it.
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

OVERLAP = 0.8  # of two quotations, shared over joined length: from here on they are one and the same
LIKE = str.maketrans(
    {**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛‹›′`´", "'"), **dict.fromkeys("–—―‐‑", "-"), "…": "..."}
)
WORD = re.compile(r"\w+")
Place = tuple[int, int]  # from, to: in letters


@dataclass(frozen=True, slots=True)
class Found:
    """How two sets agree: `both` of `first` and `second` many."""

    both: int
    first: int
    second: int

    @property
    def precision(self) -> float | None:
        """The share of the second that the first has too."""
        return self.both / self.second if self.second else None

    @property
    def recall(self) -> float | None:
        """The share of the first that the second has too."""
        return self.both / self.first if self.first else None

    @property
    def f1(self) -> float | None:
        """Their harmonic mean, None where there is nothing at all."""
        return 2 * self.both / (self.first + self.second) if self.first + self.second else None


@dataclass(frozen=True, slots=True)
class Labels:
    """How two labellings of the same things agree: `same` of `of`, and beyond chance (`kappa`)."""

    same: int
    of: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """The share that is labelled the same."""
        return self.same / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A measure of coreference."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Agreement of two readings by kind.

    `characters`: pairs of ids, with the quotations and the mentions that both readings give them.
    """

    spans: dict[str, Found]
    labels: dict[str, Labels]
    clusters: dict[str, Cluster]
    characters: tuple[tuple[str, str, int, int], ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: shares are rounded to four places."""
        spans = {
            k: {**asdict(f), "precision": f.precision, "recall": f.recall, "f1": f.f1} for k, f in self.spans.items()
        }
        labels = {k: {**asdict(v), "share": v.share} for k, v in self.labels.items()}
        pairs = [
            dict(zip(("first", "second", "quotations", "mentions"), pair, strict=True)) for pair in self.characters
        ]
        told = {
            "spans": spans,
            "labels": labels,
            "clusters": {name: asdict(cluster) for name, cluster in self.clusters.items()},
            "characters": pairs,
            "only_first": list(self.only_first),
            "only_second": list(self.only_second),
        }
        return {name: _rounded(value) for name, value in told.items()}


@dataclass(frozen=True, slots=True)
class Side:
    """A reading, and for each place of its text the number of letters before it: both sides have the same letters."""

    reading: Reading
    letters: str
    before: list[int]

    def place(self, span: Any) -> Place:
        """Where anything with a `start` and an `end` stands, in letters, without marks at its ends."""
        start, end = self.before[span.start], self.before[span.end]
        first, last = start, end
        while first < last and not self.letters[first].isalnum():
            first += 1
        while first < last and not self.letters[last - 1].isalnum():
            last -= 1
        return (first, last) if first < last else (start, end)

    def quotations(self) -> list[tuple[Place, Quotation]]:
        """The quotations with their places, in order."""
        return sorted(((self.place(q), q) for q in self.reading.quotations), key=lambda pair: pair[0])

    def mentions(self) -> dict[Place, Mention]:
        """The mentions by their places; of several in one place the first."""
        found: dict[Place, Mention] = {}
        for mention in self.reading.mentions:
            found.setdefault(self.place(mention), mention)
        return found

    def speech(self) -> bytearray:
        """For each letter whether it stands in speech."""
        covered = bytearray(len(self.letters))
        for q in self.reading.quotations:
            if q.within is None:
                start, end = self.before[q.start], self.before[q.end]
                covered[start:end] = b"\x01" * (end - start)
        return covered


def compare(first: Reading, second: Reading) -> Comparison:
    """Compare two readings of one text, which may differ in white space and in the shape of quotation marks.

    Raises UsageError where their texts are not the same.
    """
    here, there = _sides(first, second)
    quotations = here.quotations(), there.quotations()
    mentions = here.mentions(), there.mentions()
    pairs = _paired(*quotations)
    both = [(one, other) for place, one in mentions[0].items() if (other := mentions[1].get(place)) is not None]
    spoken = Counter((a.speaker, b.speaker) for a, b in pairs if a.speaker and b.speaker)
    mentioned = Counter((a.character, b.character) for a, b in both if a.character and b.character)
    addressed = Counter((a, b) for one, other in pairs for a in one.addressees for b in other.addressees)
    # Mentions only decide where speech leaves it open, whom one speaks to where both do, and ids where all do.
    least = 2 * (1 + sum(addressed.values()))
    most = least * (1 + sum(mentioned.values()))
    found = sorted({*spoken, *mentioned, *addressed}, key=str)
    weights = {(a, b): spoken[a, b] * most + mentioned[a, b] * least + 2 * addressed[a, b] + (a == b) for a, b in found}
    same = assign(weights)
    back = {b: a for a, b in same.items()}
    return Comparison(
        spans={
            "quotations": _both({place for place, _ in quotations[0]}, {place for place, _ in quotations[1]}),
            "quotations, nearly": Found(len(pairs), len(quotations[0]), len(quotations[1])),
            "speakers": _speakers(pairs, first, second, back),
            "addressees": _addressees(pairs, first, second, back),
            "mentions": _both(set(mentions[0]), set(mentions[1])),
            **_by_type(*mentions),
            "events": _both(set(map(here.place, first.events)), set(map(there.place, second.events))),
        },
        labels={
            "words in speech": _labels(_words_in_speech(here, there)),
            "speakers": _labels((a.speaker, _renamed(b.speaker, back)) for a, b in pairs),
            "kinds of mentions": _labels((one.kind, other.kind) for one, other in both),
            "types of mentions": _labels((one.type, other.type) for one, other in both),
        },
        clusters=_coreference(*({place: m.entity for place, m in found.items()} for found in mentions)),
        characters=tuple(
            (str(a), str(b), spoken[a, b], mentioned[a, b])
            for a, b in sorted(same.items(), key=lambda pair: (-weights[pair], pair))
        ),
        only_first=tuple(c.id for c in first.characters if c.id not in same),
        only_second=tuple(c.id for c in second.characters if c.id not in back),
    )


def _sides(first: Reading, second: Reading) -> tuple[Side, Side]:
    here, there = (Side(reading, *_letters(reading.story.text)) for reading in (first, second))
    if here.letters != there.letters:
        one, other = here.letters, there.letters
        at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        raise UsageError(
            f"these are readings of two texts: after {at} letters one goes on “{one[at : at + 30]}” and the other "
            f"“{other[at : at + 30]}”. Compare readings of the same text."
        )
    return here, there


def _letters(text: str) -> tuple[str, list[int]]:
    """A text's letters without white space, with one shape of each mark, and how many stand before each place."""
    kept: list[str] = []
    before: list[int] = []
    n, last = 0, ""
    for letter in text:
        before.append(n)
        plain = letter.translate(LIKE)
        if letter.isspace() or unicodedata.category(letter) == "Cf" or (plain == "-" and last == "-"):
            continue
        kept.append(plain)
        n += len(plain)
        last = plain
    before.append(n)
    return "".join(kept), before


def _paired(
    first: list[tuple[Place, Quotation]], second: list[tuple[Place, Quotation]]
) -> list[tuple[Quotation, Quotation]]:
    """The quotations that both have, in order: at the same place, or nearly so; each one once."""
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
        # Further off, two stretches cannot share as much as OVERLAP.
        near = range(
            bisect_left(starts, place[0] - length * (1 / OVERLAP - 1)),
            bisect_right(starts, place[0] + length * (1 - OVERLAP)),
        )
        found = max((n for n in near if n not in taken), key=lambda n: _overlap(place, second[n][0]), default=None)
        if found is not None and _overlap(place, second[found][0]) >= OVERLAP:
            taken[found] = number
    return [(first[a][1], second[b][1]) for b, a in sorted(taken.items(), key=lambda pair: pair[1])]


def _overlap(one: Place, other: Place) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    joined = max(one[1], other[1]) - min(one[0], other[0])
    return shared / joined if joined else 1.0


def _both(first: set[Place], second: set[Place]) -> Found:
    return Found(len(first & second), len(first), len(second))


def _by_type(first: dict[Place, Mention], second: dict[Place, Mention]) -> dict[str, Found]:
    """Mentions by type, where there is more than one."""
    types = sorted({mention.type for found in (first, second) for mention in found.values()})
    sets = [{(place, mention.type) for place, mention in found.items()} for found in (first, second)]
    of_type = {type: [{place for place, of in found if of == type} for found in sets] for type in types}
    return {f"mentions, {type}": _both(*found) for type, found in of_type.items()} if len(types) > 1 else {}


def _renamed(id: str | None, back: Mapping[str, str]) -> object:
    """Somebody of the second reading as the first one calls them; somebody else where it has nobody for them."""
    return None if id is None else back.get(id, ("second", id))


def _speakers(
    pairs: list[tuple[Quotation, Quotation]], first: Reading, second: Reading, back: Mapping[str, str]
) -> Found:
    right = sum(a.speaker is not None and a.speaker == _renamed(b.speaker, back) for a, b in pairs)
    known = [sum(q.speaker is not None for q in reading.quotations) for reading in (first, second)]
    return Found(right, *known)


def _addressees(
    pairs: list[tuple[Quotation, Quotation]], first: Reading, second: Reading, back: Mapping[str, str]
) -> Found:
    right = sum(len({*a.addressees} & {_renamed(id, back) for id in b.addressees}) for a, b in pairs)
    known = [sum(len(q.addressees) for q in reading.quotations) for reading in (first, second)]
    return Found(right, *known)


def _words_in_speech(here: Side, there: Side) -> Iterator[tuple[int, int]]:
    """For each word whether either side has it in speech."""
    speech = here.speech(), there.speech()
    for match in WORD.finditer(here.reading.story.text):
        at = here.before[match.start()]
        yield speech[0][at], speech[1][at]


def _labels(pairs: Iterable[tuple[object, object]]) -> Labels:
    """Agreement of two labellings, and Cohen's kappa: None where chance alone would have them agree."""
    counts = Counter(pairs)
    of = sum(counts.values())
    same = sum(n for (a, b), n in counts.items() if a == b)
    left: Counter[object] = Counter()
    right: Counter[object] = Counter()
    for (a, b), n in counts.items():
        left[a] += n
        right[b] += n
    by_chance = sum(left[label] * right[label] for label in left) / of**2 if of else 1.0
    return Labels(same, of, (same / of - by_chance) / (1 - by_chance) if of and by_chance < 1 else None)


def _coreference(first: dict[Place, str], second: dict[Place, str]) -> dict[str, Cluster]:
    """MUC, B³, CEAF with φ4, and the mean of their F1, as CoNLL-2012 scored; the first is the key."""
    sizes = Counter(first.values()), Counter(second.values())
    shared = Counter((first[place], second[place]) for place in first if place in second)
    back = Counter({(b, a): n for (a, b), n in shared.items()})
    alike = assign({(a, b): 2 * n / (sizes[0][a] + sizes[1][b]) for (a, b), n in shared.items()})
    likeness = sum(2 * shared[a, b] / (sizes[0][a] + sizes[1][b]) for a, b in alike.items())
    found = {
        "MUC": _cluster(_muc(sizes[1], back), _muc(sizes[0], shared)),
        "B³": _cluster(_b_cubed(sizes[1], back), _b_cubed(sizes[0], shared)),
        "CEAF": _cluster(_share(likeness, len(sizes[1])), _share(likeness, len(sizes[0]))),
    }
    measured = [cluster.f1 for cluster in found.values() if cluster.f1 is not None]
    return {**found, "CoNLL": Cluster(None, None, sum(measured) / len(measured) if measured else None)}


def _muc(sizes: Counter[str], shared: Counter[tuple[str, str]]) -> float | None:
    """The share of the links of these clusters that the others have (Vilain et al. 1995)."""
    parts = Counter(a for a, _ in shared)
    inside: Counter[str] = Counter()
    for (a, _), n in shared.items():
        inside[a] += n
    links = sum(n - 1 for n in sizes.values())
    return _share(sum(n - parts[a] - (n - inside[a]) for a, n in sizes.items()), links)


def _b_cubed(sizes: Counter[str], shared: Counter[tuple[str, str]]) -> float | None:
    """For the mean mention the share of its cluster that the others keep with it (Bagga & Baldwin 1998)."""
    return _share(sum(n * n / sizes[a] for (a, _), n in shared.items()), sum(sizes.values()))


def _cluster(precision: float | None, recall: float | None) -> Cluster:
    if precision is None or recall is None:
        return Cluster(precision, recall, None)
    total = precision + recall
    return Cluster(precision, recall, 2 * precision * recall / total if total else 0.0)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(v) for name, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list) else value


def show_comparison(comparison: Comparison, names: tuple[str, str]) -> str:
    """A comparison as a page to read; `names` of the two readings."""
    names = safe(names[0]), safe(names[1])
    lines = [f"{names[0]} (taken for right) and {names[1]}", "", _row("", "precision", "recall", "F1", "both")]
    for name, found in comparison.spans.items():
        if found.first + found.second:
            shares = map(_shown, (found.precision, found.recall, found.f1))
            lines.append(_row(name, *shares, f"{found.both} of {found.first} and {found.second}"))
    lines += ["", _row("", "agree", "kappa", "", "same")]
    for name, labels in comparison.labels.items():
        if labels.of:
            lines.append(_row(name, _shown(labels.share), _shown(labels.kappa), "", f"{labels.same} of {labels.of}"))
    lines += ["", _row("who is who", "precision", "recall", "F1", "")]
    for name, cluster in comparison.clusters.items():
        lines.append(_row(name, *map(_shown, (cluster.precision, cluster.recall, cluster.f1)), ""))
    lines += ["", "the same people, with the quotations and mentions that both give them"]
    lines += [f"  {safe(a)} = {safe(b)}  {spoken}, {mentioned}" for a, b, spoken, mentioned in comparison.characters]
    for name, alone in zip(names, (comparison.only_first, comparison.only_second), strict=True):
        if alone:
            lines.append(f"only in {name}: {safe(', '.join(alone))}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(name: str, *cells: str) -> str:
    return f"{name:<20}" + "".join(f"{cell:>10}" for cell in cells[:-1]) + f"  {cells[-1]}"


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
