"""What the text has told of each person by some place in it: names, lines, whom they talk with.

Whatever must not give a story away (a who's who at the back of a chapter) takes its facts from here.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dramaturg.formatting import one_line
from dramaturg.reading import Mention, Quotation, Reading


@dataclass(slots=True)
class Known:
    """What a reader knows of a person so far.

    `names`, `nouns`: how often each was read. `first`: where the person was met. `lines`: utterances so far.
    `talks`: with whom, and how many lines either way.
    """

    first: int
    names: Counter[str] = field(default_factory=Counter)
    nouns: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    talks: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str | None:
        """What to call this person by what was read so far: the name read most, or a longer form of it."""
        for known in (self.names, self.nouns):
            if known:
                likely = max(known, key=lambda form: (known[form], len(form), form))
                whole = [form for form in known if likely != form and likely in form.split(" ")]
                return max(whole or [likely], key=lambda form: (known[form], len(form), form))
        return None


def known_by_part(reading: Reading, ends: list[int]) -> Iterator[tuple[dict[str, Known], list[str]]]:
    """For each part of the story, by where it ends: all who are known there, and the ids of those met or heard in it.

    `ends` are in order. The dict is one and the same that grows from part to part: take from it what is needed at once.
    """
    mentions: list[list[Mention]] = [[] for _ in ends]
    spoken: list[list[Quotation]] = [[] for _ in ends]
    for mention in whole_mentions(reading):
        part = bisect_right(ends, mention.start)
        if mention.character is not None and part < len(ends):
            mentions[part].append(mention)
    for quotation in reading.quotations:
        part = bisect_right(ends, quotation.start)
        if quotation.speaker is not None and part < len(ends):
            spoken[part].append(quotation)
    known: dict[str, Known] = {}
    heard: set[str] = set()  # utterances of which a part was counted
    for of_part, said in zip(mentions, spoken, strict=True):
        here: dict[str, None] = {}
        for mention in of_part:
            id = mention.character or ""
            here[id] = None
            person = known.setdefault(id, Known(mention.start))
            form = one_line(reading.text_of(mention))
            if mention.kind == "name":
                person.names[form] += 1
            elif mention.kind == "noun":
                person.nouns[form] += 1
        for quotation in said:
            id = quotation.speaker or ""
            here[id] = None
            person = known.setdefault(id, Known(quotation.start))
            if quotation.within is None and quotation.group not in heard:
                heard.add(quotation.group)
                person.lines += 1
                for other in quotation.addressees:
                    person.talks[other] += 1
                    known.setdefault(other, Known(quotation.start)).talks[id] += 1
        yield known, list(here)


class Part(NamedTuple):
    """A chapter, or what stands before the first one, which has the number 0."""

    number: int
    title: str | None
    start: int
    end: int


def chapter_parts(reading: Reading) -> list[Part]:
    """The story cut into what stands before its first chapter, if anything does, and its chapters.

    Gap-free: what follows a chapter up to the next one belongs to it. One part where there are no chapters.
    """
    story = reading.story
    heads = [(n, chapter.title, chapter.start) for n, chapter in enumerate(story.chapters, 1)]
    if not heads or any(block.end <= heads[0][2] for block in story.blocks):
        heads = [(0, None, 0), *heads]
    ends = [*(start for *_, start in heads[1:]), len(story.text)]
    return [Part(*head, end) for head, end in zip(heads, ends, strict=True)]


def mentions_by_character(reading: Reading) -> dict[str, list[Mention]]:
    """The mentions of each character, in the order of the text, but for those that are part of a name."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in whole_mentions(reading):
        if mention.character is not None:
            found[mention.character].append(mention)
    return found


def parts_of_names(reading: Reading) -> frozenset[int]:
    """Which mentions, by index, are nouns in a name of the same entity: the “Mr.” of “Mr. Darcy”.

    By themselves they tell nothing, and whoever counts how often somebody is spoken of leaves them out.
    """
    mentions = reading.mentions
    named_until: dict[str, int] = {}
    parts = set()
    for n in sorted(range(len(mentions)), key=lambda n: (mentions[n].start, -mentions[n].end)):
        mention = mentions[n]
        reached = named_until.get(mention.entity, 0)
        if mention.kind == "noun" and mention.end <= reached:
            parts.add(n)
        elif mention.kind == "name":
            named_until[mention.entity] = max(reached, mention.end)
    return frozenset(parts)


def whole_mentions(reading: Reading) -> list[Mention]:
    """The mentions without those that are part of a name, in the reading's order."""
    parts = parts_of_names(reading)
    return [mention for n, mention in enumerate(reading.mentions) if n not in parts]
