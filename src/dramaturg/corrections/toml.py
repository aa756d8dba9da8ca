"""A corrections file: TOML → Corrections, and Corrections → TOML. docs/corrections.md describes it."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

from dramaturg.corrections.anchors import Anchor
from dramaturg.corrections.model import (
    SHARED,
    SUFFIX,
    VERSION,
    Complete,
    Corrections,
    FileLocation,
    MentionCorrection,
    MergeCorrection,
    NarratorCorrection,
    NotAPersonCorrection,
    PersonCorrection,
    QuotationCorrection,
    SlipCorrection,
)
from dramaturg.errors import BadCorrections, UsageError
from dramaturg.reading import SLIP_KINDS, CharacterKind

# Files → Corrections


def load_story_corrections(path: str | Path) -> Corrections:
    """Load the corrections beside a story: `cast.toml` of its folder, then `STORY.cast.toml`.

    Empty for standard input (`-`). Raises BadCorrections if a file exists and is malformed.
    """
    if str(path) == "-":
        return Corrections()
    found = Corrections()
    for file in corrections_paths(path):
        try:
            there = file.is_file()
        except (OSError, ValueError):  # a name that no file can have
            there = False
        if there:
            found += load_corrections(file)
    return found.of_story(Path(path).name)


def corrections_paths(path: str | Path) -> tuple[Path, Path]:
    """The paths of the corrections files of a story, which need not exist: its folder's and its own."""
    path = Path(path)
    return path.with_name(SHARED) if path.name else path / SHARED, corrections_path(path)


def corrections_path(path: str | Path) -> Path:
    """The path of a story's own corrections file: `emma.cast.toml` for `emma.txt`."""
    path = Path(path)
    return path.with_name(path.stem + SUFFIX) if path.name else path / SHARED


def load_corrections(path: str | Path) -> Corrections:
    """Load a corrections file. Raises UsageError if it cannot be read, BadCorrections if it is malformed."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: {reason}. Give the path of a corrections file.") from error
    return parse_corrections(decode_corrections(data, str(path)).removeprefix("\ufeff"), str(path))


def decode_corrections(data: bytes, name: str) -> str:
    """The text of a file, its byte order mark included. Raises BadCorrections, with the line, if it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadCorrections(f"{name}: line {line} is not UTF-8. Save the file as UTF-8.") from error


def parse_corrections(text: str, name: str = "corrections") -> Corrections:
    """Parse the text of a corrections file. `name`: the file's path, for errors; `cast.toml` is shared by stories.

    Raises BadCorrections, with the line, if the text is malformed.
    """
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        last = text.count("\n", 0, len(text.rstrip())) + 1
        said = str(error).replace("at end of document", f"at line {last}, where the file ends")
        raise BadCorrections(f"{name}: {said}. Fix it there; docs/corrections.md describes the format.") from error
    return _Reader(text, name).read(values)


TOP_FIELDS = ("dramaturg", "narrator", "same", "not_people", "complete", "people", "mention", "quotation", "meant")
PERSON_FIELDS = ("aliases", "pronouns", "kind")
ANCHOR_FIELDS = ("text", "at", "before", "after", "story")
MENTION_FIELDS = (*ANCHOR_FIELDS, "who")
QUOTATION_FIELDS = (*ANCHOR_FIELDS, "until", "speaker", "to", "speech", "continues")
SLIP_FIELDS = (*ANCHOR_FIELDS, "kind")
KINDS: tuple[CharacterKind, ...] = get_args(CharacterKind)
COMPLETE: tuple[Complete, ...] = get_args(Complete)


