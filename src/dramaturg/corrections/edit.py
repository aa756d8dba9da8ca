"""A corrections file while a person answers: each answer is added to it, and may be taken back.

What the person wrote there, comments included, stays as it stands: an answer is only added.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dramaturg.corrections.model import (
    VERSION,
    Correction,
    Corrections,
    MentionCorrection,
    MergeCorrection,
    NarratorCorrection,
    NotAPersonCorrection,
    PersonCorrection,
    QuotationCorrection,
)
from dramaturg.corrections.toml import entry_toml, parse_corrections, to_toml, toml_string
from dramaturg.errors import BadCorrections
from dramaturg.files import write_text
from dramaturg.reading import Character, Reading

SAME = re.compile(r"(?m)^(\s*same\s*=\s*\[)")
NOT_PEOPLE = re.compile(r"(?m)^(\s*not_people\s*=\s*\[)")
FIRST_LINE = re.compile(r"(?m)^dramaturg\s*=.*\n?")
EMPTY = f"dramaturg = {VERSION}  # the version of this file's format\n"


Answer = (
    QuotationCorrection
    | MentionCorrection
    | MergeCorrection
    | NotAPersonCorrection
    | NarratorCorrection
    | PersonCorrection
)


class CorrectionsFile:
    """The file that answers are written to; each `add` writes it whole, beside and renamed."""

    def __init__(self, path: str | Path) -> None:
        """Open the file. Raises BadCorrections where it is there and malformed, OSError where it cannot be read."""
        self.path = Path(path)
        self.before: list[str | None] = []  # the file before each answer; None: there was none
        parse_corrections(self._text() or "", str(self.path))

    def add(self, answers: Iterable[Correction]) -> None:
        """Add what one answer says. Raises BadCorrections where the file would not hold it, OSError as writing does."""
        before = self._text()
        text = EMPTY if before is None else before
        known = {one.name for one in parse_corrections(text, str(self.path)).people}
        for one in answers:
            if isinstance(one, PersonCorrection):
                if one.name in known:
                    continue
                known.add(one.name)
            text = add_correction(text, one)
        parse_corrections(text, str(self.path))
        write_text(self.path, text)
        self.before.append(before)

    def undo(self) -> None:
        """Take the last answer back."""
        before = self.before.pop()
        if before is None:
            self.path.unlink(missing_ok=True)
        else:
            write_text(self.path, before)

    def corrections(self) -> Corrections:
        """What the file says now."""
        return parse_corrections(self._text() or "", str(self.path))

    def _text(self) -> str | None:
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return None


def add_correction(text: str, one: Correction) -> str:
    """The text of a file with one more correction."""
    if isinstance(one, NarratorCorrection):
        rest = re.sub(r"(?m)^narrator\s*=.*\n?", "", text, count=1)
        return _on_top(rest, f"narrator = {'false' if one.name is None else toml_string(one.name)}\n")
    if isinstance(one, MergeCorrection):
        names = f"[{', '.join(map(toml_string, one.names))}]"
        if SAME.search(text):
            return SAME.sub(lambda match: f"{match[1]}{names}, ", text, count=1)
        return _on_top(text, f"same = [{names}]\n")
    if isinstance(one, NotAPersonCorrection):
        name = toml_string(one.name)
        if NOT_PEOPLE.search(text):
            return NOT_PEOPLE.sub(lambda match: f"{match[1]}{name}, ", text, count=1)
        return _on_top(text, f"not_people = [{name}]\n")
    if isinstance(one, PersonCorrection):
        told = [f"aliases = [{', '.join(map(toml_string, one.aliases))}]"] if one.aliases else []
        told += [f"pronouns = {toml_string(one.pronouns)}"] if one.pronouns else []
        told += [f"kind = {toml_string(one.kind)}"] if one.kind else []
        lines = [f"[people.{toml_string(one.name)}]", *told]
        return _at_end(text, "\n".join(lines) + "\n")
    return _at_end(text, entry_toml(one))


def merge_corrections(text: str, more: Corrections) -> str:
    """The text of a corrections file that says these too; what it says already is not said twice.

    It stays as it stands, comments included, but for the line of a person of whom more is said now; where that cannot
    be done it is written anew. Raises BadCorrections where `text` is no corrections file.
    """
    known = parse_corrections(text)
    wanted = known + more
    new: list[Correction] = [one for one in more.same if one not in known.same]
    new += [one for one in more.not_people if one not in known.not_people]
    new += [more.narrator] if more.narrator not in (None, known.narrator) else []
    new += [one for one in wanted.people if one not in known.people]
    new += [one for one in more.mentions if one not in known.mentions]
    new += [one for one in more.quotations if one not in known.quotations]
    longer = text if text.strip() else EMPTY
    for one in known.people:
        if one not in wanted.people:
            longer = _without(longer, one)
    for answer in new:
        longer = add_correction(longer, answer)
    with suppress(BadCorrections):  # a line that is written as nobody thought of
        if _together(parse_corrections(longer)) == _together(wanted):
            return longer
    return to_toml(_once(wanted))


def _without(text: str, one: PersonCorrection) -> str:
    """The text of a file without the line of a person, where that has one to itself."""
    name = re.escape(toml_string(one.name))
    return re.sub(
        rf"(?m)^[ \t]*(?:{name}|{re.escape(one.name)})[ \t]*=[ \t]*\{{[^{{}}\n]*\}}[ \t]*(#.*)?\n?", "", text, count=1
    )


def _together(one: Corrections) -> tuple[object, ...]:
    """What corrections say, whatever their order where that says nothing."""
    lists = (one.people, one.same, one.not_people, one.mentions, one.quotations, one.complete)
    return (one.narrator, *map(set, lists))


def _once(one: Corrections) -> Corrections:
    """Each of them once."""
    return replace(
        one,
        same=tuple(dict.fromkeys(one.same)),
        not_people=tuple(dict.fromkeys(one.not_people)),
        mentions=tuple(dict.fromkeys(one.mentions)),
        quotations=tuple(dict.fromkeys(one.quotations)),
    )


def _on_top(text: str, line: str) -> str:
    first = FIRST_LINE.match(text)
    if not first:
        return line + text
    head = first[0] if first[0].endswith("\n") else first[0] + "\n"
    return head + line + text[first.end() :]


def _at_end(text: str, lines: str) -> str:
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{lines}"


# A first file


def first_file(reading: Reading, *, with_pronouns: bool = True) -> str:
    """The text of a first corrections file: everybody with a name, as the reading has them.

    Read with it, nothing changes. `with_pronouns`: else these stand in it as a comment.
    """
    lines = [
        f"# What a person says of {_comment(reading.story.source.path)}, read with the story. Change what is wrong.",
        "# All that may stand here: docs/corrections.md. Lines that begin with # say nothing.",
        EMPTY.rstrip("\n"),
        "",
        _narrator_line(reading),
        '# same = [["One Name", "Another Name"]]    # names of one person',
        '# not_people = ["A Name"]                  # names that are nobody\'s',
        "",
        "[people]",
    ]
    seen = set()
    for character in reading.characters:
        if character.named and character.name not in seen:
            seen.add(character.name)
            lines.append(_person_line(character, with_pronouns))
    nameless = [c for c in reading.characters if not c.named and not c.narrator and c.quotations]
    if nameless:
        lines += ["", "# Without a name:"]
        lines += [f"# {toml_string(c.name)} = {{}}    # says {c.quotations}" for c in nameless]
    return "\n".join(lines) + "\n"


def _narrator_line(reading: Reading) -> str:
    teller = next((c for c in reading.characters if c.narrator), None)
    if teller is not None and teller.named:
        return f"narrator = {toml_string(teller.name)}"
    said = "no name was found" if teller else "nobody was found who does"
    return f'# narrator = "A Name"                       # who tells the story and says “I”: {said}'


def _person_line(character: Character, with_pronouns: bool) -> str:
    told = []
    if character.aliases:
        told.append(f"aliases = [{', '.join(map(toml_string, character.aliases))}]")
    pronouns = f"pronouns = {toml_string(character.pronouns)}" if character.pronouns else ""
    if character.kind == "group":
        told.append('kind = "group"')
    elif pronouns and with_pronouns:
        told.append(pronouns)
    line = (
        f"{toml_string(character.name)} = {{ {', '.join(told)} }}" if told else f"{toml_string(character.name)} = {{}}"
    )
    return line if with_pronouns or not pronouns or character.kind == "group" else f"{line}    # {pronouns}"


def _comment(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
