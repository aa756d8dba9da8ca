"""BookNLP's files → what they say.

`.tokens` gives the text back: its words at their places, with blanks between them and a blank line between
paragraphs. A `.txt` of the same name beside it is taken instead where the words stand in it at those places.
`.entities`, `.quotes` and `.book` tell the rest, each as far as it is there.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dramaturg.errors import UnreadableStory
from dramaturg.importers import files_of, one_of, text_in
from dramaturg.importers.parts import Parts, Person, Said, entity_type, mention_kind, story_of, unique_ids
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Event, Evidence, Mention, MentionKind
from dramaturg.story import Story

PROPS: dict[str, MentionKind] = {"PROP": "name", "NOM": "noun", "PRON": "pronoun"}
PRONOUNS = {"he/him/his": "he", "she/her": "she", "they/them/their": "they"}
NARRATOR = "0"  # the number that BookNLP keeps for who says I in narration
# spaCy's relations, as BookNLP's syntax has them, by the names that UD gives to the same.
RELATIONS = {
    "ROOT": "root",
    "dobj": "obj",
    "dative": "iobj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "poss": "nmod:poss",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "predet": "det:predet",
    "preconj": "cc:preconj",
    "intj": "discourse",
    "npadvmod": "obl:unmarked",
}
POSSESSIVE = re.compile("[ ]?['’]s$")
NEAR = 200  # characters between a quotation and the mention that it is attributed by: further off it is no tag
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """The words' places in the text, by their numbers."""

    starts: list[int]
    ends: list[int]

    def span(self, first: str, last: str) -> tuple[int, int]:
        """The place of words from one number to another, both included. Raises IndexError outside of the text."""
        a, b = int(first), int(last)
        if a < 0 or b < a:
            raise IndexError(f"{first} to {last}")
        return self.starts[a], self.ends[b]


def read(path: Path) -> Parts:
    """What the files of one book say; `path` is one of them, or their folder."""
    tokens = path if path.name.endswith(".tokens") else one_of(path, ".tokens", "gives the text back")
    rows = list(_rows(tokens))
    text, words = _text(tokens, rows)
    story = story_of(text, f"{tokens.name.removesuffix('.tokens')}.txt", "booknlp", tokens.read_bytes())
    entities = _beside(tokens, ".entities")
    quotes = _beside(tokens, ".quotes")
    book = _book(tokens)
    ids, people = _people(entities, quotes, book)
    parts = Parts(story, people, tokens=_tokens(rows, words))
    for row in entities:
        start, end = _place(tokens, words, row["start_token"], row["end_token"])
        kind = PROPS.get(row["prop"]) or mention_kind(text[start:end], True)
        number = row["COREF"]
        parts.mentions.append(
            Mention(start, end, kind, entity_type(row["cat"]), ids.get(number, f"e{number}"), ids.get(number), 1.0)
        )
    parts.said = [_said(tokens, row, words, ids, story) for row in quotes]
    parts.events = [
        Event(words.starts[n], words.ends[n], (), (), 1.0) for n, row in enumerate(rows) if row.get("event") == "EVENT"
    ]
    return parts


def _rows(path: Path) -> Iterator[Row]:
    """The rows of a table without quoting, by the names in its first line."""
    lines = (line for line in text_in(path).split("\n"))
    header = next(lines, "").rstrip("\r").split("\t")
    for line in lines:
        if line.rstrip("\r"):
            yield dict(zip(header, line.rstrip("\r").split("\t"), strict=False))


def _beside(tokens: Path, ending: str) -> list[Row]:
    return [row for file in files_of(tokens, ending) for row in _rows(file)]


def _place(path: Path, words: Words, first: str, last: str) -> tuple[int, int]:
    try:
        return words.span(first, last)
    except (ValueError, IndexError) as error:
        raise UnreadableStory(f"{path}: there are no words {first} to {last}. Do the files belong together?") from error