class _Reader:
    """Turns the values of a TOML file into Corrections. Errors give the line."""

    def __init__(self, text: str, name: str) -> None:
        self.lines, self.name = text.split("\n"), name
        self.shared = Path(name).name == SHARED
        self.headers = {
            kind: [n for n, line in enumerate(self.lines, 1) if re.match(rf"\s*\[\[\s*['\"]?{kind}\b", line)]
            for kind in ("mention", "quotation", "meant")
        }

    def read(self, values: dict[str, Any]) -> Corrections:
        """Check every value and return the corrections."""
        self._check_fields(values, TOP_FIELDS, None, "")
        version = values.get("dramaturg", VERSION)
        if version != VERSION or isinstance(version, bool):
            raise self._error("dramaturg", f"version {version!r} is unknown; this version of dramaturg reads {VERSION}")
        return Corrections(
            people=tuple(self._person(name, row) for name, row in self._table(values, "people").items()),
            same=tuple(self._same(names) for names in self._array(values, "same")),
            not_people=tuple(
                NotAPersonCorrection(
                    self._nonempty_string(name, "not_people", "not_people"), self._location("not_people")
                )
                for name in self._array(values, "not_people")
            ),
            narrator=self._narrator(values),
            mentions=tuple(self._mention(n, row) for n, row in enumerate(self._array(values, "mention"))),
            quotations=tuple(self._quotation(n, row) for n, row in enumerate(self._array(values, "quotation"))),
            slips=tuple(self._slip(n, row) for n, row in enumerate(self._array(values, "meant"))),
            complete=frozenset(self._complete(one) for one in self._array(values, "complete")),
        )

    def _person(self, name: str, row: Any) -> PersonCorrection:
        if not isinstance(row, dict):
            raise self._error(name, f'“{name}” must be a table, such as {{ pronouns = "she" }}')
        self._check_fields(row, PERSON_FIELDS, name, f" of “{name}”")
        kind = row.get("kind")
        if kind is not None and kind not in KINDS:
            raise self._error(name, f"kind of “{name}” is {kind!r}; it may be {' or '.join(KINDS)}")
        pronouns = row.get("pronouns")
        if pronouns is not None:
            pronouns = self._nonempty_string(pronouns, "pronouns", name)
        aliases = tuple(dict.fromkeys(self._names(row.get("aliases", []), "aliases", name)))
        return PersonCorrection(
            self._nonempty_string(name, "a name", name), aliases, pronouns, kind, self._location(name)
        )

    def _same(self, names: Any) -> MergeCorrection:
        found = self._names(names, "same", "same")
        if len(found) < 2:
            raise self._error("same", 'same holds lists of two names or more: [["Emma", "Miss Woodhouse"]]')
        return MergeCorrection(found, self._location("same"))

    def _narrator(self, values: dict[str, Any]) -> NarratorCorrection | None:
        if "narrator" not in values:
            return None
        name = values["narrator"]
        return NarratorCorrection(
            None if name is False else self._nonempty_string(name, "narrator", "narrator"), self._location("narrator")
        )

    def _complete(self, value: Any) -> Complete:
        if value not in COMPLETE:
            raise self._error("complete", f"complete holds {value!r}; it may hold {' and '.join(COMPLETE)}")
        found: Complete = value
        return found

    def _mention(self, n: int, row: Any) -> MentionCorrection:
        location, label = self._entry("mention", n, row, MENTION_FIELDS)
        if "who" not in row:
            raise self._error(location, f"{label} lacks `who`: a name, or false for nobody")
        who = None if row["who"] is False else self._nonempty_string(row["who"], f"who of {label}", location)
        return MentionCorrection(self._anchor(row, location, label), who, self._story(row, location, label), location)

    def _quotation(self, n: int, row: Any) -> QuotationCorrection:
        location, label = self._entry("quotation", n, row, QUOTATION_FIELDS)
        speaker, to = row.get("speaker"), row.get("to")
        if speaker is not None and speaker is not False:
            speaker = self._nonempty_string(speaker, f"speaker of {label}", location)
        if to is not None:
            to = self._names([to] if isinstance(to, str) else to, f"to of {label}", location)
        for name in ("speech", "continues"):
            if not isinstance(row.get(name, True), bool):
                raise self._error(location, f"{name} of {label} is {row[name]!r}; it may be true or false")
        return QuotationCorrection(
            anchor=self._anchor(row, location, label),
            until=self._nonempty_string(row["until"], f"until of {label}", location) if "until" in row else "",
            speaker=speaker,
            addressees=to,
            speech=row.get("speech"),
            continues=row.get("continues"),
            story=self._story(row, location, label),
            location=location,
        )

    def _slip(self, n: int, row: Any) -> SlipCorrection:
        location, label = self._entry("meant", n, row, SLIP_FIELDS)
        kind = row.get("kind")
        if kind is not None and kind not in SLIP_KINDS:
            raise self._error(location, f"kind of {label} is {kind!r}; it may be {', '.join(SLIP_KINDS)}")
        return SlipCorrection(self._anchor(row, location, label), kind, self._story(row, location, label), location)

    def _entry(self, kind: str, n: int, row: Any, known: tuple[str, ...]) -> tuple[FileLocation, str]:
        lines = self.headers[kind]
        location = FileLocation(Path(self.name).name, lines[n] if n < len(lines) else self._line(kind), self.shared)
        if not isinstance(row, dict):
            raise self._error(location, f"[[{kind}]] must be a table")
        self._check_fields(row, known, location, f" of a [[{kind}]]")
        return location, f"this [[{kind}]]"

    def _anchor(self, row: dict[str, Any], location: FileLocation, label: str) -> Anchor:
        if "text" not in row:
            raise self._error(location, f"{label} lacks `text`: words of the story")
        at = row.get("at")
        if at is not None and (not isinstance(at, int) or isinstance(at, bool) or at < 0):
            raise self._error(location, f"at of {label} is {at!r}; it must be a number of characters")
        text = self._nonempty_string(row["text"], f"text of {label}", location)
        before, after = (
            self._string(row.get(name, ""), f"{name} of {label}", location) for name in ("before", "after")
        )
        return Anchor(text, at, before, after)

    def _story(self, row: dict[str, Any], location: FileLocation, label: str) -> str | None:
        if "story" in row:
            return self._nonempty_string(row["story"], f"story of {label}", location)
        if self.shared:
            raise self._error(
                location, f"{label} lacks `story`: the file's name, as the stories of this folder share {SHARED}"
            )
        return None

    def _check_fields(
        self, row: dict[str, Any], known: tuple[str, ...], at: str | FileLocation | None, of: str
    ) -> None:
        for key in row:
            if key not in known:
                hint = f"; `{key}` must come before the first line in brackets" if key in TOP_FIELDS else ""
                location = self._location(key) if at is None or isinstance(at, str) else at
                raise self._error(location, f"`{key}`{of} is unknown; the known fields are {', '.join(known)}{hint}")

    def _table(self, values: dict[str, Any], key: str) -> dict[str, Any]:
        found = values.get(key, {})
        if not isinstance(found, dict):
            raise self._error(key, f"{key} must be a table: [{key}], and below it a line for each")
        return found

    def _array(self, values: dict[str, Any], key: str) -> list[Any]:
        found = values.get(key, [])
        if not isinstance(found, list):
            written = f"[[{key}]], with two brackets" if key in self.headers else f"a list: {key} = […]"
            raise self._error(key, f"{key} must be {written}")
        return found

    def _names(self, value: Any, label: str, at: str | FileLocation) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._error(at, f"{label} must be a list of names")
        return tuple(self._nonempty_string(name, label, at) for name in value)

    def _nonempty_string(self, value: Any, label: str, at: str | FileLocation) -> str:
        found = self._string(value, label, at)
        if not found.strip():
            raise self._error(at, f"{label} is empty")
        return found

    def _string(self, value: Any, label: str, at: str | FileLocation) -> str:
        if not isinstance(value, str):
            raise self._error(at, f"{label} is {value!r}; it must be text in quotation marks")
        return value

    def _location(self, key: str) -> FileLocation:
        return FileLocation(Path(self.name).name, self._line(key), self.shared)

    def _line(self, key: str) -> int:
        """The first line that holds a key, bare or quoted; 1 if none is found."""
        pattern = re.compile(rf"(?:^|[\s\[{{,.\"'])(?:{re.escape(key)})['\"]?\s*(?:[=\].]|$)")
        return next((n for n, line in enumerate(self.lines, 1) if key in line and pattern.search(line)), 1)

    def _error(self, at: str | FileLocation, what: str) -> BadCorrections:
        line = at.line if isinstance(at, FileLocation) else self._line(at)
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
    # TOML forbids control characters; marks of direction would reverse the rest of the line in an editor.
    hidden = letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u2028\u2029" or "\u202a" <= letter <= "\u202e"
    return f"\\u{ord(letter):04X}" if hidden or "\u2066" <= letter <= "\u2069" else letter


