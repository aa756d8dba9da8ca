"""A person of a story, as `cast` knows them while it decides who is who."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from dramaturg.findings import Gender


@dataclass(frozen=True, slots=True)
class Person:
    """A person, or a group that speaks as one. A value: no step changes it, nor the counters in it.

    `forms`: how often each name occurs in the text; for a person without a name, how often each noun does.
    `described`: the nouns that also refer to a named person. `mentions`: indices in `Findings.mentions`, sorted: the
    names or nouns by which the person was found. `listed`, `pronouns`: the corrections list this person in the cast,
    and give these pronouns.
    """

    name: str
    named: bool
    kind: Literal["person", "group"] = "person"
    gender: Gender = "?"
    forms: Counter[str] = field(default_factory=Counter)
    described: Counter[str] = field(default_factory=Counter)
    mentions: tuple[int, ...] = ()
    narrator: bool = False
    listed: bool = False
    pronouns: str | None = None

    @property
    def plural(self) -> bool:
        """Whether “they” refers to this person: a group, or somebody whose given pronouns begin with it."""
        pronouns = (self.pronouns or "").lower().replace("/", " ").split()
        return self.kind == "group" or pronouns[:1] == ["they"]
