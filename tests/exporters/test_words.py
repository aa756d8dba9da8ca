"""CoNLL-2012, CoNLL-U and BookNLP's files: words in rows, read by what is not ours."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from foreign import STORIES, example, few, readings
from handmade import ferry
from hypothesis import given

from dramaturg import Reading, compare, export, import_reading
from dramaturg.exporters import render
from dramaturg.exporters.booknlp import ENTITIES, QUOTES, SUPERSENSE, TOKENS
from dramaturg.exporters.common.encoding import encode
from dramaturg.exporters.common.word_table import words_of
from dramaturg.reading import ENTITY_TYPES, SUPERSENSES, Event, Mention

each_story = pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)


def parsed(reading: Reading, name: str) -> str:
    return str(render(reading, name))


def brackets(column: str) -> list[tuple[str, str]]:
    """The opening, single and closing brackets of a cell of coreference."""
    found = []
    for part in column.split("|") if column != "-" else []:
        kind = "single" if part[0] == "(" and part[-1] == ")" else "open" if part[0] == "(" else "close"
        found.append((kind, part.strip("()")))
    return found


def mentions_of_conll(text: str) -> list[tuple[int, int, str]]:
    """First and last word and the cluster of each mention, as the CoNLL-2012 scorer would read them."""
    found, open, number = [], defaultdict(list), 0
    for line in text.split("\n")[:-1]:
        if not line or line.startswith("#"):
            assert line or not any(open.values())  # no mention is open at the end of a sentence
            continue
        columns = line.split("\t")
        assert len(columns) == 12
        assert all(column and " " not in column for column in columns)
        for kind, cluster in brackets(columns[-1]):
            if kind == "single":
                found.append((number, number, cluster))
            elif kind == "open":
                open[cluster].append(number)
            else:
                found.append((open[cluster].pop(), number, cluster))
        number += 1
    assert not any(open.values())
    return found


@few
@given(readings())
def test_conll_brackets_close(reading: Reading) -> None:
    words = words_of(reading)
    found = {(first, last) for first, last, _ in mentions_of_conll(encode(str(render(reading, "conll"))).decode())}

    placed = [(place[0], place[-1], m.entity) for m in reading.mentions if (place := words.in_sentence(m))]
    crossing = any(a < c <= b < d and one == other for a, b, one in placed for c, d, other in placed)
    places = {(first, last) for first, last, _ in placed}
    assert found <= places if crossing else found == places


@each_story
def test_conll_holds_every_cluster(path: Path) -> None:
    words = words_of(example(path))
    clusters: dict[str, set[str]] = defaultdict(set)
    places = {(r[0], r[-1], m.entity) for m in example(path).mentions if (r := words.in_sentence(m))}
    found = {(first, last): cluster for first, last, cluster in mentions_of_conll(parsed(example(path), "conll"))}
    for first, last, entity in places:
        clusters[entity].add(found[first, last])

    assert all(len(names) == 1 for names in clusters.values())
    assert len({name for names in clusters.values() for name in names}) == len(clusters)


def test_conll_says_who_speaks() -> None:
    lines = [line.split("\t") for line in parsed(ferry(), "conll").splitlines() if line[:1] not in "#"]

    assert [columns[9] for columns in lines if columns[3] in ("ferry", "asked", "late")][:3] == ["ann", "ann", "-"]


def test_conll_can_leave_out_what_is_mentioned_once() -> None:
    once = replace(ferry(), mentions=ferry().mentions[:1])

    assert mentions_of_conll(str(render(once, "conll", singletons=False))) == []
    assert len(mentions_of_conll(str(render(once, "conll")))) == 1


def conllu(text: str) -> Any:
    return pytest.importorskip("conllu").parse(text)


@few
@given(readings())
def test_conllu_holds_the_text(reading: Reading) -> None:
    sentences = conllu(encode(str(render(reading, "conllu"))).decode())
    words = words_of(reading)

    assert [t["form"] for s in sentences for t in s] == [
        encode(words.text_of(n)).decode() for n in range(len(words.words))
    ]


@each_story
def test_conllu_gives_the_text_back_to_the_character(path: Path) -> None:
    tokens = [token for sentence in conllu(parsed(example(path), "conllu")) for token in sentence]

    assert "".join(_spaced(token) for token in tokens) == example(path).story.text


def _spaced(token: Any) -> str:
    misc = token["misc"] or {}
    after = "" if misc.get("SpaceAfter") == "No" else _unescaped(misc.get("SpacesAfter", r"\s"))
    before, marks = (_unescaped(misc.get(name, "")) for name in ("SpacesBefore", "MarksBefore"))
    return before + marks + token["form"] + _unescaped(misc.get("MarksAfter", "")) + after


def _unescaped(spaces: str) -> str:
    for sign, letter in ((r"\s", " "), (r"\n", "\n"), (r"\t", "\t"), (r"\r", "\r"), (r"\p", "|"), (r"\u005f", "_")):
        spaces = spaces.replace(sign, letter)
    return spaces.replace("\\\\", "\\")


@each_story
def test_conllu_says_of_a_sentence_what_its_words_make(path: Path) -> None:
    """As UD's own validator asks: the text is the words, with a blank after each but those without one."""
    for sentence in conllu(parsed(example(path), "conllu")):
        said = "".join(
            token["form"] + ("" if (token["misc"] or {}).get("SpaceAfter") == "No" else " ") for token in sentence
        )
        assert said.strip() == sentence.metadata["text"]


