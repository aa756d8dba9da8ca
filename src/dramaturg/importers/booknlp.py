"""BookNLP's files → annotations.

The text is restored from `.tokens`: the words at their offsets, with spaces between them and a blank line between
paragraphs. If there is a `.txt` with the same base name, and it has the words at these offsets, it is used instead.
`.entities`, `.supersense`, `.quotes` and `.book` are used if they are there.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dramaturg.errors import UnreadableStory
from dramaturg.importers import files_with, only_file_with, read_utf8
from dramaturg.importers.annotations import (
    AnnotatedPerson,
    AnnotatedQuotation,
    Annotations,
    entity_type,
    mention_kind,
    story_of,
    unique_ids,
)
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import SUPERSENSES, Event, Evidence, Mention, MentionKind, Supersense
from dramaturg.story import Story

PROPS: dict[str, MentionKind] = {"PROP": "name", "NOM": "noun", "PRON": "pronoun"}
PRONOUNS = {"he/him/his": "he", "she/her": "she", "they/them/their": "they"}
NARRATOR = "0"  # the number that BookNLP reserves for the narrator
# spaCy's relations, which BookNLP uses, with their names in UD.
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
MAX_TAG_DISTANCE_CHARACTERS = 200  # between a quotation and its attributed mention; beyond, it is not a tag
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class WordOffsets:
    """The offsets of the words in the text, by their numbers."""

    starts: list[int]
    ends: list[int]

    def span(self, first: str, last: str) -> tuple[int, int]:
        """The span from one word to another, both included. Raises IndexError if there are no such words."""
        a, b = int(first), int(last)
        if a < 0 or b < a:
            raise IndexError(f"{first} to {last}")
        return self.starts[a], self.ends[b]


def read(path: Path) -> Annotations:
    """The annotations of one book. `path` is one of its files, or their folder."""
    tokens = path if path.name.endswith(".tokens") else only_file_with(path, ".tokens", "gives the text back")
    rows = list(_rows(tokens))
    text, words = _text(tokens, rows)
    story = story_of(text, f"{tokens.name.removesuffix('.tokens')}.txt", "booknlp", tokens.read_bytes())
    entities = _beside(tokens, ".entities")
    quotes = _beside(tokens, ".quotes")
    book = _book(tokens)
    ids, people = _people(entities, quotes, book)
    parts = Annotations(story, people, tokens=_tokens(rows, words))
    for row in entities:
        start, end = _place(tokens, words, row["start_token"], row["end_token"])
        kind = PROPS.get(row["prop"]) or mention_kind(text[start:end], True)
        number = row["COREF"]
        parts.mentions.append(
            Mention(start, end, kind, entity_type(row["cat"]), ids.get(number, f"e{number}"), ids.get(number), 1.0)
        )
    parts.quotations = [_said(tokens, row, words, ids, story) for row in quotes]
    parts.supersenses = list(_supersenses(tokens, _beside(tokens, ".supersense"), words))
    parts.events = [
        Event(words.starts[n], words.ends[n], (), (), 1.0) for n, row in enumerate(rows) if row.get("event") == "EVENT"
    ]
    return parts


def _rows(path: Path) -> Iterator[Row]:
    """The rows of a tab-separated table without quoting, as dicts by the header."""
    lines = (line for line in read_utf8(path).split("\n"))
    header = next(lines, "").rstrip("\r").split("\t")
    for line in lines:
        if line.rstrip("\r"):
            yield dict(zip(header, line.rstrip("\r").split("\t"), strict=False))


def _beside(tokens: Path, ending: str) -> list[Row]:
    return [row for file in files_with(tokens, ending) for row in _rows(file)]


def _place(path: Path, words: WordOffsets, first: str, last: str) -> tuple[int, int]:
    try:
        return words.span(first, last)
    except (ValueError, IndexError) as error:
        raise UnreadableStory(
            f"{path}: there are no words {first} to {last}. Check that the files belong together."
        ) from error


def _text(path: Path, rows: list[Row]) -> tuple[str, WordOffsets]:
    """The text and the offsets of its words: those in the table, or if they are impossible, words one space apart."""
    try:
        said = [row["word"] for row in rows]
        starts = [int(row["byte_onset"]) for row in rows]
        ends = [int(row["byte_offset"]) for row in rows]
        paragraphs = [row.get("paragraph_ID") for row in rows]
    except (KeyError, ValueError) as error:
        raise UnreadableStory(f"{path}: this is not a .tokens file from BookNLP ({error}).") from error
    for original in files_with(path, ".txt"):
        text = read_utf8(original)
        if all(text[a:b] == word for a, b, word in zip(starts, ends, said, strict=True)):
            return text, WordOffsets(starts, ends)
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
    return "".join(parts), WordOffsets(starts, ends)


def _book(tokens: Path) -> dict[str, Any]:
    """The people in `.book` by their numbers."""
    for file in files_with(tokens, ".book"):
        try:
            return {str(person["id"]): person for person in json.loads(read_utf8(file))["characters"]}
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableStory(f"{file}: this is not a .book file from BookNLP ({error}).") from error
    return {}


def _people(
    entities: list[Row], quotes: list[Row], book: dict[str, Any]
) -> tuple[dict[str, str], list[AnnotatedPerson]]:
    """The cast: everybody who has a name or speaks. Returns their ids by BookNLP's numbers, and the people."""
    forms: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in entities:
        if row["cat"] == "PER":
            forms[row["COREF"]][row["prop"]][POSSESSIVE.sub("", row["text"])] += 1
    speaking = {row["char_id"] for row in quotes} - {"None"}
    telling = {NARRATOR} if _is_narrator(forms[NARRATOR]) else set()
    numbers = [n for n in dict.fromkeys([*forms, *sorted(speaking)]) if forms[n]["PROP"] or n in speaking | telling]
    names = {n: _name(forms[n], n) for n in numbers}
    ids = dict(zip(numbers, unique_ids(names.values()), strict=True))
    people = []
    for n in numbers:
        proper = [form for form, _ in forms[n]["PROP"].most_common()]
        gender = (book.get(n) or {}).get("g") or {}
        pronouns = PRONOUNS.get(gender.get("argmax", ""))
        people.append(
            AnnotatedPerson(
                ids[n], names[n], bool(proper), aliases=tuple(proper[1:]), pronouns=pronouns, narrator=n in telling
            )
        )
    return ids, people


