"""What a reader knows of each person by some point in the text: names, lines, conversation partners.

Exports that must not give the story away, such as the who's who at the end of a chapter, take their facts from here.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dramaturg.exporters.common.mentions import whole_mentions
from dramaturg.formatting import one_line
from dramaturg.reading import Mention, Quotation, Reading


@dataclass(slots=True)
class KnownPerson:
    """What a reader knows of a person so far.

    `first` is the offset of the first appearance. `names` and `nouns` count the forms read so far, `lines` the
    utterances. `partners` counts the lines exchanged with each other person.
    """

    first: int
    names: Counter[str] = field(default_factory=Counter)
    nouns: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    partners: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str | None:
        """The most frequent name so far, or a longer form of it; a noun if there is no name yet."""
        for forms in (self.names, self.nouns):
            if forms:
                likely = max(forms, key=lambda form: (forms[form], len(form), form))
                longer = [form for form in forms if likely != form and likely in form.split(" ")]
                return max(longer or [likely], key=lambda form: (forms[form], len(form), form))
        return None


def known_by_chapter(reading: Reading, ends: list[int]) -> Iterator[tuple[dict[str, KnownPerson], list[str]]]:
    """For each chapter, everybody known at its end, and the ids of those who are mentioned or speak in it.

    `ends` are the ends of the chapters, in order. The dict is the same object each time and grows from chapter to
    chapter, so use it before you ask for the next one.
    """
    mentions: list[list[Mention]] = [[] for _ in ends]
    quotations: list[list[Quotation]] = [[] for _ in ends]
    for mention in whole_mentions(reading):
        chapter = bisect_right(ends, mention.start)
        if mention.character is not None and chapter < len(ends):
            mentions[chapter].append(mention)
    for quotation in reading.quotations:
        chapter = bisect_right(ends, quotation.start)
        if quotation.speaker is not None and chapter < len(ends):
            quotations[chapter].append(quotation)
    known: dict[str, KnownPerson] = {}
    counted_groups: set[str] = set()  # utterances whose first part was counted
    for chapter_mentions, chapter_quotations in zip(mentions, quotations, strict=True):
        present: dict[str, None] = {}
        for mention in chapter_mentions:
            id = mention.character or ""
            present[id] = None
            person = known.setdefault(id, KnownPerson(mention.start))
            form = one_line(reading.text_of(mention))
            if mention.kind == "name":
                person.names[form] += 1
            elif mention.kind == "noun":
                person.nouns[form] += 1
        for quotation in chapter_quotations:
            id = quotation.speaker or ""
            present[id] = None
            person = known.setdefault(id, KnownPerson(quotation.start))
            if quotation.within is None and quotation.group not in counted_groups:
                counted_groups.add(quotation.group)
                person.lines += 1
                for other in quotation.addressees:
                    person.partners[other] += 1
                    known.setdefault(other, KnownPerson(quotation.start)).partners[id] += 1
        yield known, list(present)
