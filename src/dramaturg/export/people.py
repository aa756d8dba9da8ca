"""What the text has told of each person by some place in it: names, lines, whom they talk with.

Whatever must not give a story away (a who's who at the back of a chapter) takes its facts from here.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dramaturg.reading import Mention, Quotation, Reading
from dramaturg.report.digest import one_line


@dataclass(slots=True)
class Known:
    """What a reader knows of a person so far.

    `names`, `nouns`: how often each was read. `first`: where the person was met. `lines`: utterances so far.
    `talks`: with whom, and how many lines either way.
    """

    first: int
    names: Counter[str] = field(default_factory=Counter)
    nouns: Counter[str] = field(default_factory=Counter)
    mentions: int = 0
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
    for mention in reading.mentions:
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
            person.mentions += 1
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


def chapter_parts(reading: Reading) -> list[tuple[str | None, int, int]]:
    """The story cut into what stands before its first chapter, and its chapters: a title or None, start, end.

    Gap-free: what follows a chapter up to the next one belongs to it. One part where there are no chapters.
    """
    story = reading.story
    starts = [chapter.start for chapter in story.chapters]
    titles: list[str | None] = [chapter.title for chapter in story.chapters]
    if not starts or any(block.end <= starts[0] for block in story.blocks):
        starts, titles = [0, *starts], [None, *titles]
    ends = [*starts[1:], len(story.text)]
    return list(zip(titles, starts, ends, strict=True))


def mentions_by_character(reading: Reading) -> dict[str, list[Mention]]:
    """The mentions of each character, in the order of the text."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in reading.mentions:
        if mention.character is not None:
            found[mention.character].append(mention)
    return found
