"""Corrections: what a person says of a story, in a small file beside it.

The file is TOML, described in docs/corrections.md. It is read into `Corrections`; `fit` finds the places that it speaks
of in one story's text. Whatever could not be used is kept with the reason (`Ledger`), never dropped.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from dramaturg.anchors import Anchor, Places
from dramaturg.errors import BadCorrections, UsageError
from dramaturg.reading import CharacterKind, Corrected
from dramaturg.story import Span, Story

VERSION = 1  # of the file's format
SUFFIX = ".cast.toml"
SHARED = "cast.toml"  # for all stories of a folder
Complete = Literal["cast", "quotations"]


@dataclass(frozen=True, slots=True)
class Where:
    """Where something was said: a file and a line of it, from 1; 0 where there is no file."""

    file: str = ""
    line: int = 0
    shared: bool = False


NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of the cast. `pronouns` and `kind` are None where nothing is said of them."""

    name: str
    aliases: tuple[str, ...] = ()
    pronouns: str | None = None
    kind: CharacterKind | None = None
    where: Where = field(default=NOWHERE, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.name, *self.aliases)

    def with_word(self, later: "Listed") -> "Listed":
        """The same person, with what is said later; aliases of both."""
        aliases = dict.fromkeys((*self.aliases, *later.aliases))
        return replace(
            later, aliases=tuple(aliases), pronouns=later.pronouns or self.pronouns, kind=later.kind or self.kind
        )

    def __str__(self) -> str:
        return f"“{self.name}” is one of the cast"


@dataclass(frozen=True, slots=True)
class Same:
    """Names that are one person's."""

    names: tuple[str, ...]
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return " and ".join(f"“{name}”" for name in self.names) + " are one person"


@dataclass(frozen=True, slots=True)
class NotPerson:
    """A name that is nobody's."""

    name: str
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"“{self.name}” is no person"


@dataclass(frozen=True, slots=True)
class Teller:
    """Who “I” is in the narration; None: nobody in the story tells it."""

    name: str | None
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return "nobody in the story tells it" if self.name is None else f"“{self.name}” tells the story"


@dataclass(frozen=True, slots=True)
class MentionCorrection:
    """Whom some words at one place mean; `who` None: nobody. `story`: the file's name, where files are many."""

    anchor: Anchor
    who: str | None
    story: str | None = None
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"“{self.anchor.text}” means {'nobody' if self.who is None else self.who}"


@dataclass(frozen=True, slots=True)
class QuotationCorrection:
    """What is so of a quotation; None (`to`, `speaker`, `speech`, `continues`): nothing is said of it.

    `until`: its last words, where `anchor` gives only the first. `speaker` False: it cannot be known.
    `continues`: it is part of the utterance before it.
    """

    anchor: Anchor
    until: str = ""
    speaker: str | Literal[False] | None = None
    to: tuple[str, ...] | None = None
    speech: bool | None = None
    continues: bool | None = None
    story: str | None = None
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        said = []
        if self.speech is not None:
            said.append("is speech" if self.speech else "is no speech")
        if self.speaker is not None:
            said.append(f"is said by {self.speaker}" if self.speaker else "is said by somebody unknown")
        if self.to is not None:
            said.append(f"is said to {' and '.join(self.to) or 'nobody'}")
        if self.continues is not None:
            said.append("goes on with the one before" if self.continues else "begins anew")
        return f"“{self.anchor.text.strip(chr(34))}” {', '.join(said) or 'stands there'}"