def toml_value(value: object) -> str:
    """A string, number, truth value or list of strings as TOML writes it."""
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, Iterable):
        return f"[{', '.join(map(toml_value, value))}]"
    return str(value).lower()


def to_toml(corrections: Corrections) -> str:
    """The text of a file that holds these corrections; `parse_corrections` reads it back."""
    lines = [f"dramaturg = {VERSION}  # the version of this file's format"]
    if corrections.narrator is not None:
        lines.append(f"narrator = {narrator_value(corrections.narrator)}")
    if corrections.same:
        lines.append(f"same = {toml_value([merger.names for merger in corrections.same])}")
    if corrections.not_people:
        lines.append(f"not_people = {toml_value([correction.name for correction in corrections.not_people])}")
    if corrections.complete:
        lines.append(f"complete = {toml_value(sorted(corrections.complete))}")
    if corrections.people:
        lines += ["", "[people]", *map(person_toml, corrections.people)]
    parts = ["\n".join(lines) + "\n"]
    parts += map(entry_toml, corrections.mentions)
    parts += map(entry_toml, corrections.quotations)
    parts += map(entry_toml, corrections.slips)
    return "\n".join(parts)


def narrator_value(narrator: NarratorCorrection) -> str:
    """The value of `narrator`."""
    return toml_value(False if narrator.name is None else narrator.name)


