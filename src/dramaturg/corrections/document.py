"""The text of a corrections file, edited in place: comments, layout and order stay as the person wrote them.

tomlkit edits the values. It moves tables of one name together where others stand between them (`[[quotation]]`,
`[people]`, `[[quotation]]`), so each section of the file is edited on its own: a header in brackets with the keys
below it, or the keys above the first header.
"""

import re
import tomllib
from collections.abc import Callable
from typing import Any

from dramaturg.corrections.model import PersonCorrection
from dramaturg.corrections.toml import (
    ENTRY_NAMES,
    Entry,
    entry_fields,
    entry_toml,
    person_fields,
    person_toml,
    person_value,
    toml_string,
    toml_value,
)

LINE = re.compile(r"[^\n]*\n|[^\n]+")


class CorrectionsDocument:
    """A valid corrections file while it is edited; `text()` is its text, with the kind of newline it had."""

    def __init__(self, text: str) -> None:
        n_newlines = text.count("\n")
        self.newline = "\r\n" if n_newlines and text.count("\r\n") == n_newlines else "\n"
        self.sections = _cut_sections(text.replace("\r\n", "\n") if self.newline == "\r\n" else text)
        self.section_of = {  # a listed person's name → index in sections
            name: n for n, section in enumerate(self.sections) for name in tomllib.loads(section).get("people", {})
        }

    def text(self) -> str:
        """The text of the file as it is now."""
        return "".join(self.sections).replace("\n", self.newline)

    # The keys above the first header

    def set_value(self, key: str, toml: str) -> None:
        """Give a key another value, or add the key. `toml`: the value, as a file has it."""

        def set_value(document: Any) -> None:
            document[key] = _parse_value(toml)

        if key in tomllib.loads(self.sections[0]):
            self._edit(0, set_value)
        else:
            self._insert_line(0, f"{key} = {toml}")

    def add_to_list(self, key: str, toml: str) -> None:
        """Add a value to the end of a list; add the list where the file has none."""
        if key in tomllib.loads(self.sections[0]):
            self._edit(0, lambda document: document[key].append(_parse_value(toml)))
        else:
            self._insert_line(0, f"{key} = [{toml}]")

    # [[quotation]], [[mention]] and [[meant]]

    def add_entry(self, correction: Entry) -> None:
        """Add a `[[mention]]`, `[[quotation]]` or `[[meant]]` to the end of the file."""
        name = ENTRY_NAMES[type(correction)]
        if name in tomllib.loads(self.sections[0]):  # quotation = [{ text = "…" }]
            self.add_to_list(name, f"{{ {', '.join(entry_fields(correction))} }}")
        else:
            self._add_section(entry_toml(correction))

    # People

    def add_person(self, person: PersonCorrection) -> None:
        """List a person who is not listed yet."""
        if "people" in tomllib.loads(self.sections[0]):
            n = 0
            if not self._add_to_inline_people(person):
                self._insert_line(0, f"people.{person_toml(person)}")  # beside people."Anna".pronouns = "she"
        else:
            n = next((n for n, section in enumerate(self.sections) if _header(section) == {"people": {}}), -1)
            if n < 0:
                self._add_section(f"[people]\n{person_toml(person)}\n")
                n = len(self.sections) - 1
            else:
                self._insert_line(n, person_toml(person))
        self.section_of[person.name] = n

    def update_person(self, person: PersonCorrection, listed_as: str) -> None:
        """Say of a person who is listed what `person` says; `listed_as`: the name that the file lists them under."""
        if person.name != listed_as and not self._rename_person(listed_as, person.name):
            self.remove_person(listed_as)
            self.add_person(person)
        else:
            self._edit(self.section_of[person.name], lambda document: _update(document["people"], person))

    def remove_person(self, name: str) -> None:
        """Take a person off the list."""

        def remove(document: Any) -> None:
            del document["people"][name]

        n = self.section_of.pop(name)
        if _header(self.sections[n]) == {"people": {name: {}}}:
            self.sections[n] = _cut_tail(self.sections[n])[1]
        else:
            self._edit(n, remove)

    def _add_to_inline_people(self, person: PersonCorrection) -> bool:
        """Add a person to `people = { … }`; whether the file has people in such a table."""
        found = False

        def add(document: Any) -> None:
            nonlocal found
            found = _is_inline(document["people"])
            if found:
                _update(document["people"], person)

        self._edit(0, add)
        return found

    def _rename_person(self, old: str, new: str) -> bool:
        """Change the name of a listed person; whether that is possible without moving them."""
        renamed = False

        def rename(document: Any) -> None:
            nonlocal renamed
            import tomlkit

            people = document["people"]
            renamed = _is_inline(people[old])
            if renamed:
                body = people.value.body
                at = next(i for i, (key, _) in enumerate(body) if key is not None and key.key == old)
                key = tomlkit.parse(f"{toml_string(new)} = 0").body[0][0]
                body[at] = (key, body[at][1])

        n = self.section_of[old]
        section = self.sections[n]
        if _header(section) == {"people": {old: {}}}:
            import tomlkit

            first, rest = section.partition("\n")[::2]
            comment = tomlkit.parse(first)["people"][old].trivia.comment
            self.sections[n] = f"[people.{toml_string(new)}]{'  ' if comment else ''}{comment}\n{rest}"
            renamed = True
        else:
            self._edit(n, rename)
        if renamed:
            self.section_of[new] = self.section_of.pop(old)
        return renamed

    # Sections

    def _edit(self, n: int, change: Callable[[Any], object]) -> None:
        """Change the values of a section. The comments below its last key may belong to the next: they stay last."""
        import tomlkit

        head, tail = _cut_tail(self.sections[n])
        document = tomlkit.parse(head)
        change(document)
        self.sections[n] = tomlkit.dumps(document) + tail

    def _insert_line(self, n: int, line: str) -> None:
        """Add a line below the last key of a section."""
        head, tail = _cut_tail(self.sections[n])
        newline = "\n" if head and not head.endswith("\n") else ""
        self.sections[n] = f"{head}{newline}{line}\n{tail}"

    def _add_section(self, lines: str) -> None:
        text = "".join(self.sections)
        gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        self.sections[-1] += gap
        self.sections.append(lines)


