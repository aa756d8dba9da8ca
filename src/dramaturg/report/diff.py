"""What changed between two readings: of two drafts of a story, or of one text read twice.

Texts are aligned by paragraphs: those that stand once in both are the anchors (as in Cohen's patience diff), what lies
between two anchors is aligned from its two ends, and a paragraph in another's place from its own. In n log n time.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from os.path import commonprefix

from dramaturg.compare.changes import same_people
from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import clip, counted, one_line
from dramaturg.phrases import Locator
from dramaturg.reading import Character, Quotation, Reading
from dramaturg.story import Block

SHOWN = 40  # lines of one kind


@dataclass(frozen=True, slots=True)
class Pair:
    """A quotation that is in both readings."""

    old: Quotation
    new: Quotation


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed from an old reading to a new one.

    `people`: who of the old is whom in the new, by id. `came`, `went`: characters of one reading alone; `joined`: the
    new one and the old ones that it now is. `speakers`, `addressees`: quotations of both of which these differ.
    `added`, `removed`: quotations of one reading alone. `paragraphs_added`, `paragraphs_removed`: how many there are.
    """

    people: dict[str, str]
    came: tuple[Character, ...]
    went: tuple[Character, ...]
    joined: tuple[tuple[Character, tuple[Character, ...]], ...]
    changed: tuple[tuple[Character, Character], ...]
    speakers: tuple[Pair, ...]
    addressees: tuple[Pair, ...]
    added: tuple[Quotation, ...]
    removed: tuple[Quotation, ...]
    paragraphs_added: int
    paragraphs_removed: int

    def __bool__(self) -> bool:
        """Whether anything changed."""
        lists = (self.came, self.went, self.joined, self.changed, self.speakers, self.addressees)
        return any(lists) or any((self.added, self.removed, self.paragraphs_added, self.paragraphs_removed))


def compare(old: Reading, new: Reading) -> Differences:
    """Find what changed between two readings."""
    alignment = Alignment(old, new)
    pairs = _pairs(old, new, alignment)
    starts = {m.start for m in old.mentions} | {q.start for q in old.quotations}
    place = {start: at for start in starts if (at := alignment.place(start)) is not None}
    people = same_people(old, new, place)
    _by_name(old, new, people)
    into: dict[str, list[Character]] = defaultdict(list)
    for character in old.characters:
        if character.id in people:
            into[people[character.id]].append(character)
    kept_old, kept_new = {pair.old.id for pair in pairs}, {pair.new.id for pair in pairs}
    return Differences(
        people=people,
        came=tuple(c for c in new.characters if c.id not in into),
        went=tuple(c for c in old.characters if c.id not in people),
        joined=tuple((new.character(id), tuple(those)) for id, those in into.items() if len(those) > 1),
        changed=tuple(
            (those[0], new.character(id))
            for id, those in into.items()
            if len(those) == 1 and _facts(those[0]) != _facts(new.character(id))
        ),
        speakers=tuple(p for p in pairs if _moved(p.old.speaker, people) != p.new.speaker),
        addressees=tuple(
            p for p in pairs if {_moved(who, people) for who in p.old.addressees} != set(p.new.addressees)
        ),
        added=tuple(q for q in new.quotations if q.id not in kept_new),
        removed=tuple(q for q in old.quotations if q.id not in kept_old),
        paragraphs_added=alignment.added,
        paragraphs_removed=alignment.removed,
    )


def _moved(id: str | None, people: dict[str, str]) -> str | None:
    return None if id is None else people.get(id, "")


def _facts(character: Character) -> tuple[str, str | None, bool, str]:
    return character.name, character.pronouns, character.narrator, character.kind


def _by_name(old: Reading, new: Reading, people: dict[str, str]) -> None:
    """Whoever shares no place with anybody is the one of the same name, if that one is nobody else."""
    taken = set(people.values())
    names = {c.name: c.id for c in new.characters if c.id not in taken}
    for character in old.characters:
        if character.id not in people and character.name in names:
            people[character.id] = names.pop(character.name)


def _pairs(old: Reading, new: Reading, alignment: "Alignment") -> list[Pair]:
    theirs = {(q.start, q.within is None): q for q in new.quotations}
    found = []
    for quotation in old.quotations:
        at = alignment.place(quotation.start)
        other = theirs.get((at, quotation.within is None)) if at is not None else None
        if other is not None and old.text_of(quotation) == new.text_of(other):
            found.append(Pair(quotation, other))
    return found


class Alignment:
    """Where the places of an old text are in a new one. `added`, `removed`: paragraphs of one text alone."""

    def __init__(self, old: Reading, new: Reading) -> None:
        self.old, self.new = old.story.text, new.story.text
        blocks, others = _paragraphs(old), _paragraphs(new)
        one = [self.old[b.start : b.end] for b in blocks]
        two = [self.new[b.start : b.end] for b in others]
        partner = dict(_aligned(one, two))
        self.blocks, self.starts = blocks, [b.start for b in blocks]
        self.partner = {k: others[at] for k, at in partner.items()}
        self.whole = {k for k, at in partner.items() if one[k] == two[at]}
        self.ends: dict[int, tuple[int, int]] = {}
        self.removed = len(blocks) - len(self.whole)
        self.added = len(others) - len(self.whole)

    def place(self, start: int) -> int | None:
        """Where a place of the old text is in the new one, None where it is gone or was rewritten."""
        k = bisect_right(self.starts, start) - 1
        if k not in self.partner or start >= self.blocks[k].end:
            return None
        block, other = self.blocks[k], self.partner[k]
        offset = start - block.start
        if k in self.whole:
            return other.start + offset
        if k not in self.ends:
            self.ends[k] = self._ends(block, other)
        beginning, end = self.ends[k]
        if offset < beginning:
            return other.start + offset
        rest = block.end - start
        return other.end - rest if rest <= end else None

    def _ends(self, block: Block, other: Block) -> tuple[int, int]:
        """How much of the beginning, and of the end, of a paragraph that was changed stayed as it was."""
        old, new = self.old[block.start : block.end], self.new[other.start : other.end]
        beginning = len(commonprefix([old, new]))
        return beginning, len(commonprefix([old[beginning:][::-1], new[beginning:][::-1]]))


