"""A reading as tables whose columns have a type and a description: for CSV, Parquet and Arrow."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dramaturg.bonds import bonds_of
from dramaturg.exporters.common.chapters import chapter_finder
from dramaturg.formatting import one_line
from dramaturg.reading import Reading

Type = Literal["string", "integer", "number", "boolean", "strings"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the type of its values that are not null, and what it means."""

    name: str
    type: Type
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table. A row is a tuple with a value or None for each column."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]


def _column(line: str) -> Column:
    name, type, about = line.split(" ", 2)
    return Column(name, type, about)  # type: ignore[arg-type]  # `type` comes from the lines below


def _columns(lines: str) -> tuple[Column, ...]:
    return tuple(_column(line) for line in lines.strip().splitlines())


SPAN = """
start integer where it begins, in Unicode code points from the start of the text
end integer where it ends: the first code point after it
"""
STORY = _columns("""
title string title, if the file gives one
author string author, if the file gives one
language string language as a BCP 47 tag
path string name of the file that was read
format string format it was read as
sha256 string SHA-256 of the file's bytes
version string version of dramaturg that made this
weights string SHA-256 of its trained weights
characters integer length of the text in code points
""")
METADATA = _columns("""
name string name of the field: rating, fandoms, publisher …
type string text, number, item (one row for each item of a list) or json
value string the value
""")
CHARACTERS = _columns("""
id string id of the character
name string name to show for this character
named boolean whether the name is a proper name
kind string person, or group for several who speak as one
aliases strings other names in the text
pronouns string she, he, they, it or others; null if unknown
narrator boolean whether this character tells the story
mentions integer number of mentions
quotations integer number of quotations they say
words_spoken integer number of words they say
first integer where the first mention starts
last integer where the last mention starts
""")
MENTIONS = _columns(f"""
{SPAN.strip()}
text string the words
kind string name, noun or pronoun
type string PER, FAC, GPE, LOC, VEH or ORG
entity string id of the coreference cluster
character string id of the character, if it is one
confidence number probability that this is right
chapter integer number of the chapter from 1; 0 before the first
""")
QUOTATIONS = _columns(f"""
id string id of the quotation
group string shared by the parts of one utterance
within string id of the quotation that contains this one
{SPAN.strip()}
text string the words, quotation marks included
speaker string id of the speaker; null if unknown
addressees strings ids of the addressees
confidence number probability that the speaker is right
evidence_kind string why this speaker: tag, pronoun_tag, turn, vocative, action, narrator, content or correction
evidence_start integer where the evidence begins
evidence_end integer where it ends
chapter integer number of the chapter from 1; 0 before the first
""")
ALTERNATIVES = _columns("""
quotation string id of the quotation
speaker string id of a character who may be its speaker instead
confidence number probability of that
""")
SEGMENTS = _columns(f"""
{SPAN.strip()}
kind string narration, speech, tag, thought, heading, note, break or matter; joined in order they are the text
quotation string id of the quotation, if this is speech
""")
EVENTS = _columns(f"""
{SPAN.strip()}
text string the words
agents strings ids of the characters who do it
patients strings ids of the characters it is done to
confidence number probability that it really happens in the story
chapter integer number of the chapter from 1; 0 before the first
""")
SUPERSENSES = _columns(f"""
{SPAN.strip()}
text string the words
label string broad meaning, one of WordNet's lexicographer files: noun.person, verb.motion …
chapter integer number of the chapter from 1; 0 before the first
""")
FACTS = _columns(f"""
kind string kin, bond, work, age, eyes, hair, body, origin, trait or fate
value string what the person is, as written
normalised string the same in lower case, without punctuation
person string id of the character
of string for kin and bond, id of the character to whom the person is this
{SPAN.strip()}
text string the words that tell it
said_by string id of the speaker whose claim it is; empty if the narration tells it
confidence number probability that a reader would write it down
chapter integer number of the chapter from 1; 0 before the first
""")
SLIPS = _columns(f"""
slip integer number of the slip from 1, the gravest and surest first; a row for each of its places
kind string eyes, hair, age, body, fate, presence, kin, work, name or trait
person string id of the character it is about; empty if it is about none
says string what does not agree, in a sentence
confidence number how sure both places are
{SPAN.strip()}
text string the words at this place
chapter integer number of the chapter from 1; 0 before the first
""")
ADDRESSES = _columns(f"""
quotation string id of the quotation
speaker string id of the speaker
addressee string id of the character addressed
kind string titled_name, full_name, first_name, surname, short_name, respect, kin, role, relation, endearment or insult
{SPAN.strip()}
text string the words
chapter integer number of the chapter from 1; 0 before the first
""")
BONDS = _columns("""
speaker string id of a character
addressee string id of another one
chapter integer number of the chapter from 1; 0 before the first
lines integer lines that the speaker says to the addressee there
forms strings how they address them there, in the order of the text
""")
BLOCKS = _columns(f"""
{SPAN.strip()}
role string title, heading, front_matter, authors_note, summary, paragraph, scene_break or back_matter
""")
CHAPTERS = _columns(f"""
id string id of the chapter
title string its title
{SPAN.strip()}
""")
EMPHASIS = _columns(SPAN)
TOKENS = _columns(f"""
{SPAN.strip()}
text string the word
sentence integer number of the sentence from 0
pos string part of speech (UPOS)
lemma string lemma
head integer number of the word it depends on, from 0
deprel string dependency relation (UD)
""")


