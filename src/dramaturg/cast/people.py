"""People: what `cast` knows of each one while it decides who is who."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from dramaturg.findings import Gender


@dataclass
class Person:
    """A person, or a group that speaks as one, while the cast is being made.

    `forms`: how often each name (or, for who has none, noun) stands in the text; `described`: the nouns that
    a named person is also meant by. `mentions`: indices in `Findings.mentions`, sorted,
    the names or nouns by which they were found.
    """

    name: str
    named: bool
    kind: Literal["person", "group"] = "person"
    gender: Gender = "?"
    forms: Counter[str] = field(default_factory=Counter)
    described: Counter[str] = field(default_factory=Counter)
    mentions: list[int] = field(default_factory=list)
    narrator: bool = False
