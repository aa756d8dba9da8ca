"""Editing a corrections file: the answers of the terminal session, and corrections that are added to a file.

What the person wrote in the file stays, comments and layout included.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from dramaturg.corrections.document import CorrectionsDocument
from dramaturg.corrections.model import (
    VERSION,
    Correction,
    Corrections,
    MergeCorrection,
    NarratorCorrection,
    NotAPersonCorrection,
    PersonCorrection,
)
from dramaturg.corrections.toml import (
    decode_corrections,
    narrator_value,
    parse_corrections,
    person_toml,
    to_toml,
    toml_string,
    toml_value,
)
from dramaturg.errors import BadCorrections
from dramaturg.files import write_bytes
from dramaturg.reading import Character, Reading

C = TypeVar("C", bound=Correction)

EMPTY = f"dramaturg = {VERSION}  # the version of this file's format\n"


class CorrectionsFile:
    """A corrections file that answers are added to, and taken back from. Each change writes the whole file."""

    def __init__(self, path: str | Path) -> None:
        """Open the file, which need not exist. Raises BadCorrections where it is malformed, OSError as reading does."""
        self.path = Path(path)
        self.undo_history: list[bytes | None] = []  # the file before each answer; None: there was no file
        self.corrections()

    def add(self, answer: Iterable[Correction]) -> None:
        """Add the corrections of one answer; a person who is listed already stays as they are.

        Raises BadCorrections where the file would not be valid, OSError as reading and writing do.
        """
        before = self._read()
        mark, text = _split_mark(EMPTY if before is None else decode_corrections(before, str(self.path)))
        listed = {person.name for person in parse_corrections(text, str(self.path)).people}
        for correction in answer:
            if isinstance(correction, PersonCorrection):
                if correction.name in listed:
                    continue
                listed.add(correction.name)
            text = add_correction(text, correction)
        parse_corrections(text, str(self.path))
        write_bytes(self.path, (mark + text).encode())
        self.undo_history.append(before)

    def undo(self) -> None:
        """Take the last answer back."""
        before = self.undo_history.pop()
        if before is None:
            self.path.unlink(missing_ok=True)
        else:
            write_bytes(self.path, before)

    def corrections(self) -> Corrections:
        """The corrections in the file. Raises BadCorrections, OSError."""
        text = decode_corrections(self._read() or b"", str(self.path))
        return parse_corrections(_split_mark(text)[1], str(self.path))

    def _read(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None


def add_correction(text: str, correction: Correction) -> str:
    """The text of a valid corrections file with one more correction. A person must not be listed in it yet."""
    document = CorrectionsDocument(text)
    _add(document, correction)
    return document.text()


def _add(document: CorrectionsDocument, correction: Correction) -> None:
    if isinstance(correction, NarratorCorrection):
        document.set_value("narrator", narrator_value(correction))
    elif isinstance(correction, MergeCorrection):
        document.add_to_list("same", toml_value(correction.names))
    elif isinstance(correction, NotAPersonCorrection):
        document.add_to_list("not_people", toml_value(correction.name))
    elif isinstance(correction, PersonCorrection):
        document.add_person(correction)
    else:
        document.add_entry(correction)


def merge_corrections(text: str, more: Corrections) -> str:
    """The text of a corrections file with more corrections; what it says already is not repeated.

    A file that cannot be edited in place is written as `to_toml` writes it, without its comments.
    Raises BadCorrections where `text` is not a corrections file.
    """
    mark, text = _split_mark(text)
    known = parse_corrections(text)
    wanted = known + more
    document = CorrectionsDocument(text if text.strip() else EMPTY)
    for merger in _new(more.same, known.same):
        _add(document, merger)
    for not_a_person in _new(more.not_people, known.not_people):
        _add(document, not_a_person)
    for what in sorted(more.complete - known.complete):
        document.add_to_list("complete", toml_value(what))
    if more.narrator not in (None, known.narrator):
        document.set_value("narrator", narrator_value(more.narrator))
    _merge_people(document, known.people, wanted.people)
    for mention in _new(more.mentions, known.mentions):
        _add(document, mention)
    for quotation in _new(more.quotations, known.quotations):
        _add(document, quotation)
    for slip in _new(more.slips, known.slips):
        _add(document, slip)
    with suppress(BadCorrections):  # a layout that tomlkit or CorrectionsDocument gets wrong
        if _contents(parse_corrections(document.text())) == _contents(wanted):
            return mark + document.text()
    return to_toml(_without_repetitions(wanted))


def _merge_people(
    document: CorrectionsDocument, known: Sequence[PersonCorrection], wanted: Sequence[PersonCorrection]
) -> None:
    """List people as they are wanted. A name that became somebody's alias is not listed any more."""
    before = {person.name: person for person in known}
    kept = {person.name for person in wanted}
    for person in wanted:
        if before.get(person.name) == person:
            continue
        absorbed = [name for name in person.aliases if name in before and name not in kept]
        absorbed = [name for name in absorbed if name in document.section_of]
        listed_as = person.name if person.name in before else next(iter(absorbed), None)
        if listed_as is None:
            document.add_person(person)
        else:
            document.update_person(person, listed_as)
        for name in absorbed:
            if name != listed_as:
                document.remove_person(name)


