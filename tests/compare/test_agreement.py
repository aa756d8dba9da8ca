"""How far two readings agree: measures against numbers worked out by hand, and what must hold of any two."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from foreign import few, readings
from handmade import ferry, make, person, said
from hypothesis import given
from hypothesis import strategies as st

from dramaturg import Reading, compare
from dramaturg.cli import main
from dramaturg.compare.agreement import CoreferenceScore, SpanAgreement, _compare_coreference, _compare_labels
from dramaturg.compare.assignment import assign
from dramaturg.errors import UsageError
from dramaturg.reading import Mention, Quotation

TALK = "“One.” “Two.” “Three.” “Four.”\n\nAnn saw Ann and Bo.\n"
CAST = (person("ann", "Ann"), person("bo", "Bo"))


def talk(*speakers: str | None) -> Reading:
    return make(TALK, CAST, [said(speaker) for speaker in speakers])


def renamed(reading: Reading, **names: str) -> Reading:
    """The same reading with other ids for its people."""

    def of(id: str | None) -> Any:
        return names.get(str(id), id)

    return replace(
        reading,
        characters=tuple(replace(c, id=of(c.id)) for c in reading.characters),
        mentions=tuple(replace(m, character=of(m.character), entity=of(m.entity)) for m in reading.mentions),
        quotations=tuple(
            replace(q, speaker=of(q.speaker), addressees=tuple(map(of, q.addressees)), alternatives=())
            for q in reading.quotations
        ),
    )


@few
@given(readings())
def test_a_reading_agrees_with_itself(reading: Reading) -> None:
    agreed = compare(reading, reading)

    for found in agreed.spans.values():
        assert found.f1 in (1.0, None)
    for labels in agreed.labels.values():
        assert labels.share in (1.0, None) and labels.kappa in (None, pytest.approx(1.0))


@few
@given(readings(), readings())
def test_any_two_of_one_text_can_be_compared(one: Reading, other: Reading) -> None:
    try:
        agreed = compare(one, replace(one, quotations=other.quotations[:0], mentions=one.mentions[::2]))
    except UsageError:
        raise AssertionError("the texts are the same") from None

    assert agreed.spans["quotations"].both == 0
    for row in (*agreed.spans.values(), *agreed.clusters.values()):
        assert row.f1 is None or 0 <= row.f1 <= 1 + 1e-9
    json.dumps(agreed.to_dict(), allow_nan=False)


def test_other_names_for_the_same_people_are_no_difference() -> None:
    agreed = compare(ferry(), renamed(ferry(), ann="x1", bo="x2"))

    assert agreed.spans["speakers"].f1 == agreed.spans["addressees"].f1 == agreed.labels["speakers"].share == 1.0
    assert agreed.characters == (("ann", "x1", 3, 2), ("bo", "x2", 2, 2))
    assert agreed.only_first == agreed.only_second == ()


def test_one_person_as_two_is_paid_for() -> None:
    agreed = compare(talk("ann", "ann", "ann", "bo"), talk("ann", "ann", "bo", None))

    assert agreed.spans["speakers"] == SpanAgreement(2, 4, 3)
    assert (agreed.labels["speakers"].same, agreed.labels["speakers"].of) == (2, 4)


def test_kappa_is_what_chance_leaves() -> None:
    # Of 50, both say yes 20 times and no 15 times: Cohen's own sort of table.
    labels = _compare_labels([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15)

    assert (labels.same, labels.of) == (35, 50)
    assert labels.kappa == pytest.approx(0.4)
    assert _compare_labels([(1, 1)] * 3).kappa is None


def test_compare_coreference_is_measured_as_in_the_literature() -> None:
    # The example of Bagga and Baldwin (1998): 1-5, 6-7, 8-9-A-B-C; the second joins the first and the last.
    first = {(n, n + 1): "a" if n < 5 else "b" if n < 7 else "c" for n in range(12)}
    second = {place: "b" if entity == "b" else "ac" for place, entity in first.items()}

    found = _compare_coreference(first, second)

    assert found["MUC"] == CoreferenceScore(pytest.approx(0.9), 1.0, pytest.approx(18 / 19))
    assert found["B³"] == CoreferenceScore(pytest.approx(7 / 12), 1.0, pytest.approx(14 / 19))
    assert found["CEAF"].recall == pytest.approx((1 + 2 * 5 / 15) / 3)
    assert found["CEAF"].precision == pytest.approx((1 + 2 * 5 / 15) / 2)


def test_marks_and_white_space_are_no_difference() -> None:
    plain = make("“It's late — too late…” said Ann.\n", CAST, [said("ann")])
    text = '"It’s late--too late..."\n said Ann.'
    bare = Quotation("q1", "u1", None, 1, 23, "ann", (), 1.0, None, ())
    ann = text.index("Ann")
    mention = Mention(ann, ann + 3, "name", "PER", "ann", "ann", 1.0)
    other = replace(plain, story=replace(plain.story, text=text), quotations=(bare,), mentions=(mention,), segments=())

    agreed = compare(plain, other)

    assert agreed.spans["quotations"].f1 == agreed.spans["mentions"].f1 == agreed.spans["speakers"].f1 == 1.0


@pytest.mark.parametrize(
    ("cut", "both"), [(0, 1), (1, 1), (4, 0)], ids=["the same", "nearly the same", "much less of it"]
)
def test_nearly_the_same_stretch_is_the_same_quotation(cut: int, both: int) -> None:
    reading = make("“Nearly so.” said Ann.\n", CAST, [said("ann")])
    (q,) = reading.quotations
    other = replace(reading, quotations=(replace(q, end=q.end - 2 - cut),))

    assert compare(reading, other).spans["quotations, nearly"].both == both


def test_two_texts_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="two texts: after 15 letters"):
        compare(ferry(), make("The Ferry\n\nChapter Two\n"))


@given(
    st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from([1, 2, 3, 4])), st.integers(1, 9), min_size=1)
)
def test_no_assignment_weighs_more(weights: dict[tuple[str, int], int]) -> None:
    def weigh(pairs: Callable[[], Any]) -> int:
        return sum(weights.get(pair, 0) for pair in pairs())

    found = assign({pair: float(weight) for pair, weight in weights.items()})

    assert len(set(found.values())) == len(found)
    assert all(pair in weights for pair in found.items())
    best = max(weigh(lambda order=order: zip("abcd", order, strict=True)) for order in permutations([1, 2, 3, 4]))
    assert weigh(found.items) == best


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    talk("ann", "ann", "ann", "bo").save(one)
    talk("ann", "ann", "bo", None).save(two)

    assert main(["compare", str(one), str(two)]) == 0
    page = capsys.readouterr().out
    assert main(["compare", str(one), str(two), "--json", str(tmp_path / "out.json")]) == 0

    assert "speakers                 0.667     0.500     0.571  2 of 4 and 3" in page
    assert json.loads((tmp_path / "out.json").read_text())["spans"]["speakers"]["f1"] == 0.5714
