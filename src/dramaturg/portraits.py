"""One line that says who somebody is, put together from the facts of a reading and nothing else.

>>> from dramaturg.portraits import with_article
>>> with_article("engineer"), with_article("nurse at the mill"), with_article("Captain")
('an engineer', 'a nurse at the mill', 'a captain')
"""

from collections.abc import Iterator

from dramaturg.reading import Character, Fact, FactKind, Reading

MAX_PARTS = 4  # of one line
ORDER: tuple[FactKind, ...] = ("kin", "work", "bond", "age", "origin")
VOWELS = "aeiou"


def portrait(reading: Reading, character: Character, *, before: int | None = None) -> str:
    """Who somebody is: “Martha Quill’s husband, a schoolmaster, from Lisbon”; empty if the story does not say.

    `before`: leave out what the story says from this place on, so that nothing is given away.
    """
    facts = [fact for fact in reading.facts if before is None or fact.end <= before]
    return ", ".join(list(dict.fromkeys(_parts(reading, character, facts)))[:MAX_PARTS])


def facts_of(reading: Reading, character: Character) -> list[Fact]:
    """The facts about somebody, by kind, then in the order of the text."""
    mine = (fact for fact in reading.facts if fact.person == character.id)
    return sorted(mine, key=lambda fact: (_rank(fact.kind), fact.start))


def with_article(noun: str) -> str:
    """A noun with its indefinite article, in lower case if it is a title."""
    word = noun[:1].lower() + noun[1:] if noun[1:].islower() else noun
    return f"{'an' if word[:1].lower() in VOWELS else 'a'} {word}"


def _rank(kind: FactKind) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _parts(reading: Reading, character: Character, facts: list[Fact]) -> Iterator[str]:
    """What each fact adds to the line, kind by kind, the surest of a kind first."""
    for kind in ORDER:
        of_kind = sorted((f for f in facts if f.kind == kind), key=lambda fact: (-fact.confidence, fact.start))
        mine = [fact for fact in of_kind if fact.person == character.id]
        if kind in ("kin", "bond"):
            yield from (f"{reading.name_of(fact.of)}’s {fact.value.lower()}" for fact in mine[:2])
            if kind == "kin" and not mine:
                yield from _kin_of(reading, character, of_kind)
            continue
        yield from (_phrase(fact) for fact in mine[:1])


def _kin_of(reading: Reading, character: Character, kin: list[Fact]) -> Iterator[str]:
    """Kin that the story tells from the other side: “whose husband is Amos Quill”."""
    for fact in kin:
        if fact.of == character.id:
            yield f"whose {fact.value.lower()} is {reading.name_of(fact.person)}"
            return


def _phrase(fact: Fact) -> str:
    """What one fact says, in words that go on a sentence."""
    is_noun = fact.kind == "work" or (fact.kind == "origin" and fact.value.islower() and " " not in fact.value)
    return with_article(fact.value) if is_noun else fact.value