@each_story
def test_conllu_entities_close_and_sentences_are_trees(path: Path) -> None:
    for sentence in conllu(parsed(example(path), "conllu")):
        entities = "".join((token["misc"] or {}).get("Entity", "") for token in sentence)
        assert entities.count("(") == entities.count(")")
        heads = [token["head"] for token in sentence]
        assert all(head is None or 0 <= head <= len(sentence) for head in heads)


Rows = list[dict[str, str]]


def table(text: str, columns: list[str]) -> Rows:
    """The rows of one of BookNLP's files, which have no quoting."""
    rows = list(
        csv.DictReader(StringIO(text, newline="\n"), delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
    )
    assert text.split("\n", 1)[0].split("\t") == columns
    assert all(list(row) == columns and None not in row.values() for row in rows)
    return rows


def files(reading: Reading) -> dict[str, str]:
    made = render(reading, "booknlp", id="x")
    assert isinstance(made, dict)
    return {name.removeprefix("x."): encode(content).decode() for name, content in made.items()}


@few
@given(readings())
def test_booknlp_rows_fit_together(reading: Reading) -> None:
    made = files(reading)
    tokens, entities = table(made["tokens"], TOKENS), table(made["entities"], ENTITIES)
    quotes = table(made["quotes"], QUOTES)
    book = json.loads(made["book"])["characters"]

    assert [int(row["token_ID_within_document"]) for row in tokens] == list(range(len(tokens)))
    words = [row["word"] for row in tokens]
    for row in entities:
        assert row["text"] == " ".join(words[int(row["start_token"]) : int(row["end_token"]) + 1])
        assert row["prop"] in ("PROP", "NOM", "PRON") and row["cat"] in ENTITY_TYPES
    for row in table(made["supersense"], SUPERSENSE):
        assert row["text"] == " ".join(words[int(row["start_token"]) : int(row["end_token"]) + 1])
        assert row["supersense_category"] in SUPERSENSES
    for row in quotes:
        assert row["quote"] == " ".join(words[int(row["quote_start"]) : int(row["quote_end"]) + 1])
        if row["mention_start"] != "None":
            phrase = words[int(row["mention_start"]) : int(row["mention_end"]) + 1]
            assert row["mention_phrase"] == " ".join(phrase)
    counts = Counter(int(row["COREF"]) for row in entities if row["cat"] == "PER" and row["prop"] != "NOM")
    for person in book:
        assert person["count"] > 1
        assert sum(form["c"] for forms in person["mentions"].values() for form in forms) == person["count"]
        assert counts[person["id"]] <= person["count"]


@each_story
def test_booknlp_is_read_as_its_documentation_reads_it(path: Path) -> None:
    """pandas with quoting off, as in BookNLP's notebooks; the numbers are numbers."""
    pandas = pytest.importorskip("pandas")
    made = files(example(path))

    for ending, columns in (("tokens", TOKENS), ("entities", ENTITIES), ("quotes", QUOTES)):
        frame = pandas.read_csv(StringIO(made[ending]), sep="\t", quoting=3, lineterminator="\n", keep_default_na=False)
        assert [{name: str(row[name]) for name in columns} for _, row in frame.iterrows()] == table(
            made[ending], columns
        )
        numbers = columns[:4] if ending == "tokens" else columns[:3] if ending == "entities" else columns[:2]
        assert all(frame[name].dtype.kind == "i" for name in numbers)


@each_story
def test_booknlp_characters_are_places_in_the_text(path: Path) -> None:
    reading = example(path)
    tokens = table(files(reading)["tokens"], TOKENS)

    for row in tokens:
        assert reading.story.text[int(row["byte_onset"]) : int(row["byte_offset"])] == row["word"]


@each_story
def test_booknlp_gives_back_what_it_can_hold(tmp_path: Path, path: Path) -> None:
    """Words, mentions, clusters, outermost quotations, speakers, events; a span takes in the words that it touches."""
    reading = example(path)
    words = words_of(reading)
    outer = replace(reading, quotations=tuple(q for q in reading.quotations if q.within is None))

    back = import_reading(export(reading, "booknlp", tmp_path / "book"))

    def widened(span: Any) -> tuple[int, int]:
        place = words.within(span)
        return words.words[place[0]].start, words.words[place[-1]].end

    assert back.story.text == reading.story.text
    assert [back.story.text[a:b] for a, b in zip(*places_of(back), strict=True)] == [
        words.text_of(n) for n in range(len(words.words))
    ]
    assert sorted((m.start, m.end, m.kind, m.type) for m in back.mentions) == sorted(
        (*widened(m), m.kind, m.type) for m in reading.mentions
    )
    assert clusters((m.start, m.end, m.entity) for m in back.mentions) == clusters(
        (*widened(m), m.character or m.entity) for m in reading.mentions
    )
    assert [(q.start, q.end, q.speaker is None) for q in back.quotations] == [
        (*widened(q), q.speaker is None) for q in outer.quotations
    ]
    assert clusters((q.start, q.end, q.speaker or "") for q in back.quotations) == clusters(
        (*widened(q), q.speaker or "") for q in outer.quotations
    )
    assert {e.start for e in back.events} == {words.words[n].start for e in reading.events for n in words.within(e)}
    assert [(s.start, s.end, s.label) for s in back.supersenses] == [
        (*widened(s), s.label) for s in reading.supersenses if words.within(s)
    ]
    # BookNLP has a number for one narrator.
    assert len([c for c in back.characters if c.narrator]) == min(1, len([c for c in reading.characters if c.narrator]))
    agreed = compare(outer, back)
    assert agreed.spans["speakers"].f1 == agreed.labels["words in speech"].share == 1.0


def places_of(reading: Reading) -> tuple[list[int], list[int]]:
    assert reading.tokens is not None
    return reading.tokens["start"], reading.tokens["end"]


def clusters(rows: Iterable[tuple[int, int, str]]) -> list[list[tuple[int, int]]]:
    """The places that share a name, whatever the name is."""
    by_name: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, end, name in rows:
        by_name[name].append((start, end))
    return sorted(sorted(places) for places in by_name.values())


@each_story
def test_booknlp_syntax_comes_back(tmp_path: Path, path: Path) -> None:
    reading = example(path)
    columns = {"start", "pos", "lemma", "head", "deprel"}

    back = import_reading(export(reading, "booknlp", tmp_path / "book"))

    def rows(of: Reading) -> dict[int, tuple[Any, ...]]:
        told = of.tokens or {}
        heads = [None if head is None else told["start"][head] for head in told["head"]]
        return dict(
            zip(told["start"], zip(told["pos"], told["lemma"], heads, told["deprel"], strict=True), strict=True)
        )

    assert columns <= (reading.tokens or {}).keys()
    assert rows(reading).items() <= rows(back).items()


@pytest.mark.parametrize("narrator", [True, False])
def test_person_0_of_booknlp_is_who_tells_the_story(narrator: bool, tmp_path: Path) -> None:
    cast = tuple(replace(c, narrator=narrator and c.id == "bo") for c in ferry().characters)
    reading = replace(ferry(), characters=cast)
    start = reading.story.text.index("Bo.")
    says_i = Mention(start, start + 2, "pronoun", "PER", "bo", "bo", 1.0)

    rows = table(files(replace(reading, mentions=(*reading.mentions, says_i)))["entities"], ENTITIES)

    assert {row["COREF"] for row in rows if row["text"] == "Bo"} == ({"0"} if narrator else {"2"})
    assert all(row["COREF"] != "0" for row in rows if row["text"] == "Ann")


@each_story
def test_a_program_for_booknlp_finds_each_named_speaker(tmp_path: Path, path: Path) -> None:
    """audiobooker-ai casts audiobooks by BookNLP's `.entities` and `.quotes`: a reader that is not ours."""
    adapter = pytest.importorskip("audiobooker.nlp.booknlp_adapter").BookNLPAdapter()
    reading = example(path)
    names: dict[str, set[str]] = defaultdict(set)
    for mention in reading.mentions:
        if mention.kind == "name" and mention.character is not None:
            place = words_of(reading).within(mention)
            names[mention.character].add(words_of(reading).joined(place))

    read = adapter._parse_output(export(reading, "booknlp", tmp_path, id="book"))

    assert read.success, read.error
    assert len(read.entities) == len(reading.mentions)
    spoken = [q for q in reading.quotations if q.within is None and names.get(q.speaker or "")]
    assert len(read.quotes) == len(spoken) > 0
    assert all(told.speaker in names[q.speaker or ""] for told, q in zip(read.quotes, spoken, strict=True))


def test_booknlp_tells_who_does_what() -> None:
    reading = ferry()
    laughed = reading.story.text.index("laughed")
    reading = replace(reading, events=(Event(laughed, laughed + 7, ("ann",), ("bo",), 0.9),))
    words = words_of(reading)
    columns: dict[str, list[Any]] = {
        "start": [w.start for w in words.words],
        "end": [w.end for w in words.words],
        "sentence": [w.sentence for w in words.words],
    }
    said = [words.text_of(n) for n in range(len(words.words))]
    asked, ann = said.index("asked"), said.index("Ann")
    columns["head"] = [asked if n == ann else None for n in range(len(said))]
    columns["deprel"] = ["nsubj" if n == ann else "root" for n in range(len(said))]

    book = json.loads(files(replace(reading, tokens=columns))["book"])["characters"]

    people = {person["mentions"]["proper"][0]["n"]: person for person in book}
    assert [w["w"] for w in people["Ann"]["agent"]] == ["asked", "laughed"]
    assert [w["w"] for w in people["Bo"]["patient"]] == ["laughed"]
    assert people["Ann"]["g"]["argmax"] == "she/her"


def test_speech_in_speech_is_left_out_of_booknlp() -> None:
    rows = files(ferry())["quotes"].splitlines()

    assert len(rows) == 1 + len(ferry().quotations)
    assert rows[5].split("\t")[2:6] == ["None"] * 4
