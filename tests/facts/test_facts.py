"""What a story says of its people."""

import json

import pytest

from dramaturg import Reading, read
from dramaturg.errors import UnreadableStory

STORY = """\
The Lock House

Martha Quill, a stout, red-haired woman of fifty, kept the lock at Ferry Bend. Her husband, Amos Quill, was a retired \
schoolmaster from Lisbon. “I am the doctor,” said Edwin Marsh. He was a tall, thin man with pale blue eyes and a black \
beard.

“Good evening, Doctor Marsh,” said Martha Quill. “My husband is in bed.”

“Is Amos a sailor?” asked Edwin Marsh.

“He is not a sailor,” said Martha. “If he were a sailor he would be dead.”

Clara Quill came down the stairs. She was nineteen, and her eyes were large and dark. “Father is asking for you,” said \
Clara. “And you look tired, old man.”

Clara was a nurse at the Ferry Bend hospital, and she married Edwin Marsh in the spring. When Martha was young she had \
no sister.
"""


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    path = tmp_path_factory.mktemp("story") / "lock.txt"
    path.write_text(STORY, encoding="utf-8")
    return read(path)


def facts_of(reading: Reading, person: str) -> set[tuple[str, str]]:
    return {(fact.kind, fact.value) for fact in reading.facts if fact.person == person}


@pytest.mark.parametrize(
    ("person", "kind", "value"),
    [
        ("martha-quill", "body", "stout"),
        ("martha-quill", "hair", "red-haired"),
        ("martha-quill", "age", "fifty"),
        ("amos-quill", "kin", "husband"),
        ("amos-quill", "work", "schoolmaster"),
        ("amos-quill", "origin", "from Lisbon"),
        ("edwin-marsh", "body", "tall, thin"),
        ("edwin-marsh", "eyes", "pale blue"),
        ("edwin-marsh", "hair", "black beard"),
        ("clara-quill", "age", "nineteen"),
        ("clara-quill", "eyes", "large, dark"),
        ("clara-quill", "work", "nurse at the Ferry Bend hospital"),
    ],
)
def test_what_is_said_in_so_many_words_is_a_fact(reading: Reading, person: str, kind: str, value: str) -> None:
    assert (kind, value) in facts_of(reading, person)


def test_questions_negations_conditions_and_hails_are_no_facts(reading: Reading) -> None:
    values = {fact.value for fact in reading.facts}

    assert not values & {"sailor", "dead", "old", "young"}


def test_a_fact_tells_of_whom_and_where_it_says_so(reading: Reading) -> None:
    husband = next(fact for fact in reading.facts if fact.value == "husband")
    age = next(fact for fact in reading.facts if fact.value == "nineteen")

    assert (husband.of, husband.said_by) == ("martha-quill", None)
    assert reading.text_of(age) == "She was nineteen"
    assert all(0 < fact.confidence < 1 for fact in reading.facts)


def test_facts_are_in_the_order_of_the_text_and_come_back_from_json(reading: Reading) -> None:
    assert [fact.start for fact in reading.facts] == sorted(fact.start for fact in reading.facts)
    assert Reading.from_json(reading.to_json()).facts == reading.facts


def test_a_document_of_an_earlier_version_has_no_facts(reading: Reading) -> None:
    document = reading.to_dict()
    del document["facts"]

    assert Reading.from_dict(document).facts == ()


def test_a_fact_about_nobody_known_is_refused(reading: Reading) -> None:
    document = reading.to_dict()
    document["facts"] = [{**document["facts"][0], "person": "nobody"}]

    with pytest.raises(UnreadableStory, match="someone in a fact is 'nobody'"):
        Reading.from_json(json.dumps(document))
