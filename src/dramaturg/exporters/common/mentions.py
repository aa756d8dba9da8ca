"""Mentions and quotations as exports count them: nouns inside names and quotations inside quotations are left out."""

from collections import defaultdict

from dramaturg.reading import Mention, Quotation, Reading


def outermost_quotations(reading: Reading) -> list[Quotation]:
    """The quotations that are not inside another quotation, in text order."""
    return sorted((q for q in reading.quotations if q.within is None), key=lambda q: q.start)


def nouns_inside_names(reading: Reading) -> frozenset[int]:
    """The indexes of mentions that are nouns inside a name of the same entity: the “Mr.” of “Mr. Darcy”.

    On their own they say nothing, so counts of mentions leave them out.
    """
    mentions = reading.mentions
    named_until: dict[str, int] = {}
    inside = set()
    for n in sorted(range(len(mentions)), key=lambda n: (mentions[n].start, -mentions[n].end)):
        mention = mentions[n]
        end_of_name = named_until.get(mention.entity, 0)
        if mention.kind == "noun" and mention.end <= end_of_name:
            inside.add(n)
        elif mention.kind == "name":
            named_until[mention.entity] = max(end_of_name, mention.end)
    return frozenset(inside)


def whole_mentions(reading: Reading) -> list[Mention]:
    """The mentions without nouns inside names, in the order of the reading."""
    inside = nouns_inside_names(reading)
    return [mention for n, mention in enumerate(reading.mentions) if n not in inside]


def mentions_by_character(reading: Reading) -> dict[str, list[Mention]]:
    """The whole mentions of each character, in text order."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in whole_mentions(reading):
        if mention.character is not None:
            found[mention.character].append(mention)
    return found