def _paragraphs(reading: Reading) -> list[Block]:
    return [block for block in reading.story.blocks if block.end > block.start]


def _aligned(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of indices in order: of the same text, or of what stands in its place between two such."""
    anchors = [(-1, -1), *_anchors(one, two), (len(one), len(two))]
    for (a, b), (c, d) in pairwise(anchors):
        if a >= 0:
            yield a, b
        low, low_two = a + 1, b + 1
        while low < c and low_two < d and one[low] == two[low_two]:
            yield low, low_two
            low, low_two = low + 1, low_two + 1
        high, high_two = c, d
        ends = []
        while high > low and high_two > low_two and one[high - 1] == two[high_two - 1]:
            high, high_two = high - 1, high_two - 1
            ends.append((high, high_two))
        if high - low == high_two - low_two:  # as many as before: each in the other's place
            yield from zip(range(low, high), range(low_two, high_two), strict=True)
        yield from reversed(ends)


def _anchors(one: Sequence[str], two: Sequence[str]) -> list[tuple[int, int]]:
    """The longest rising run of the texts that stand once in both."""
    n_one, n_two = Counter(one), Counter(two)
    where = {text: at for at, text in enumerate(two) if n_two[text] == 1}
    both = [(at, where[text]) for at, text in enumerate(one) if n_one[text] == 1 and text in where]
    ends: list[int] = []  # the smallest end of a run of each length
    last: list[int] = []  # its index in `both`
    before: list[int] = []
    for k, (_, at) in enumerate(both):
        length = bisect_left(ends, at)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [at]
        last[length : length + 1] = [k]
    run, k = [], last[-1] if last else -1
    while k >= 0:
        run.append(both[k])
        k = before[k]
    return run[::-1]


# The page


def show_differences(old: Reading, new: Reading, style: TerminalStyle) -> str:
    """What changed, as a page of text for a console."""
    found = compare(old, new)
    if not found:
        return "Nothing changed.\n"
    places, lost = Locator(new), Locator(old)
    parts = [
        _text(found),
        _section("People", _people(found, new), style),
        _section("Other speakers", (_speaker(p, old, new, places) for p in found.speakers), style),
        _section("Other addressees", (_addressees(p, old, new, places) for p in found.addressees), style),
        _section("New quotations", (_line(q, new, places) for q in found.added), style),
        _section("Quotations that are gone", (_line(q, old, lost) for q in found.removed), style),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(found: Differences) -> str:
    if not (found.paragraphs_added or found.paragraphs_removed):
        return "The text is the same."
    return f"{counted(found.paragraphs_added, 'new paragraph')}, {found.paragraphs_removed:,} gone or rewritten."


def _section(title: str, rows: Iterator[str], style: TerminalStyle) -> str:
    lines = list(rows)
    if not lines:
        return ""
    shown = [line for row in lines[:SHOWN] for line in style.wrap(row, "  ", "    ")]
    more = [f"  and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else []
    return "\n".join([style.bold(f"{title} ({len(lines):,})"), *shown, *more])


def _people(found: Differences, new: Reading) -> Iterator[str]:
    for who, those in found.joined:
        yield f"{safe(who.name)} is now {' and '.join(safe(one.name) for one in those)}"
    for was, now in found.changed:
        told = [f"now called {safe(now.name)}"] if was.name != now.name else []
        told += [f"{was.pronouns or '?'} is now {now.pronouns or '?'}"] if was.pronouns != now.pronouns else []
        told += ["tells the story now" if now.narrator else "tells the story no more"] * (was.narrator != now.narrator)
        told += [f"a {now.kind} now"] if was.kind != now.kind else []
        yield f"{safe(was.name)}: {', '.join(told)}"
    for one in found.came:
        yield f"new: {safe(one.name)} ({counted(one.quotations, 'quotation')}, {counted(one.mentions, 'mention')})"
    for one in found.went:
        yield f"gone: {safe(one.name)} ({counted(one.quotations, 'quotation')}, {counted(one.mentions, 'mention')})"


def _line(quotation: Quotation, reading: Reading, places: Locator) -> str:
    name = safe(reading.name_of(quotation.speaker) or "somebody unknown")
    return f"{places.describe(quotation.start)}: {safe(clip(one_line(reading.text_of(quotation)), 80))} {name}"


def _speaker(pair: Pair, old: Reading, new: Reading, places: Locator) -> str:
    was = safe(old.name_of(pair.old.speaker) or "somebody unknown")
    return f"{_line(pair.new, new, places)}, was {was}"


def _addressees(pair: Pair, old: Reading, new: Reading, places: Locator) -> str:
    was, now = (
        " and ".join(safe(r.name_of(id) or "") for id in q.addressees) or "nobody known"
        for r, q in ((old, pair.old), (new, pair.new))
    )
    return f"{_line(pair.new, new, places)} to {now}, was to {was}"
