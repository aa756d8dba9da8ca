"""A case's score: who is right, who is there, what is not speech."""

import json

import pytest

pytest.importorskip("scipy")

from handmade import person
from small_corpus import CAST, reading

from benchmarks import cases
from benchmarks.cases import score_case

GOLD = {
    "quotes": [
        ["“Is that Ruth Vale?”", "Tom", None],
        ["“No,”", "Ruth", None],
        ["“Who is it?”", "Tom", None],
        ["“Only the porter,”", "Ruth", None],
        ["“Tickets!”", "the porter", None],
    ],
    "cast": {"Tom": ["Tom Hale"], "Ruth": ["Ruth Vale"], "the porter": []},
    "not_people": ["Tickets"],
}
RIGHT = (("tom", "tag", 0.9), ("ruth", "tag", 0.9), ("tom", "turn", 0.9), ("ruth", "tag", 0.9), ("porter", "tag", 0.9))


def but(index, answer):
    return (*RIGHT[:index], answer, *RIGHT[index + 1 :])


def test_a_whole_case():
    result = score_case(GOLD, reading(*RIGHT))

    assert (result.n_quotations, result.n_right, result.whole) == (5, 5, True)


@pytest.mark.parametrize(
    ("answer", "said"), [(None, "not found"), ((None,), "nobody"), (("ruth", "turn", 0.7), "ruth vale (0.70)")]
)
def test_a_wrong_quotation_says_what_was_answered(answer, said):
    result = score_case(GOLD, reading(*but(2, answer)))

    assert result.wrong == (f"“Who is it?” → {said}, should be Tom",)
    assert not result.whole


def test_a_speaker_who_cannot_be_known_is_right_as_null():
    gold = GOLD | {"quotes": [*GOLD["quotes"][:2], ["“Who is it?”", None, None], *GOLD["quotes"][3:]]}

    assert score_case(gold, reading(*but(2, (None,)))).n_right == 5
    assert score_case(gold, reading(*RIGHT)).n_right == 4


def test_a_person_who_is_missing_or_twice_or_should_not_be_there():
    cast = (CAST[0], person("tom-2", "Tom"), CAST[2], person("tickets", "Tickets"))
    nobody = (None,)

    assert score_case(GOLD, reading(RIGHT[0], nobody, RIGHT[2], nobody, RIGHT[4], cast=cast)).faults == (
        "Ruth is not in the cast",
        "Tom is 2 people",
        "Tickets is in the cast",
    )


def test_words_that_are_not_speech():
    result = score_case(GOLD | {"not_speech": ["Tickets!"]}, reading(*RIGHT))

    assert result.faults == ("Tickets! is speech",)


def test_the_command_reads_a_folder(tmp_path, capsys):
    (tmp_path / "one.txt").write_text("“Run!” said Tom.\n\n“Why?” said Ruth.\n", encoding="utf-8")
    gold = {"quotes": [["“Run!”", "Tom", None], ["“Why?”", "Ruth", None]], "cast": {"Tom": [], "Ruth": []}}
    (tmp_path / "one.gold.json").write_text(json.dumps(gold), encoding="utf-8")

    cases.main([str(tmp_path)])

    assert capsys.readouterr().out.splitlines()[-1] == "1 cases, 1 whole; 2 of 2 quotations right: 1.000"


def test_a_folder_without_cases_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"no NAME\.gold\.json here"):
        cases.main([str(tmp_path)])