Correction = Listed | Same | NotPerson | Teller | MentionCorrection | QuotationCorrection


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person says of a story, or of several. The empty value says nothing, and changes nothing.

    `complete`: of what all is listed: "cast", so that nobody else is a character; "quotations", so that nothing else
    is speech. Where two of them speak of the same thing, the later one holds.
    """

    people: tuple[Listed, ...] = ()
    same: tuple[Same, ...] = ()
    not_people: tuple[NotPerson, ...] = ()
    narrator: Teller | None = None
    mentions: tuple[MentionCorrection, ...] = ()
    quotations: tuple[QuotationCorrection, ...] = ()
    complete: frozenset[Complete] = frozenset()

    def __add__(self, later: "Corrections") -> "Corrections":
        """Both together. Of a person who is listed in both, the later one's word holds where it says anything."""
        return Corrections(
            _listed_together(self.people, later.people),
            self.same + later.same,
            self.not_people + later.not_people,
            later.narrator or self.narrator,
            self.mentions + later.mentions,
            self.quotations + later.quotations,
            self.complete | later.complete,
        )

    def of_story(self, name: str) -> "Corrections":
        """Those that hold for the story in a file of this name."""
        return replace(
            self,
            mentions=tuple(one for one in self.mentions if one.story in (None, name)),
            quotations=tuple(one for one in self.quotations if one.story in (None, name)),
        )


def _listed_together(people: Sequence[Listed], later: Sequence[Listed]) -> tuple[Listed, ...]:
    """Two lists of people as one. Whose name is an alias of somebody later has got another name."""
    known = {one.name: one for one in people}
    for one in later:
        before = [known.pop(name) for name in one.names if name in known]
        for other in before:
            one = other.with_word(one)
        known[one.name] = one
    return tuple(known.values())


