"""One line that says who somebody is, put together from the facts of a reading and nothing else.

>>> from dramaturg.portraits import with_article
>>> with_article("engineer"), with_article("nurse at the mill"), with_article("Captain")
('an engineer', 'a nurse at the mill', 'a captain')
"""

from collections.abc import Iterator, Mapping

from dramaturg.reading import Character, Fact, FactKind, Reading

MAX_PARTS = 4  # of one line
ORDER: tuple[FactKind, ...] = ("kin", "work", "bond", "age", "origin")
VOWELS = "aeiou"


def portrait(
    reading: Reading, character: Character, *, before: int | None = None, names: Mapping[str, str | None] | None = None
) -> str:
    """Who somebody is: “Martha Quill’s husband, a schoolmaster, from Lisbon”; empty if the story does not say.

    `before`: leave out what the story says from this place on, so that nothing is given away. `names`: what to call
    the others, by id; those without a name are left out. None: their names in the reading.
    """
    facts = [fact for fact in reading.facts if before is None or fact.end <= before]
    called = names if names is not None else {other.id: other.name for other in reading.characters}
    return ", ".join(list(dict.fromkeys(_parts(character, facts, called)))[:MAX_PARTS])


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


def _parts(character: Character, facts: list[Fact], names: Mapping[str, str | None]) -> Iterator[str]:
    """What each fact adds to the line, kind by kind, the surest of a kind first."""
    for kind in ORDER:
        of_kind = sorted((f for f in facts if f.kind == kind), key=lambda fact: (-fact.confidence, fact.start))
        mine = [fact for fact in of_kind if fact.person == character.id]
        if kind in ("kin", "bond"):
            known = [(fact, names.get(fact.of or "")) for fact in mine]
            yield from [f"{name}’s {fact.value.lower()}" for fact, name in known if name][:2]
            if kind == "kin" and not mine:
                yield from _kin_of(character, of_kind, names)
            continue
        yield from [_phrase(fact) for fact in mine if not fact.value.endswith(".")][:1]  # “Dr.” stands in the name


def _kin_of(character: Character, kin: list[Fact], names: Mapping[str, str | None]) -> Iterator[str]:
    """Kin that the story tells from the other side: “whose husband is Amos Quill”."""
    for fact in kin:
        if fact.of == character.id and (name := names.get(fact.person)):
            yield f"whose {fact.value.lower()} is {name}"
            return


def _phrase(fact: Fact) -> str:
    """What one fact says, in words that go on a sentence."""
    is_clause = " " in fact.value and fact.value.split()[0].endswith(("ed", "s", "ing"))  # “studied at Yale”
    is_noun = fact.kind == "work" or (fact.kind == "origin" and fact.value.islower() and " " not in fact.value)
    if is_noun and not is_clause:
        return with_article(fact.value)
    return fact.value.lower() if fact.kind == "age" else fact.value
