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
    the names or nouns by which they were found. `listed`, `pronouns`: the user says that they are one of the cast, and
    what to call them.
    """

    name: str
    named: bool
    kind: Literal["person", "group"] = "person"
    gender: Gender = "?"
    forms: Counter[str] = field(default_factory=Counter)
    described: Counter[str] = field(default_factory=Counter)
    mentions: list[int] = field(default_factory=list)
    narrator: bool = False
    listed: bool = False
    pronouns: str | None = None

    @property
    def plural(self) -> bool:
        """Whether `they` means them: a group, or a person whom the user says so of."""
        told = (self.pronouns or "").lower().replace("/", " ").split()
        return self.kind == "group" or told[:1] == ["they"]