def _cut_sections(text: str) -> list[str]:
    """Cut a file before each of its headers; the first section, which may be empty, has none."""
    sections = [""]
    for line in LINE.findall(text):
        # A line that begins with a bracket may also be part of a list or a string, which is not complete then.
        if line.lstrip().startswith("[") and _is_complete(sections[-1]):
            sections.append("")
        sections[-1] += line
    return sections


def _is_complete(section: str) -> bool:
    try:
        tomllib.loads(section)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _cut_tail(section: str) -> tuple[str, str]:
    """Cut a section below its last key: what follows are comments and empty lines."""
    lines = LINE.findall(section)
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    head, tail = "".join(lines[:end]), "".join(lines[end:])
    return (head, tail) if _is_complete(head) else (section, "")  # a string may end in a line that begins with #


def _header(section: str) -> dict[str, Any]:
    """The tables that the header of a section opens: `{"people": {}}` for `[people]`."""
    first = section.partition("\n")[0]
    return tomllib.loads(first) if first.lstrip().startswith("[") else {}


def _parse_value(toml: str) -> Any:
    import tomlkit

    return tomlkit.value(toml)


def _is_inline(value: Any) -> bool:
    from tomlkit.items import InlineTable

    return isinstance(value, InlineTable)


def _update(people: Any, person: PersonCorrection) -> None:
    """Say of a person what `person` says, in a table of people."""
    row = people.get(person.name)
    if row is None or (_is_inline(row) and "\n" not in row.as_string()):
        people[person.name] = _parse_value(person_value(person))
        return
    for key, value in person_fields(person).items():
        if key == "aliases" and key in row:
            for alias in person.aliases:
                if alias not in row[key]:
                    row[key].append(_parse_value(toml_string(alias)))
        elif row.get(key) != value:
            row[key] = _parse_value(toml_value(value))