def _is_narrator(forms: dict[str, Counter[str]]) -> bool:
    """Whether most of a person's pronouns are in the first person."""
    first_person = sum(n for form, n in forms["PRON"].items() if form.lower() in ENGLISH.grammar.first_person)
    return first_person * 2 > forms["PRON"].total()


def _name(forms: dict[str, Counter[str]], number: str) -> str:
    for prop in ("PROP", "NOM", "PRON"):
        if forms[prop]:
            return forms[prop].most_common(1)[0][0]
    return f"person {number}"


def _supersenses(tokens: Path, rows: list[Row], words: WordOffsets) -> Iterator[Supersense]:
    """The supersenses in order. Of two that overlap, the first counts; an unknown one does not."""
    labels = {label: label for label in SUPERSENSES}
    last = 0
    for row in sorted(rows, key=lambda row: int(row["start_token"])):
        start, end = _place(tokens, words, row["start_token"], row["end_token"])
        label = labels.get(row["supersense_category"])  # type: ignore[call-overload]
        if label is not None and start >= last:
            yield Supersense(start, end, label)
            last = end


def _said(path: Path, row: Row, words: WordOffsets, ids: dict[str, str], story: Story) -> AnnotatedQuotation:
    start, end = _place(path, words, row["quote_start"], row["quote_end"])
    evidence = None
    if row["mention_start"] != "None":
        first, last = _place(path, words, row["mention_start"], row["mention_end"])
        is_near = (
            first - end <= MAX_TAG_DISTANCE_CHARACTERS
            and start - last <= MAX_TAG_DISTANCE_CHARACTERS
            and not start <= first < end
        )
        if is_near and "\n\n" not in story.text[min(start, first) : max(end, last)]:
            is_pronoun = mention_kind(story.text[first:last], True) == "pronoun"
            evidence = Evidence("pronoun_tag" if is_pronoun else "tag", first, last)
    return AnnotatedQuotation(start, end, speaker=ids.get(row["char_id"]), evidence=evidence)


def _tokens(rows: list[Row], words: WordOffsets) -> dict[str, list[Any]]:
    """The columns of the tokens. A root has no head."""
    columns: dict[str, list[Any]] = {"start": words.starts, "end": words.ends}
    columns["sentence"] = [int(row.get("sentence_ID") or 0) for row in rows]
    columns["pos"] = [row.get("POS_tag") for row in rows]
    columns["lemma"] = [row.get("lemma") for row in rows]
    heads = [int(row.get("syntactic_head_ID") or -1) for row in rows]
    columns["head"] = [None if head in (n, -1) else head for n, head in enumerate(heads)]
    columns["deprel"] = [RELATIONS.get(told := row.get("dependency_relation") or "", told or None) for row in rows]
    return columns