def fold_name(name: str) -> str:
    """A name as names are compared: in lower case, without an article before it or the points of its titles."""
    words = [word.rstrip(".") or word for word in name.lower().replace("’", "'").split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


# Files → Corrections


def corrections_beside(path: str | Path) -> Corrections:
    """The corrections of the files beside a story: `cast.toml` of its folder, then `STORY.cast.toml`.

    None for standard input (`-`). Raises BadCorrections where a file is there and is not what it should be.
    """
    if str(path) == "-":
        return Corrections()
    found = Corrections()
    for file in files_beside(path):
        try:
            there = file.is_file()
        except (OSError, ValueError):  # a name that no file can have
            there = False
        if there:
            found += load_corrections(file)
    return found.of_story(Path(path).name)


def files_beside(path: str | Path) -> tuple[Path, Path]:
    """Where the corrections of a story stand, if there are any: its folder's, its own."""
    path = Path(path)
    return path.with_name(SHARED) if path.name else path / SHARED, own_file(path)


def own_file(path: str | Path) -> Path:
    """Where the corrections of a story itself stand: `emma.cast.toml`, for `emma.txt`."""
    path = Path(path)
    return path.with_name(path.stem + SUFFIX) if path.name else path / SHARED


def load_corrections(path: str | Path) -> Corrections:
    """The corrections in a file. Raises UsageError where it is missing, BadCorrections where it is malformed."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: {reason}. Give the path of a corrections file.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadCorrections(f"{path}: line {line} is not UTF-8. Save the file as UTF-8.") from error
    return parse_corrections(text, str(path))


def parse_corrections(text: str, name: str = "corrections") -> Corrections:
    """The corrections in the text of a file; `name` is what an error calls it, and tells whether stories share it.

    Raises BadCorrections, with the line, where the text is not what it should be.
    """
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        last = text.count("\n", 0, len(text.rstrip())) + 1
        said = str(error).replace("at end of document", f"at line {last}, where the file ends")
        raise BadCorrections(f"{name}: {said}. Mend it there; docs/corrections.md tells how it is written.") from error
    return _Reader(text, name).read(values)


KNOWN = ("dramaturg", "narrator", "same", "not_people", "complete", "people", "mention", "quotation")
OF_PERSON = ("aliases", "pronouns", "kind")
OF_ANCHOR = ("text", "at", "before", "after", "story")
OF_MENTION = (*OF_ANCHOR, "who")
OF_QUOTATION = (*OF_ANCHOR, "until", "speaker", "to", "speech", "continues")
KINDS: tuple[CharacterKind, ...] = get_args(CharacterKind)
COMPLETE: tuple[Complete, ...] = get_args(Complete)


class _Reader:
    """Turns the values of a TOML file into Corrections; whatever is wrong is told with its line."""

    def __init__(self, text: str, name: str) -> None:
        self.lines, self.name = text.split("\n"), name
        self.shared = Path(name).name == SHARED
        self.headers = {
            kind: [n for n, line in enumerate(self.lines, 1) if re.match(rf"\s*\[\[\s*['\"]?{kind}\b", line)]
            for kind in ("mention", "quotation")
        }

    def read(self, values: dict[str, Any]) -> Corrections:
        """Check every value, and put it in its place."""
        self._known(values, KNOWN, None, "")
        version = values.get("dramaturg", VERSION)
        if version != VERSION or isinstance(version, bool):
            raise self._bad("dramaturg", f"version {version!r} is unknown; this version of dramaturg reads {VERSION}")
        return Corrections(
            people=tuple(self._person(name, row) for name, row in self._table(values, "people").items()),
            same=tuple(self._same(names) for names in self._array(values, "same")),
            not_people=tuple(
                NotPerson(self._words(name, "not_people", "not_people"), self._where("not_people"))
                for name in self._array(values, "not_people")
            ),
            narrator=self._narrator(values),
            mentions=tuple(self._mention(n, row) for n, row in enumerate(self._array(values, "mention"))),
            quotations=tuple(self._quotation(n, row) for n, row in enumerate(self._array(values, "quotation"))),
            complete=frozenset(self._complete(one) for one in self._array(values, "complete")),
        )

    def _person(self, name: str, row: Any) -> Listed:
        if not isinstance(row, dict):
            raise self._bad(name, f'“{name}” must be a table, such as {{ pronouns = "she" }}')
        self._known(row, OF_PERSON, name, f" of “{name}”")
        kind = row.get("kind")
        if kind is not None and kind not in KINDS:
            raise self._bad(name, f"kind of “{name}” is {kind!r}; it may be {' or '.join(KINDS)}")
        pronouns = row.get("pronouns")
        if pronouns is not None:
            pronouns = self._words(pronouns, "pronouns", name)
        aliases = tuple(dict.fromkeys(self._names(row.get("aliases", []), "aliases", name)))
        return Listed(self._words(name, "a name", name), aliases, pronouns, kind, self._where(name))

    def _same(self, names: Any) -> Same:
        found = self._names(names, "same", "same")
        if len(found) < 2:
            raise self._bad("same", 'same holds lists of two names or more: [["Emma", "Miss Woodhouse"]]')
        return Same(found, self._where("same"))

    def _narrator(self, values: dict[str, Any]) -> Teller | None:
        if "narrator" not in values:
            return None
        name = values["narrator"]
        return Teller(None if name is False else self._words(name, "narrator", "narrator"), self._where("narrator"))

    def _complete(self, value: Any) -> Complete:
        if value not in COMPLETE:
            raise self._bad("complete", f"complete holds {value!r}; it may hold {' and '.join(COMPLETE)}")
        found: Complete = value
        return found

    def _mention(self, n: int, row: Any) -> MentionCorrection:
        where, told = self._entry("mention", n, row, OF_MENTION)
        if "who" not in row:
            raise self._bad(where, f"{told} lacks `who`: a name, or false for nobody")
        who = None if row["who"] is False else self._words(row["who"], f"who of {told}", where)
        return MentionCorrection(self._anchor(row, where, told), who, self._story(row, where, told), where)

    def _quotation(self, n: int, row: Any) -> QuotationCorrection:
        where, told = self._entry("quotation", n, row, OF_QUOTATION)
        speaker, to = row.get("speaker"), row.get("to")
        if speaker is not None and speaker is not False:
            speaker = self._words(speaker, f"speaker of {told}", where)
        if to is not None:
            to = self._names([to] if isinstance(to, str) else to, f"to of {told}", where)
        for name in ("speech", "continues"):
            if not isinstance(row.get(name, True), bool):
                raise self._bad(where, f"{name} of {told} is {row[name]!r}; it may be true or false")
        return QuotationCorrection(
            anchor=self._anchor(row, where, told),
            until=self._words(row["until"], f"until of {told}", where) if "until" in row else "",
            speaker=speaker,
            to=to,
            speech=row.get("speech"),
            continues=row.get("continues"),
            story=self._story(row, where, told),
            where=where,
        )

    def _entry(self, kind: str, n: int, row: Any, known: tuple[str, ...]) -> tuple[Where, str]:
        lines = self.headers[kind]
        where = Where(Path(self.name).name, lines[n] if n < len(lines) else self._line(kind), self.shared)
        if not isinstance(row, dict):
            raise self._bad(where, f"[[{kind}]] must be a table")
        self._known(row, known, where, f" of a [[{kind}]]")
        return where, f"this [[{kind}]]"

    def _anchor(self, row: dict[str, Any], where: Where, told: str) -> Anchor:
        if "text" not in row:
            raise self._bad(where, f"{told} lacks `text`: words of the story")
        at = row.get("at")
        if at is not None and (not isinstance(at, int) or isinstance(at, bool) or at < 0):
            raise self._bad(where, f"at of {told} is {at!r}; it must be a number of characters")
        text = self._words(row["text"], f"text of {told}", where)
        before, after = (self._string(row.get(name, ""), f"{name} of {told}", where) for name in ("before", "after"))
        return Anchor(text, at, before, after)

    def _story(self, row: dict[str, Any], where: Where, told: str) -> str | None:
        if "story" in row:
            return self._words(row["story"], f"story of {told}", where)
        if self.shared:
            raise self._bad(
                where, f"{told} lacks `story`: the file's name, as the stories of this folder share {SHARED}"
            )
        return None

    def _known(self, row: dict[str, Any], known: tuple[str, ...], at: str | Where | None, of: str) -> None:
        for key in row:
            if key not in known:
                hint = f"; `{key}` must stand above the first line in brackets" if key in KNOWN else ""
                where = self._where(key) if at is None or isinstance(at, str) else at
                raise self._bad(where, f"`{key}`{of} is unknown; known are {', '.join(known)}{hint}")

    def _table(self, values: dict[str, Any], key: str) -> dict[str, Any]:
        found = values.get(key, {})
        if not isinstance(found, dict):
            raise self._bad(key, f"{key} must be a table: [{key}], and below it a line for each")
        return found

    def _array(self, values: dict[str, Any], key: str) -> list[Any]:
        found = values.get(key, [])
        if not isinstance(found, list):
            written = f"[[{key}]], with two brackets" if key in self.headers else f"a list: {key} = […]"
            raise self._bad(key, f"{key} must be {written}")
        return found

    def _names(self, value: Any, told: str, at: str | Where) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._bad(at, f"{told} must be a list of names")
        return tuple(self._words(name, told, at) for name in value)

    def _words(self, value: Any, told: str, at: str | Where) -> str:
        found = self._string(value, told, at)
        if not found.strip():
            raise self._bad(at, f"{told} is empty")
        return found

    def _string(self, value: Any, told: str, at: str | Where) -> str:
        if not isinstance(value, str):
            raise self._bad(at, f"{told} is {value!r}; it must be words in quotation marks")
        return value

    def _where(self, key: str) -> Where:
        return Where(Path(self.name).name, self._line(key), self.shared)

    def _line(self, key: str) -> int:
        """The first line that gives a key, bare or quoted; 1 where none is found."""
        pattern = re.compile(rf"(?:^|[\s\[{{,.\"'])(?:{re.escape(key)})['\"]?\s*(?:[=\].]|$)")
        return next((n for n, line in enumerate(self.lines, 1) if key in line and pattern.search(line)), 1)

    def _bad(self, at: str | Where, what: str) -> BadCorrections:
        line = at.line if isinstance(at, Where) else self._line(at)
        return BadCorrections(f"{self.name}: line {line}: {what}.")


# Corrections → the text of a file

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def toml_string(text: str) -> str:
    """A TOML string; a lone surrogate, which TOML cannot hold, becomes U+FFFD."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in ESCAPES:
        return ESCAPES[letter]
    if "\ud800" <= letter <= "\udfff":
        return "\ufffd"
    # Control characters may not stand in TOML, marks of direction would turn the line around.
    hidden = letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u2028\u2029" or "\u202a" <= letter <= "\u202e"
    return f"\\u{ord(letter):04X}" if hidden or "\u2066" <= letter <= "\u2069" else letter


def to_toml(corrections: Corrections) -> str:
    """The text of a file that holds these corrections; `parse_corrections` reads it back."""
    lines = [f"dramaturg = {VERSION}  # the version of this file's format"]
    if corrections.narrator is not None:
        name = corrections.narrator.name
        lines.append(f"narrator = {'false' if name is None else toml_string(name)}")
    if corrections.same:
        lines.append(f"same = [{', '.join(_strings(one.names) for one in corrections.same)}]")
    if corrections.not_people:
        lines.append(f"not_people = {_strings(one.name for one in corrections.not_people)}")
    if corrections.complete:
        lines.append(f"complete = {_strings(sorted(corrections.complete))}")
    if corrections.people:
        lines += ["", "[people]", *map(person_line, corrections.people)]
    parts = ["\n".join(lines) + "\n"]
    parts += map(entry, corrections.mentions)
    parts += map(entry, corrections.quotations)
    return "\n".join(parts)


def person_line(one: Listed) -> str:
    """The line of a person under `[people]`."""
    told = [f"aliases = {_strings(one.aliases)}"] if one.aliases else []
    told += [f"pronouns = {toml_string(one.pronouns)}"] if one.pronouns is not None else []
    told += [f"kind = {toml_string(one.kind)}"] if one.kind is not None else []
    return f"{toml_string(one.name)} = {{ {', '.join(told)} }}" if told else f"{toml_string(one.name)} = {{}}"


def entry(one: MentionCorrection | QuotationCorrection) -> str:
    """The lines of an anchored correction; they may stand at the end of any corrections file."""
    anchor = one.anchor
    lines = [f"text = {toml_string(anchor.text)}"]
    if anchor.at is not None:
        lines.append(f"at = {anchor.at}")
    lines += [f"{name} = {toml_string(words)}" for name, words in _given(before=anchor.before, after=anchor.after)]
    if one.story is not None:
        lines.append(f"story = {toml_string(one.story)}")
    if isinstance(one, MentionCorrection):
        lines.append(f"who = {'false' if one.who is None else toml_string(one.who)}")
        return "\n".join(["[[mention]]", *lines, ""])
    lines += [f"until = {toml_string(words)}" for _, words in _given(until=one.until)]
    if one.speaker is not None:
        lines.append(f"speaker = {toml_string(one.speaker) if one.speaker else 'false'}")
    if one.to is not None:
        lines.append(f"to = {_strings(one.to)}")
    lines += [
        f"{name} = {str(value).lower()}"
        for name, value in (("speech", one.speech), ("continues", one.continues))
        if value is not None
    ]
    return "\n".join(["[[quotation]]", *lines, ""])


def _given(**words: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in words.items() if value]


def _strings(values: Iterable[str]) -> str:
    return f"[{', '.join(map(toml_string, values))}]"


# Corrections → the places of one story


class Ledger:
    """What became of each correction of one reading: applied, or of no use, and why."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[Correction, Span | None, str | None]] = {}

    def apply(self, correction: Correction, span: Span | None = None) -> None:
        """Note that a correction was used; one that failed in part stays failed."""
        if id(correction) not in self._rows:
            self._rows[id(correction)] = (correction, span, None)

    def miss(self, correction: Correction, why: str, span: Span | None = None) -> None:
        """Note that a correction, or a part of it, could not be used."""
        self._rows[id(correction)] = (correction, span, why)

    def miss_unless_applied(self, correction: Correction, why: str) -> None:
        """Note that a correction was of no use, if nothing was noted of it yet."""
        if id(correction) not in self._rows:
            self.miss(correction, why)

    def told(self) -> Corrected:
        """What became of them, for the document."""
        applied = [_row(one, span) for one, span, why in self._rows.values() if why is None]
        unmatched = [{**_row(one, span), "why": why} for one, span, why in self._rows.values() if why is not None]
        return Corrected(tuple(applied), tuple(unmatched))


def _row(one: Correction, span: Span | None) -> dict[str, Any]:
    place = {} if span is None else {"start": span.start, "end": span.end}
    origin = {"file": one.where.file, "line": one.where.line} if one.where.file else {}
    person = {"person": one.name} if isinstance(one, Listed) else {}
    return {"correction": str(one), **person, **place, **origin, **({"shared": True} if one.where.shared else {})}


@dataclass(frozen=True, slots=True)
class FittedMention:
    """A correction of a mention, and where it stands in the text."""

    span: Span
    correction: MentionCorrection


@dataclass(frozen=True, slots=True)
class FittedQuotation:
    """A correction of a quotation, and where its words stand in the text: the first ones, or all of them.

    `order`: which of the corrections of quotations it is, from 0.
    """

    span: Span
    correction: QuotationCorrection
    order: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """Corrections laid on one story: those with a place in text order, and what became of each."""

    corrections: Corrections = field(default_factory=Corrections)
    mentions: tuple[FittedMention, ...] = ()
    quotations: tuple[FittedQuotation, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)

    def is_complete(self, what: Complete) -> bool:
        """Whether all of these are listed."""
        return what in self.corrections.complete


def fit(corrections: Corrections, story: Story) -> Fitted:
    """Find the places of a story that its corrections speak of; what stands nowhere is noted in the ledger."""
    mine = corrections.of_story(story.source.path)
    ledger = Ledger()
    if not mine.mentions and not mine.quotations:
        return Fitted(mine, ledger=ledger)
    places = Places(story.text)
    mentions: dict[tuple[int, int], FittedMention] = {}
    for mention in mine.mentions:
        span = places.find(mention.anchor)
        if isinstance(span, str):
            ledger.miss(mention, span)
        else:
            before = mentions.get((span.start, span.end))
            if before is not None and before.correction != mention:
                ledger.miss(before.correction, "a later one says otherwise", before.span)
            mentions[span.start, span.end] = FittedMention(span, mention)
    quotations = []
    for order, quotation in enumerate(mine.quotations):
        span = _stretch(quotation, places)
        if isinstance(span, str):
            ledger.miss(quotation, span)
        else:
            quotations.append(FittedQuotation(span, quotation, order))
    in_order = sorted(quotations, key=lambda one: (one.span.start, -one.span.end))
    return Fitted(mine, tuple(mentions[key] for key in sorted(mentions)), tuple(in_order), ledger)


def _stretch(quotation: QuotationCorrection, places: Places) -> Span | str:
    """Where a quotation's words stand, up to its last ones where these are given."""
    span = places.find(quotation.anchor)
    if isinstance(span, str) or not quotation.until:
        return span
    last = places.after(quotation.until, span.start)
    return "its last words (`until`) do not follow" if last is None else Span(span.start, last.end)


class HasPlace(Protocol):
    """A quotation of any kind."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def within(self) -> object: ...  # noqa: D102


def quotation_meant(quotations: Sequence[HasPlace], span: Span) -> int:
    """The index of the quotation that some words mean: of those that overlap them the one that begins nearest; or -1.

    `quotations`: sorted by start, an outer one before what is quoted inside it.
    """
    best, nearest = -1, 0
    k = bisect_right(quotations, span.end - 1, key=lambda one: one.start) - 1
    while k >= 0:
        one = quotations[k]
        if one.end > span.start:
            distance = abs(one.start - span.start)
            if best < 0 or distance < nearest:
                best, nearest = k, distance
        elif one.within is None:
            break
        k -= 1
    return best
