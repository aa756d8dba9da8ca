"""Corrections that a person makes to a reading. docs/corrections.md describes the file that holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dramaturg.corrections.anchors import Anchor
from dramaturg.reading import CharacterKind, SlipKind

VERSION = 1  # of the file's format
SUFFIX = ".cast.toml"
SHARED = "cast.toml"  # for all stories of a folder
Complete = Literal["cast", "quotations"]


@dataclass(frozen=True, slots=True)
class FileLocation:
    """The file that a correction comes from and its line, from 1; 0 without a file. `shared`: by a folder's stories."""

    file: str = ""
    line: int = 0
    shared: bool = False


NO_FILE = FileLocation()


@dataclass(frozen=True, slots=True)
class PersonCorrection:
    """A person of the cast. `pronouns` and `kind`: None if the correction does not give them."""

    name: str
    aliases: tuple[str, ...] = ()
    pronouns: str | None = None
    kind: CharacterKind | None = None
    location: FileLocation = field(default=NO_FILE, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.name, *self.aliases)

    def updated_with(self, later: "PersonCorrection") -> "PersonCorrection":
        """The person with the fields that a later correction gives, and the aliases of both."""
        aliases = dict.fromkeys((*self.aliases, *later.aliases))
        return replace(
            later, aliases=tuple(aliases), pronouns=later.pronouns or self.pronouns, kind=later.kind or self.kind
        )

    def __str__(self) -> str:
        return f"“{self.name}” is one of the cast"


@dataclass(frozen=True, slots=True)
class MergeCorrection:
    """Names that belong to one person."""

    names: tuple[str, ...]
    location: FileLocation = field(default=NO_FILE, compare=False)

    def __str__(self) -> str:
        return " and ".join(f"“{name}”" for name in self.names) + " are one person"


@dataclass(frozen=True, slots=True)
class NotAPersonCorrection:
    """A name that does not belong to a person."""

    name: str
    location: FileLocation = field(default=NO_FILE, compare=False)

    def __str__(self) -> str:
        return f"“{self.name}” is not a person"


@dataclass(frozen=True, slots=True)
class NarratorCorrection:
    """The name of the character who tells the story as “I”; None: no character tells it."""

    name: str | None
    location: FileLocation = field(default=NO_FILE, compare=False)

    def __str__(self) -> str:
        return "no character tells the story" if self.name is None else f"“{self.name}” tells the story"


@dataclass(frozen=True, slots=True)
class MentionCorrection:
    """The character that words at one place refer to; None: to no character. `story`: the name of the story's file."""

    anchor: Anchor
    character: str | None
    story: str | None = None
    location: FileLocation = field(default=NO_FILE, compare=False)

    def __str__(self) -> str:
        return f"“{self.anchor.text}” means {'nobody' if self.character is None else self.character}"


@dataclass(frozen=True, slots=True)
class QuotationCorrection:
    """Fields of a quotation; those that are None are not corrected.

    `until`: the last words, if `anchor` gives only the first. `speaker`: False if it cannot be known. `speech`: whether
    this is speech at all. `continues`: whether it continues the utterance before it. `story`: the name of its file.
    """

    anchor: Anchor
    until: str = ""
    speaker: str | Literal[False] | None = None
    addressees: tuple[str, ...] | None = None
    speech: bool | None = None
    continues: bool | None = None
    story: str | None = None
    location: FileLocation = field(default=NO_FILE, compare=False)

    def __str__(self) -> str:
        said = []
        if self.speech is not None:
            said.append("is speech" if self.speech else "is not speech")
        if self.speaker is not None:
            said.append(f"is said by {self.speaker}" if self.speaker else "is said by somebody unknown")
        if self.addressees is not None:
            said.append(f"is said to {' and '.join(self.addressees) or 'nobody'}")
        if self.continues is not None:
            said.append("continues the utterance before it" if self.continues else "starts a new utterance")
        return f"“{self.anchor.text.strip(chr(34))}” {', '.join(said) or 'is a quotation'}"


@dataclass(frozen=True, slots=True)
class SlipCorrection:
    """A slip of continuity that is meant so, by words at one of its places. `kind`: None for slips of every kind there.

    `story`: the name of the story's file.
    """

    anchor: Anchor
    kind: SlipKind | None = None
    story: str | None = None
    location: FileLocation = field(default=NO_FILE, compare=False)

    def __str__(self) -> str:
        return f"“{self.anchor.text}”{f' ({self.kind})' if self.kind else ''} is meant so"


Correction = (
    PersonCorrection
    | MergeCorrection
    | NotAPersonCorrection
    | NarratorCorrection
    | MentionCorrection
    | QuotationCorrection
    | SlipCorrection
)


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrections of one or several stories; the empty value changes nothing.

    `complete`: "cast" if `people` lists every character, "quotations" if `quotations` list all speech. If two
    corrections contradict each other, the later one applies.
    """

    people: tuple[PersonCorrection, ...] = ()
    same: tuple[MergeCorrection, ...] = ()
    not_people: tuple[NotAPersonCorrection, ...] = ()
    narrator: NarratorCorrection | None = None
    mentions: tuple[MentionCorrection, ...] = ()
    quotations: tuple[QuotationCorrection, ...] = ()
    slips: tuple[SlipCorrection, ...] = ()
    complete: frozenset[Complete] = frozenset()

    def __add__(self, later: "Corrections") -> "Corrections":
        """Combine both. The later fields of a person who is listed in both replace the earlier ones."""
        return Corrections(
            _merge_people(self.people, later.people),
            self.same + later.same,
            self.not_people + later.not_people,
            later.narrator or self.narrator,
            self.mentions + later.mentions,
            self.quotations + later.quotations,
            self.slips + later.slips,
            self.complete | later.complete,
        )

    def of_story(self, name: str) -> "Corrections":
        """The corrections that apply to the story in a file of this name."""
        return replace(
            self,
            mentions=tuple(one for one in self.mentions if one.story in (None, name)),
            quotations=tuple(one for one in self.quotations if one.story in (None, name)),
            slips=tuple(one for one in self.slips if one.story in (None, name)),
        )


def _merge_people(
    people: Sequence[PersonCorrection], later: Sequence[PersonCorrection]
) -> tuple[PersonCorrection, ...]:
    """Two lists of people as one. Somebody whose name is an alias in the later list has been renamed."""
    known = {one.name: one for one in people}
    for one in later:
        before = [known.pop(name) for name in one.names if name in known]
        for other in before:
            one = other.updated_with(one)
        known[one.name] = one
    return tuple(known.values())


def fold_name(name: str) -> str:
    """A name in the form in which names are compared: lower case, without an article or the points of titles."""
    from dramaturg.lexicon.en import ENGLISH  # slow to import, and a story without corrections does not need it

    words = [word.rstrip(".") or word for word in name.lower().replace("’", "'").split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ENGLISH.grammar.articles else words)
