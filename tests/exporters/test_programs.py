"""Formats for programs: JSON-LD, features that hold no text, spaCy."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from exporters.full_reading import NAMES, full, read_text, readings
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg import Reading
from dramaturg.errors import MissingExtra
from dramaturg.exporters import render
from dramaturg.exporters.features import MAX_QUOTED_WORDS, MIN_COUNTED_WORDS

each_story = pytest.mark.parametrize("name", NAMES)


def document(reading: Reading, to: str, **options: object) -> dict[str, Any]:
    made = render(reading, to, **options)
    assert isinstance(made, str)
    return json.loads(made)  # type: ignore[no-any-return]


@each_story
@pytest.mark.parametrize("lines", [False, True])
def test_jsonld_names_nobody_who_is_not_there(name: str, lines: bool) -> None:
    reading = readings()[name]

    made = document(reading, "jsonld", lines=lines)

    nodes = {node["@id"]: node for node in made["@graph"]}
    assert len(nodes) == len(made["@graph"])
    assert {node["name"] for node in nodes.values() if node["@type"] in ("Person", "Organization")} == {
        " ".join(c.name.split()) for c in reading.characters
    }
    for node in nodes.values():
        for value in node.values():
            for reference in value if isinstance(value, list) else [value]:
                if isinstance(reference, dict) and "@id" in reference:
                    assert reference["@id"] in nodes
        terms = {key for key in node if not key.startswith("@")}
        assert terms <= SCHEMA_ORG | made["@context"].keys(), terms
    said = [node["text"] for node in nodes.values() if node["@type"] == "Quotation"]
    assert said == ([reading.text_of(q) for q in reading.quotations] if lines else [])


# The properties of schema.org that are used, as https://schema.org has them.
SCHEMA_ORG = set(
    "name alternateName identifier author inLanguage genre character gender pronouns agent recipient text isPartOf "
    "spokenByCharacter audience description jobTitle relatedTo".split()
)


def test_jsonld_counts_who_talks_to_whom() -> None:
    acts = [node for node in document(full(), "jsonld")["@graph"] if node["@type"] == "CommunicateAction"]

    assert [(a["agent"]["@id"], a["recipient"]["@id"], a["quotationsTo"]) for a in acts] == [
        ("#character-bo", "#character-ann", 3),
        ("#character-ann", "#character-bo", 2),
    ]


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield key
            yield from strings_in(held)
    elif isinstance(value, list):
        for held in value:
            yield from strings_in(held)
    elif isinstance(value, str):
        yield value


def words_in(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[n : n + length]) for n in range(len(words) - length + 1)}


@each_story
def test_features_hold_no_run_of_more_than_five_words(name: str) -> None:
    reading = readings()[name]
    text = words_in(reading.story.text)
    made = render(reading, "features")
    assert isinstance(made, str)

    # In the document read as one text, its numbers and punctuation left out or not, and in each string by itself.
    whole = runs(words_in(made), MAX_QUOTED_WORDS + 1)
    for string in strings_in(json.loads(made)):
        assert not runs(words_in(string), MAX_QUOTED_WORDS + 1) & runs(text, MAX_QUOTED_WORDS + 1), string
    assert not whole & runs(text, MAX_QUOTED_WORDS + 1)


LONG_NAME = "The Man With The Very Long Red Beard And Boots"


def test_features_clip_what_is_quoted() -> None:
    text = f"# {LONG_NAME}\n\n## {LONG_NAME}\n\nHe came. “Who are you all then my dear old friends?” asked Tom.\n"
    reading = read_text(text, ".md")
    cast = tuple(replace(c, name=LONG_NAME, aliases=(LONG_NAME,)) for c in reading.characters)

    made = document(replace(reading, characters=cast), "features")

    assert made["source"]["title"] == "The Man With The Very"
    assert {chapter["title"] for chapter in made["chapters"]} <= {None, "The Man With The Very"}
    assert all(person["name"] == "The Man With The Very" == person["aliases"][0] for person in made["people"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"abcdefgh-’'._ \n—日本語", "“", "”", " said Tom ", "a-b-c-d-e-f-g", "a’b’c’d’e’f"]),
        max_size=60,
    )
)
def test_features_of_any_text_hold_no_long_string(pieces: list[str]) -> None:
    for string in strings_in(document(read_text("Tom. " + "".join(pieces)), "features")):
        assert len(words_in(string)) <= MAX_QUOTED_WORDS and len(re.findall("[日本語]", string)) <= MAX_QUOTED_WORDS


def test_short_chapters_and_short_parts_have_no_word_counts_not_even_by_subtraction() -> None:
    long = " ".join(f"The cat saw {n} mice run." for n in ["two", "three", "many", "some"] * 15)
    reading = read_text(f"# One\n\n{long}\n\n# Two\n\nZebras whispered secrets. “No,” said Tom.\n", ".md")

    made = document(reading, "features")

    counted = [chapter["word_counts"] for chapter in made["chapters"]]
    assert None in counted and any(counts and counts["cat"] == 60 for counts in counted)
    assert "zebras" not in json.dumps(made)
    assert all(person["word_counts"] is None for person in made["people"])
    assert made["limits"]["shortest_counted"] == MIN_COUNTED_WORDS


@each_story
def test_features_add_up(name: str) -> None:
    reading = readings()[name]

    made = document(reading, "features")

    assert sum(chapter["words"] for chapter in made["chapters"]) == made["words"]
    assert sum(sum(c["quotations_by_speaker"].values()) for c in made["chapters"]) == len(reading.quotations)
    assert sum(sum(c["mentions"].values()) for c in made["chapters"]) == len(reading.mentions)
    assert sum(c["events"] for c in made["chapters"]) == len(reading.events)
    assert [person["words_spoken"] for person in made["people"]] == [c.words_spoken for c in reading.characters]
    assert document(reading, "features", words=False)["word_counts"] is None


def test_without_spacy_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    monkeypatch.setitem(__import__("sys").modules, "spacy.tokens", None)

    with pytest.raises(MissingExtra, match=r"dramaturg\[spacy\]"):
        render(full(), "spacy")


@each_story
def test_a_spacy_doc_is_the_text_with_every_span(name: str) -> None:
    spacy = pytest.importorskip("spacy")
    from dramaturg.exporters.spacy_doc import CLUSTERS

    reading = readings()[name]
    made = render(reading, "spacy")
    docs = spacy.tokens.DocBin().from_bytes(made).get_docs(spacy.blank("en").vocab)

    (doc,) = docs
    assert doc.text == reading.story.text
    for group, rows in (("quotations", reading.quotations), ("mentions", reading.mentions)):
        assert [span.text for span in doc.spans[group]] == [reading.text_of(row) for row in rows]
    assert [(s.id_, s._.speaker, s._.addressees) for s in doc.spans["quotations"]] == [
        (q.id, q.speaker, q.addressees) for q in reading.quotations
    ]
    for span, mention in zip(doc.spans["mentions"], reading.mentions, strict=True):
        shared = sum((m.start, m.end) == (mention.start, mention.end) for m in reading.mentions) > 1
        assert shared or (span._.character, span._.entity) == (mention.character, mention.entity)
    assert [c["id"] for c in doc._.characters] == [c.id for c in reading.characters]
    clusters = [group for group in doc.spans if group.startswith(CLUSTERS)]
    assert all(len({span.id_ for span in doc.spans[group]}) == 1 for group in clusters)
    assert all(token.sent is not None for token in doc[:5])