def tables_of(reading: Reading) -> list[Table]:
    """The tables of a reading. `tokens` is there only if the reading has tokens."""
    story, source, text = reading.story, reading.story.source, reading.text_of
    chapter = chapter_finder(reading)
    origin = (source.title, source.author, source.language, source.path, source.format, source.sha256)
    made = (reading.made_by.version, reading.made_by.weights, len(story.text))
    computed: dict[str, Callable[[Any], Any]] = {"text": text, "chapter": lambda row: chapter(row.start)}

    def table(name: str, about: str, columns: tuple[Column, ...], rows: Iterable[Any]) -> Table:
        values = [
            tuple(computed[c.name](row) if c.name in computed else _value(row, c) for c in columns) for row in rows
        ]
        return Table(name, about, columns, values)

    alternatives = [(q.id, a.speaker, a.confidence) for q in reading.quotations for a in q.alternatives]
    found = [
        Table("story", "the story (one row)", STORY, [origin + made]),
        Table("metadata", "other metadata of the file", METADATA, list(metadata_rows(source.metadata))),
        table("characters", "the cast, most prominent first", CHARACTERS, reading.characters),
        table("mentions", "spans that refer to somebody or something", MENTIONS, reading.mentions),
        table("quotations", "direct speech, with who says it to whom", QUOTATIONS, reading.quotations),
        Table("alternatives", "other possible speakers of a quotation", ALTERNATIVES, alternatives),
        table("segments", "the whole text, divided into segments", SEGMENTS, reading.segments),
        table("events", "events shown as really happening", EVENTS, reading.events),
        table("supersenses", "nouns and verbs with their broad meaning", SUPERSENSES, reading.supersenses),
        table("facts", "what the story tells of its people", FACTS, reading.facts),
        Table("slips", "places that do not agree", SLIPS, list(_slips(reading, chapter))),
        table("addresses", "how people address each other", ADDRESSES, reading.addresses),
        Table("bonds", "who turns to whom in each chapter, and how they address them", BONDS, bond_rows(reading)),
        table("blocks", "the structure of the text", BLOCKS, story.blocks),
        table("chapters", "the chapters", CHAPTERS, story.chapters),
        table("emphasis", "italics and the like", EMPHASIS, story.emphasis),
    ]
    if reading.tokens is not None:
        found.append(_tokens(reading, reading.tokens))
    return found


def metadata_rows(metadata: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """The metadata as rows of name, type and value, as METADATA describes them.

    >>> list(metadata_rows({"words": 1200, "fandoms": ["Bleach", "Naruto"]}))
    [('words', 'number', '1200'), ('fandoms', 'item', 'Bleach'), ('fandoms', 'item', 'Naruto')]
    """
    for name, value in metadata.items():
        if isinstance(value, str):
            yield name, "text", value
        elif isinstance(value, int) and not isinstance(value, bool):
            yield name, "number", str(value)
        elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            yield from ((name, "item", item) for item in value)
        else:
            yield name, "json", json.dumps(value, ensure_ascii=False)


def dictionary_of(tables: Iterable[Table]) -> Table:
    """The data dictionary: a row for each table (where column is null) and for each of its columns."""
    rows: list[tuple[Any, ...]] = []
    for table in tables:
        rows.append((table.name, None, None, table.about))
        rows += [(table.name, column.name, column.type, column.about) for column in table.columns]
    columns = _columns("""
table string name of the table
column string name of the column; null if the row describes the table
type string type of its values; strings is a list of them
about string what it means
""")
    return Table("dictionary", "what the tables and their columns mean", columns, rows)


def bond_rows(reading: Reading) -> list[tuple[Any, ...]]:
    """The rows of the table `bonds`, by pair, the most lines first, then by chapter."""
    rows = []
    for bond in bonds_of(reading):
        forms = [one_line(reading.text_of(address)) for address in bond.addresses]
        rows.append((bond.speaker, bond.addressee, bond.chapter, len(bond.lines), forms))
    return rows


def _slips(reading: Reading, chapter: Callable[[int], int]) -> Iterator[tuple[Any, ...]]:
    for n, slip in enumerate(reading.slips, 1):
        for place in slip.places:
            said = (n, slip.kind, slip.person, slip.says, slip.confidence)
            yield *said, place.start, place.end, reading.text_of(place), chapter(place.start)


def _value(row: Any, column: Column) -> Any:
    if column.name.startswith("evidence_"):
        return None if row.evidence is None else getattr(row.evidence, column.name.removeprefix("evidence_"))
    value = getattr(row, column.name)
    return list(value) if column.type == "strings" else value


def _tokens(reading: Reading, tokens: dict[str, list[Any]]) -> Table:
    starts, ends = tokens["start"], tokens["end"]
    nothing = [None] * len(starts)
    columns = {"text": [reading.story.text[a:b] for a, b in zip(starts, ends, strict=True)], **tokens}
    rows = list(zip(*(columns.get(column.name, nothing) for column in TOKENS), strict=True))
    return Table("tokens", "words and punctuation marks", TOKENS, rows)