def _new(more: Iterable[C], known: Iterable[C]) -> list[C]:
    """Those that are not known, each once."""
    return [correction for correction in dict.fromkeys(more) if correction not in set(known)]


def _contents(corrections: Corrections) -> tuple[object, ...]:
    """What corrections say, without the order of lists whose order says nothing."""
    lists = (
        corrections.people,
        corrections.same,
        corrections.not_people,
        corrections.mentions,
        corrections.quotations,
        corrections.slips,
        corrections.complete,
    )
    return (corrections.narrator, *map(set, lists))


def _without_repetitions(corrections: Corrections) -> Corrections:
    return replace(
        corrections,
        same=tuple(dict.fromkeys(corrections.same)),
        not_people=tuple(dict.fromkeys(corrections.not_people)),
        mentions=tuple(dict.fromkeys(corrections.mentions)),
        quotations=tuple(dict.fromkeys(corrections.quotations)),
        slips=tuple(dict.fromkeys(corrections.slips)),
    )


def _split_mark(text: str) -> tuple[str, str]:
    """A byte order mark, which Windows editors write, and the text after it."""
    return ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)


# A first file


def first_file(reading: Reading, *, with_pronouns: bool = True) -> str:
    """The text of a first corrections file, which lists everybody who has a name, as in the reading.

    It is meant to be edited; as it is, it changes nothing. `with_pronouns`: False writes pronouns as comments.
    """
    lines = [
        f"# Corrections for {_printable(reading.story.source.path)}, applied whenever the story is read. "
        "Change what is wrong.",
        "# docs/corrections.md describes all fields. Lines that begin with # are comments.",
        EMPTY.rstrip("\n"),
        "",
        _first_narrator_line(reading),
        '# same = [["One Name", "Another Name"]]    # names of the same person',
        '# not_people = ["A Name"]                  # names that do not belong to a person',
        "",
        "[people]",
    ]
    listed = set()
    for character in reading.characters:
        if character.named and character.name not in listed:
            listed.add(character.name)
            lines.append(_first_person_line(character, with_pronouns))
    nameless = [c for c in reading.characters if not c.named and not c.narrator and c.quotations]
    if nameless:
        lines += ["", "# Speakers without a name:"]
        lines += map(_first_nameless_line, nameless)
    return "\n".join(lines) + "\n"


def _first_narrator_line(reading: Reading) -> str:
    narrator = next((c for c in reading.characters if c.narrator), None)
    if narrator is not None and narrator.named:
        return f"narrator = {toml_string(narrator.name)}"
    found = "their name was not found" if narrator else "no such narrator was found"
    return f'# narrator = "A Name"                       # the character who tells the story as “I”: {found}'


def _first_person_line(character: Character, with_pronouns: bool) -> str:
    is_group = character.kind == "group"
    pronouns = None if is_group else character.pronouns or None
    line = person_toml(
        PersonCorrection(
            character.name,
            character.aliases,
            pronouns if with_pronouns else None,
            "group" if is_group else None,
        )
    )
    return line if with_pronouns or pronouns is None else f"{line}    # pronouns = {toml_string(pronouns)}"


def _first_nameless_line(character: Character) -> str:
    n = character.quotations
    return f"# {person_toml(PersonCorrection(character.name))}    # {n} quotation{'' if n == 1 else 's'}"


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
