"""Each wrong quotation of a small novel has its cause, and is shown where it stands."""

import pytest

pytest.importorskip("scipy")

from handmade import person
from small_corpus import CAST, reading

from benchmarks import errors
from benchmarks.errors import find_faults, group, meet, show
from benchmarks.quotes import ReadNovel
from benchmarks.scoring import measure
from corpora.pdnc import load_novel

TOM, RUTH, PORTER = ("tom", "tag", 0.9), ("ruth", "pronoun_tag", 0.8), ("porter", "tag", 0.9)
ALL_RIGHT = (TOM, RUTH, TOM, RUTH, PORTER)


def read(corpus, *answers, cast=CAST):
    novel, ours = load_novel(corpus, "Small"), reading(*answers, cast=cast)
    return ReadNovel(novel, ours, measure(novel, ours), 1.0)


def but(index, answer):
    """All right but one."""
    return (*ALL_RIGHT[:index], answer, *ALL_RIGHT[index + 1 :])


CASES = [
    ("not-found", but(1, None)),
    ("no-speaker", but(1, (None,))),
    ("turn-of-the-addressee", but(2, ("ruth", "turn"))),
    ("turn-other", but(2, ("porter", "turn"))),
    ("tag-misread", but(0, ("porter", "tag"))),
    ("tag-missed", but(0, ("ruth", "turn"))),
    ("pronoun-other-gender", but(1, ("tom", "pronoun_tag"))),
    ("pronoun-same-gender", but(0, ("porter", "pronoun_tag"))),
    ("anaphoric-tag-misread", but(3, ("tom", "tag"))),
    ("anaphoric-tag-missed", but(3, ("tom", "turn"))),
    ("unnamed-missing", (TOM, RUTH, TOM, RUTH, TOM)),
]


@pytest.mark.parametrize(("cause", "answers"), CASES, ids=[cause for cause, _ in CASES])
def test_one_fault_has_its_cause(corpus, cause, answers):
    cast = CAST[:2] if cause == "unnamed-missing" else CAST

    assert [fault.cause for fault in find_faults(read(corpus, *answers, cast=cast))] == [cause]


def test_two_people_under_one_name_are_merged(corpus):
    both = (person("tom", "Tom", pronouns="he", aliases=("Ruth",)),)

    faults = find_faults(read(corpus, TOM, TOM, TOM, ("tom", "turn"), None, cast=both))

    assert [fault.cause for fault in faults] == ["merged", "merged", "not-found"]


def test_one_person_under_two_ids_is_split(corpus):
    cast = (*CAST, person("tom-2", "Mr. Hale", pronouns="he"))

    faults = find_faults(read(corpus, TOM, RUTH, ("tom-2", "turn"), RUTH, PORTER, cast=cast))

    assert [fault.cause for fault in faults] == ["split"]


def test_a_person_with_a_name_may_be_missing(corpus):
    answers = (TOM, None, TOM, ("tom", "turn"), PORTER)

    faults = find_faults(read(corpus, *answers, cast=(CAST[0], CAST[2])))

    assert [fault.cause for fault in faults] == ["not-found", "person-missing"]


def test_the_narrator_given_in_place_of_another(corpus):
    answers = (TOM, RUTH, TOM, ("i", "narrator"), ("i", "narrator"))

    faults = find_faults(read(corpus, *answers, cast=(*CAST[:2], person("i", "I", narrator=True))))

    assert {fault.cause for fault in faults} == {"narrator-given"}


def test_another_given_in_place_of_the_narrator(corpus, monkeypatch):
    monkeypatch.setattr(errors, "N_FIRST_PERSON_TAGS", 1)  # one “I said” has to do in so small a novel

    faults = find_faults(read(corpus, *but(1, ("tom", "turn"))))

    assert [fault.cause for fault in faults] == ["narrator-missed"]


def test_who_has_no_name(corpus):
    assert meet(read(corpus, *ALL_RIGHT)).unnamed == {"The Porter"}


def test_no_fault_in_a_right_reading(corpus):
    assert find_faults(read(corpus, *ALL_RIGHT)) == []


@pytest.mark.parametrize(
    ("place", "alternatives"),
    [("second", ["tom", "porter"]), ("second", ["ruth", "tom"]), ("lower", ["porter", "tom"]), ("absent", ["porter"])],
)
def test_where_the_right_one_stands(corpus, place, alternatives):
    (fault,) = find_faults(read(corpus, *but(2, ("ruth", "turn", 0.5, *alternatives))))

    assert fault.place == place


def test_the_surest_come_first(corpus):
    faults = find_faults(read(corpus, ("ruth", "tag", 0.3), RUTH, TOM, RUTH, ("ruth", "tag", 0.9)))

    assert [fault.index for fault in group(faults)["tag-misread"]] == [4, 0]


def test_a_fault_in_its_context(corpus):
    (fault,) = find_faults(read(corpus, *but(2, ("ruth", "turn", 0.75, "tom"))))

    assert show(fault).splitlines() == [
        "── Small at 54 · Implicit · turn-of-the-addressee · right one second",
        "   gold  Tom Hale → Ruth Vale",
        "   ours  0.75 Ruth Vale → nobody",
        "   by    turn: ““On”",
        "   else  0.10 Tom Hale",
        "",
        "      “No,”{Ruth Vale} she said.",
        "",
        "      ⟦“Who is it?”⟧{Tom Hale ≠ Ruth Vale}",
        "",
        "      “Only the porter,”{Ruth Vale} I said.",
    ]


def test_the_command_prints_causes_then_faults(corpus, tmp_path, capsys):
    reading(*but(2, ("ruth", "turn"))).save(tmp_path / "Small.json")

    errors.main(["--corpora", str(corpus), "--kept", str(tmp_path)])

    printed = capsys.readouterr().out
    assert printed.startswith("1 of 5 quotations are wrong (20.0%).")
    assert printed.index("untagged: we say the person who is spoken to") < printed.index("⟦“Who is it?”⟧")


def test_the_command_shows_one_cause_alone(corpus, tmp_path, capsys):
    reading(TOM, None, ("ruth", "turn"), RUTH, PORTER).save(tmp_path / "Small.json")

    errors.main(["--corpora", str(corpus), "--kept", str(tmp_path), "--cause", "not-found"])

    printed = capsys.readouterr().out
    assert "═══ not-found" in printed
    assert "⟦“No,”⟧" in printed
    assert "⟦“Who is it?”⟧" not in printed


def test_the_people_side_by_side(corpus, tmp_path, capsys):
    reading(*but(2, ("ruth", "turn"))).save(tmp_path / "Small.json")

    errors.main(["--corpora", str(corpus), "--kept", str(tmp_path), "--people"])

    printed = capsys.readouterr().out
    assert "ruth, “Ruth Vale”, she (3): =Ruth Vale 2, Tom Hale 1" in printed
    assert "Tom Hale (2): tom [= Tom Hale] 1, ruth [= Ruth Vale] 1" in printed