def person_toml(person: PersonCorrection) -> str:
    """The line of a person below `[people]`."""
    return f"{toml_string(person.name)} = {person_value(person)}"


def person_value(person: PersonCorrection) -> str:
    """What a person's line says of them: `{ pronouns = "she" }`."""
    fields = [f"{key} = {toml_value(value)}" for key, value in person_fields(person).items()]
    return f"{{ {', '.join(fields)} }}" if fields else "{}"


def person_fields(person: PersonCorrection) -> dict[str, object]:
    """The fields of a person that say something, in order."""
    return _given(aliases=person.aliases or None, pronouns=person.pronouns, kind=person.kind)


Entry = MentionCorrection | QuotationCorrection | SlipCorrection
ENTRY_NAMES: dict[type, str] = {
    MentionCorrection: "mention",
    QuotationCorrection: "quotation",
    SlipCorrection: "meant",
}


def entry_toml(correction: Entry) -> str:
    """The lines of a `[[mention]]`, `[[quotation]]` or `[[meant]]`; they can stand at the end of a corrections file."""
    return "\n".join([f"[[{ENTRY_NAMES[type(correction)]}]]", *entry_fields(correction), ""])


def entry_fields(correction: Entry) -> list[str]:
    """The fields of such an entry that say something, in order, each as a line."""
    anchor = correction.anchor
    fields = _given(
        text=anchor.text,
        at=anchor.at,
        before=anchor.before or None,
        after=anchor.after or None,
        story=correction.story,
    )
    if isinstance(correction, MentionCorrection):
        fields |= {"who": False if correction.character is None else correction.character}
    elif isinstance(correction, SlipCorrection):
        fields |= _given(kind=correction.kind)
    else:
        fields |= _given(
            until=correction.until or None,
            speaker=correction.speaker,
            to=correction.addressees,
            speech=correction.speech,
            continues=correction.continues,
        )
    return [f"{key} = {toml_value(value)}" for key, value in fields.items()]


def _given(**fields: object) -> dict[str, object]:
    return {key: value for key, value in fields.items() if value is not None}
