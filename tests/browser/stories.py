"""Stories for the browser tests. The second chapter of the first one is full of spoilers."""

import re
from dataclasses import replace

from handmade import make, person, said

from dramaturg.reading import Event, Mention, Reading

FOG = """\
The Fog

Chapter One

“Is the ferry late?” asked Ann.

“It's always late,” said Bo. “Every night.”

A stranger stood by the rail. “You two,” the stranger said, “may go home.”

“Who is that?” Ann whispered.

“Nobody,” said Bo. He shivered.

* * *

The fog came in. “Then we wait, Bo.”

Chapter Two: The Count

Count Orlok lifted his hat. Zelda came down the stairs with a lamp.

“I am Orlok,” said Count Orlok. “And you are afraid, Ann.”

“Zelda!” cried Ann. “Zelda, bring the lamp!”

“Marvellous,” said Zelda.
"""
SECRETS = ("Orlok", "Zelda", "lamp", "Marvellous", "Count", "count-orlok", "zelda")  # all of the second chapter


def fog(prefix: str = "", **source: object) -> Reading:
    """Its reading: Ann, Bo, Zelda, and a stranger who gets a name in the second chapter."""
    cast = (
        person("ann", mentions=5, quotations=4, words_spoken=14, pronouns="she", aliases=("Annie",)),
        person("bo", mentions=3, quotations=3, words_spoken=6, pronouns="he"),
        person("count-orlok", "Count Orlok", aliases=("Orlok", "the stranger"), pronouns="he", quotations=4),
        person("zelda", mentions=3, quotations=1, pronouns="she"),
    )
    spoken = (
        said("ann", "bo", evidence=("tag", "asked Ann"), confidence=0.99),
        said("bo", "ann", evidence=("tag", "said Bo"), confidence=0.98),
        said("bo", "ann", evidence=("tag", "said Bo"), confidence=0.98, joined=True),
        said("count-orlok", "ann", "bo", evidence=("tag", "the stranger said"), confidence=0.9),
        said("count-orlok", "ann", "bo", evidence=("tag", "the stranger said"), confidence=0.9, joined=True),
        said("ann", "bo", evidence=("tag", "Ann whispered"), confidence=0.97),
        said("bo", "ann", evidence=("tag", "said Bo"), confidence=0.97),
        said("ann", "bo", evidence=("turn", "Nobody"), confidence=0.55, alternatives=(("bo", 0.3), ("zelda", 0.1))),
        said("count-orlok", "ann", evidence=("tag", "said Count Orlok"), confidence=0.97),
        said("count-orlok", "ann", evidence=("tag", "said Count Orlok"), confidence=0.97, joined=True),
        said("ann", "zelda", evidence=("tag", "cried Ann"), confidence=0.97),
        said("ann", "zelda", evidence=("tag", "cried Ann"), confidence=0.97, joined=True),
        said("zelda", "ann", evidence=("tag", "said Zelda"), confidence=0.5),
    )
    text = f"{prefix}{FOG}"
    reading = make(text, cast, spoken, **{"title": "The Fog", "path": "fog.txt", **source})
    more = [
        Mention(text.index(words), text.index(words) + len(words), kind, "PER", id, id, 0.9)  # type: ignore[arg-type]
        for words, kind, id in (
            ("A stranger", "noun", "count-orlok"),
            ("the stranger", "noun", "count-orlok"),
            ("He", "pronoun", "bo"),
        )
    ]
    whisper, shiver = text.index("whispered"), text.index("shivered")
    events = (
        Event(whisper, whisper + 9, ("ann",), (), 0.9),
        Event(shiver, shiver + 8, ("bo",), (), 0.9),
    )
    mentions = tuple(sorted((*reading.mentions, *more), key=lambda m: m.start))
    return replace(reading, mentions=mentions, events=events)


GRAYS = """\
The Grays

Chapter One

I came to the house. Tom Gray was not there. I waited, and I was cold.

Chapter Two

I saw Tom Gray at last, and I saw Old Gray. Tom Gray nodded. Old Gray slept. Old Gray snored. I left.

Chapter Three

Edward Gray! That was what they called Old Gray. Sir Humphrey laughed. I did not. Sir Humphrey, Sir Humphrey.
"""


def two_grays() -> Reading:
    """A story with an unnamed narrator, two people with the same last name, and one who appears at the end."""
    cast = (
        person("narrator", "the narrator", named=False, narrator=True, mentions=8, first=GRAYS.index("I came")),
        person("tom-gray", "Tom Gray", mentions=3),
        person("old-gray", "Old Gray", mentions=5, aliases=("Edward Gray",)),
        person("sir-humphrey", "Sir Humphrey", mentions=3),
    )
    reading = make(GRAYS, cast, title="The Grays", path="grays.txt")
    more = [
        Mention(m.start(), m.end(), "pronoun", "PER", "narrator", "narrator", 0.9) for m in re.finditer(r"\bI\b", GRAYS)
    ]
    at = GRAYS.index("Edward Gray")
    more.append(Mention(at, at + 11, "name", "PER", "old-gray", "old-gray", 0.9))
    return replace(reading, mentions=tuple(sorted((*reading.mentions, *more), key=lambda m: m.start)))
