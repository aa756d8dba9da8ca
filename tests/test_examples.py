"""The stories in `examples/`, each read whole and held against its gold file.

Each example has floors in cases/examples.json that only ever rise: `python -m benchmarks.examples --floors` prints
what the reading reaches today.
"""

import json
from pathlib import Path

import pytest
from foreign import example

from benchmarks.examples import bare, load_gold, locate, match_characters, match_quotations, score_example, story_paths
from dramaturg import Reading
from dramaturg.reading import Character, MadeBy, Quotation
from dramaturg.sources import load
from dramaturg.story import Block, Source, Story

FLOORS = json.loads((Path(__file__).parent / "cases" / "examples.json").read_text(encoding="utf-8"))
# A first line in capitals may be taken for the story's title or for its only heading.
SAME_ROLE = {"title": ("title", "heading", "front_matter")}

each_example = pytest.mark.parametrize("path", story_paths(), ids=lambda path: path.stem)


@each_example
def test_a_gold_file_fits_its_story(path: Path) -> None:
    text, gold = path.read_text(encoding="utf-8"), load_gold(path)
    ids = {character["id"] for character in gold["characters"]}
    places = locate(text, gold["quotations"])

    assert len(ids) == len(gold["characters"])
    for row in gold["quotations"]:
        assert {row["speaker"], *row["addressees"]} <= {None, *ids}
    outer = (0, 0)
    for place, row in zip(places, gold["quotations"], strict=True):
        if row.get("within"):
            assert outer[0] <= place[0] and place[1] <= outer[1]
        else:
            outer = place
    assert all(words in text for words in gold["not_speech"])


@each_example
def test_every_stretch_of_speech_is_found_once(path: Path) -> None:
    score = score_example(example(path), load_gold(path))

    assert score.found_share >= FLOORS[path.stem]["found"], score.missed


@each_example
def test_what_nobody_says_is_no_quotation(path: Path) -> None:
    reading, gold = example(path), load_gold(path)
    text = reading.story.text
    quotations = {bare(text, quotation.start, quotation.end) for quotation in reading.quotations}

    for words in gold["not_speech"]:
        start = text.index(words)
        assert bare(text, start, start + len(words)) not in quotations, words


@each_example
def test_the_segments_are_the_text(path: Path) -> None:
    reading = example(path)

    assert reading.story.text == path.read_text(encoding="utf-8")
    assert "".join(reading.text_of(segment) for segment in reading.segments) == reading.story.text


@each_example
def test_headings_notes_and_breaks_are_set_apart(path: Path) -> None:
    blocks = load(path).blocks
    text = path.read_text(encoding="utf-8")

    for role, all_first_words in load_gold(path)["blocks"].items():
        reached = 0
        for first_words in all_first_words:
            start = text.index(first_words, reached)
            reached = start + 1
            at = bare(text, start, start + len(first_words))[0]  # a block may begin after its `#` or its bracket
            found = next((block for block in blocks if block.start <= at < block.end), None)
            assert found is not None and found.role in SAME_ROLE.get(role, (role,)), (role, first_words, found)


@each_example
def test_nothing_is_said_outside_the_paragraphs(path: Path) -> None:
    reading = example(path)
    others = [block for block in reading.story.blocks if block.role != "paragraph"]

    for quotation in reading.quotations:
        assert not any(other.start <= quotation.start < other.end for other in others), reading.text_of(quotation)


@each_example
def test_speakers_and_addressees_stay_above_their_floors(path: Path) -> None:
    score = score_example(example(path), load_gold(path))

    assert score.speakers >= FLOORS[path.stem]["speakers"], score.wrong
    assert score.addressees >= FLOORS[path.stem]["addressees"]


def a_reading(text: str, characters: tuple[Character, ...], quotations: tuple[Quotation, ...]) -> Reading:
    story = Story(text, (Block(0, len(text), "paragraph"),), Source("a.txt", "text", None, None, "", "en"))
    return Reading(MadeBy("0", None), story, characters, (), quotations, ())


def a_character(id: str, name: str, *aliases: str, narrator: bool = False) -> Character:
    return Character(id, name, True, "person", aliases, None, narrator, 1, 1, 1, 0, 0)


def a_person(id: str, name: str, *aliases: str, narrator: bool = False) -> dict[str, object]:
    return {"id": id, "name": name, "aliases": list(aliases), "narrator": narrator}


def test_a_stretch_is_matched_by_its_letters_and_its_depth() -> None:
    text = "“‘Come!’” she read. “Come!”"
    gold = {"quotations": [{"text": "“‘Come!’”"}, {"text": "‘Come!’", "within": True}, {"text": "“Come!”"}]}
    outer, inner, last = (
        Quotation("q1", "q1", None, 0, 9, None, (), None, None, ()),
        Quotation("q2", "q2", "q1", 1, 8, None, (), None, None, ()),
        Quotation("q3", "q3", None, 21, 25, None, (), None, None, ()),
    )

    assert match_quotations(a_reading(text, (), (outer, inner, last)), gold) == [[outer], [inner], [last]]


def test_a_character_stands_for_the_one_whose_names_it_shares() -> None:
    gold = {
        "characters": [
            a_person("constable", "the constable"),
            a_person("nell", "Nell", narrator=True),
            a_person("tom", "Tom"),
        ]
    }
    reading = a_reading(
        "",
        (
            a_character("c1", "Constable"),
            a_character("c2", "I", narrator=True),
            a_character("c3", "Mr. Dee", "TOM"),
            a_character("c4", "Mr. Dee"),
        ),
        (),
    )

    assert match_characters(reading, gold) == {"c1": "constable", "c2": "nell", "c3": "tom"}


def test_a_score_counts_speakers_addressees_and_what_is_too_much() -> None:
    text = "“One,” said Ann. “Two,” said Bob. “Three,” somebody said. “Four.”"
    people = (a_character("ann", "Ann"), a_character("bob", "Bob"))
    starts = [text.index(words) for words in ("“One", "“Two", "“Three", "said Bob")]
    ends = [text.index(words) for words in (" said Ann", " said Bob", " somebody", ". “Three")]
    ours = [("ann", ("bob",)), ("ann", ("bob",)), (None, ()), (None, ())]
    quotations = tuple(
        Quotation(f"q{i}", f"q{i}", None, starts[i], ends[i], speaker, addressees, None, None, ())
        for i, (speaker, addressees) in enumerate(ours)
    )
    gold = {
        "characters": [a_person("a", "Ann"), a_person("b", "Bob")],
        "quotations": [
            {"text": "“One,”", "speaker": "a", "addressees": ["b"]},
            {"text": "“Two,”", "speaker": "b", "addressees": ["a"]},
            {"text": "“Three,”", "speaker": None, "addressees": []},
            {"text": "“Four.”", "speaker": "a", "addressees": ["b"]},
        ],
    }

    score = score_example(a_reading(text, people, quotations), gold)

    assert (score.quotations, score.found, score.spurious) == (4, 3, 1)
    assert score.missed == ("“Four.”",)
    assert score.wrong == (("“Two,”", "b", "Ann"),)
    assert score.speakers == pytest.approx(1 / 3)
    assert score.addressees == pytest.approx(2 * 1 / (3 + 2))