def _text(path: Path, rows: list[Row]) -> tuple[str, Words]:
    """The text, and where its words stand: where the table says, or, where that cannot be, one blank apart."""
    try:
        said = [row["word"] for row in rows]
        starts = [int(row["byte_onset"]) for row in rows]
        ends = [int(row["byte_offset"]) for row in rows]
        paragraphs = [row.get("paragraph_ID") for row in rows]
    except (KeyError, ValueError) as error:
        raise UnreadableStory(f"{path}: this is no .tokens file of BookNLP's ({error}).") from error
    for original in files_of(path, ".txt"):
        text = text_in(original)
        if all(text[a:b] == word for a, b, word in zip(starts, ends, said, strict=True)):
            return text, Words(starts, ends)
    fits = all(b - a == len(word) for a, b, word in zip(starts, ends, said, strict=True))
    if not fits or any(b > a for b, a in zip(ends, starts[1:], strict=False)):
        starts, ends, at = [], [], 0
        for number, word in enumerate(said):
            at += 0 if not number else 2 if paragraphs[number] != paragraphs[number - 1] else 1
            starts.append(at)
            at += len(word)
            ends.append(at)
    parts, at = [], 0
    for number, (start, word) in enumerate(zip(starts, said, strict=True)):
        new = bool(number) and paragraphs[number] != paragraphs[number - 1]
        gap = start - at
        parts += ["\n" * min(2, gap) + " " * (gap - 2) if new else " " * gap, word]
        at = start + len(word)
    return "".join(parts), Words(starts, ends)


def _book(tokens: Path) -> dict[str, Any]:
    """The people of `.book` by their numbers."""
    for file in files_of(tokens, ".book"):
        try:
            return {str(person["id"]): person for person in json.loads(text_in(file))["characters"]}
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableStory(f"{file}: this is no .book file of BookNLP's ({error}).") from error
    return {}


def _people(entities: list[Row], quotes: list[Row], book: dict[str, Any]) -> tuple[dict[str, str], list[Person]]:
    """The ids of the numbers that are people of the cast: with a name, or speaking; and who they are."""
    forms: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in entities:
        if row["cat"] == "PER":
            forms[row["COREF"]][row["prop"]][POSSESSIVE.sub("", row["text"])] += 1
    speaking = {row["char_id"] for row in quotes} - {"None"}
    telling = {NARRATOR} if _says_i(forms[NARRATOR]) else set()
    numbers = [n for n in dict.fromkeys([*forms, *sorted(speaking)]) if forms[n]["PROP"] or n in speaking | telling]
    names = {n: _name(forms[n], n) for n in numbers}
    ids = dict(zip(numbers, unique_ids(names.values()), strict=True))
    people = []
    for n in numbers:
        proper = [form for form, _ in forms[n]["PROP"].most_common()]
        gender = (book.get(n) or {}).get("g") or {}
        pronouns = PRONOUNS.get(gender.get("argmax", ""))
        people.append(
            Person(ids[n], names[n], bool(proper), aliases=tuple(proper[1:]), pronouns=pronouns, narrator=n in telling)
        )
    return ids, people


def _says_i(forms: dict[str, Counter[str]]) -> bool:
    """Whether most of the pronouns for somebody are I and its forms."""
    first_person = sum(n for form, n in forms["PRON"].items() if form.lower() in ENGLISH.grammar.first_person)
    return first_person * 2 > forms["PRON"].total()


def _name(forms: dict[str, Counter[str]], number: str) -> str:
    for prop in ("PROP", "NOM", "PRON"):
        if forms[prop]:
            return forms[prop].most_common(1)[0][0]
    return f"person {number}"


def _said(path: Path, row: Row, words: Words, ids: dict[str, str], story: Story) -> Said:
    start, end = _place(path, words, row["quote_start"], row["quote_end"])
    evidence = None
    if row["mention_start"] != "None":
        first, last = _place(path, words, row["mention_start"], row["mention_end"])
        is_near = first - end <= NEAR and start - last <= NEAR and not start <= first < end
        if is_near and "\n\n" not in story.text[min(start, first) : max(end, last)]:
            is_pronoun = mention_kind(story.text[first:last], True) == "pronoun"
            evidence = Evidence("pronoun_tag" if is_pronoun else "tag", first, last)
    return Said(start, end, speaker=ids.get(row["char_id"]), evidence=evidence)


def _tokens(rows: list[Row], words: Words) -> dict[str, list[Any]]:
    """The columns of a reading's tokens; a root has no head."""
    columns: dict[str, list[Any]] = {"start": words.starts, "end": words.ends}
    columns["sentence"] = [int(row.get("sentence_ID") or 0) for row in rows]
    columns["pos"] = [row.get("POS_tag") for row in rows]
    columns["lemma"] = [row.get("lemma") for row in rows]
    heads = [int(row.get("syntactic_head_ID") or -1) for row in rows]
    columns["head"] = [None if head in (n, -1) else head for n, head in enumerate(heads)]
    columns["deprel"] = [RELATIONS.get(told := row.get("dependency_relation") or "", told or None) for row in rows]
    return columns
