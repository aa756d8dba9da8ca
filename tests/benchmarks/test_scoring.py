"""The figures on values small enough to be worked out by hand."""

import math
from pathlib import Path

import pytest

pytest.importorskip("scipy")

import numpy as np

from benchmarks import booknlp
from benchmarks.scoring import (
    addressee_f1,
    b_cubed,
    calibration_error,
    many_to_one,
    match_stretches,
    mean_figures,
    measure_quotations,
    sure_accuracy,
)
from corpora.pairing import match_quotations, pair_characters
from corpora.pdnc import GoldQuotation, Novel
from dramaturg.reading import Quotation


def gold(start, end, speaker="Ann", addressees=(), type="Explicit", spans=None):
    return GoldQuotation(spans or ((start, end),), speaker, addressees, type)


def ours(start, end, speaker="ann", addressees=(), confidence=None, group=None):
    id = f"q{start}-{end}"
    sure = confidence if speaker else None
    return Quotation(id, group or id, None, start, end, speaker, addressees, sure, None, ())


def novel(text, *quotations):
    return Novel("Small", "NOBODY", Path("Small"), text, quotations, ())


def test_pairing_is_one_to_one_and_makes_most_right():
    # b takes Ann's 3, which leaves a nothing better than Ben's 2: 5 right; a–Ann and b–Ben make 2 + 1.
    names = ["Ann", "Ann", "Ann", "Ann", "Ann", "Ben", "Ben", "Ben"]
    ids = ["a", "a", "b", "b", "b", "a", "a", "b"]

    assert pair_characters(names, ids) == {"a": "Ben", "b": "Ann"}


def test_nobody_speaks():
    assert pair_characters(["Ann", "Ben"], [None, None]) == {}
    assert many_to_one(["Ann", "Ben"], [None, None]) == 0
    assert calibration_error(np.array([]), np.array([])) == 0


def test_many_to_one_forgives_a_split_but_no_merger():
    assert many_to_one(["Ann", "Ann", "Ben"], ["a", "a-2", "b"]) == 1
    assert many_to_one(["Ann", "Ann", "Ben", "Ben"], ["a", "a", "a", None]) == 0.5


def test_b_cubed_by_hand():
    # Clusters: {1, 2, 3} with two of Ann and one of Ben, and {4}, which nobody speaks, of Ben.
    # precision: (2/3 + 2/3 + 1/3 + 1) / 4 = 2/3; recall: (1 + 1 + 1/2 + 1/2) / 4 = 3/4.
    figure = b_cubed(["Ann", "Ann", "Ben", "Ben"], ["a", "a", "a", None])

    assert figure == pytest.approx(2 * (2 / 3) * (3 / 4) / (2 / 3 + 3 / 4))


def test_the_better_fit_answers_not_the_longer_overlap():
    # The outer one covers the gold stretch whole, with fit 10² / (10 × 100); the inner has 8² / (10 × 8).
    outer, inner = ours(0, 100, "ann"), ours(40, 48, "ben")

    assert match_quotations([gold(40, 50)], [outer, inner]) == [inner]


def test_parts_of_one_utterance_vote_by_their_length():
    parts = [ours(0, 4, "ben"), ours(10, 30, "ann"), ours(40, 44, "ben")]
    utterance = gold(0, 0, spans=((0, 4), (10, 30), (40, 44)))

    assert match_quotations([utterance], parts) == [parts[1]]


def test_touching_is_not_overlapping():
    assert match_quotations([gold(10, 20)], [ours(0, 10), ours(20, 30)]) == [None]


def test_stretches_match_without_marks_and_across_paragraphs():
    text = "“One two three.\n\n“Four five.” “Six,” he said."
    parts = [ours(0, 15, group="u"), ours(17, 29, group="u"), ours(30, 36, group="v")]

    assert match_stretches(text, [gold(1, 28)], parts) == (1.0, 1 / 4)  # two parts, both together, and Six
    assert match_stretches(text, [gold(1, 14), gold(18, 27)], parts) == (1.0, 2 / 4)
    assert match_stretches(text, [gold(31, 34), gold(37, 44)], parts[2:]) == (0.5, 1.0)


def test_stretches_match_from_four_fifths_on():
    text = "abcdefghij" * 2

    assert match_stretches(text, [gold(0, 10)], [ours(0, 8)]) == (1.0, 1.0)
    assert match_stretches(text, [gold(0, 10)], [ours(0, 7)]) == (0.0, 0.0)


def test_addressees_by_hand():
    # Right: Ben. Ours: Ben and a stranger, then none. Gold: Ben, Cid, Ben; the last quotation has no gold ones.
    quotations = [gold(0, 1, addressees=("Ben", "Cid")), gold(2, 3, addressees=("Ben",)), gold(4, 5)]
    answers = [ours(0, 1, addressees=("ben", "stranger")), None, ours(4, 5, addressees=("ben",))]

    assert addressee_f1(quotations, answers, {"ben": "Ben"}) == pytest.approx(2 * 1 / (2 + 3))


def test_confidence_figures_by_hand():
    confidence = np.array([0.95, 0.95, 0.3, 0.3, 0.0])
    right = np.array([True, False, True, False, False])

    assert sure_accuracy(confidence, right) == 2 / 4
    # Bins: [0.9, 1] with 0.95 against 1/2, [0.3, 0.4) with 0.3 against 1/2, [0, 0.1) with nothing to say.
    assert calibration_error(confidence, right) == pytest.approx(2 / 5 * 0.45 + 2 / 5 * 0.2)


def test_a_bin_starts_at_its_lower_edge():
    confidence = np.array([0.3, 0.299])

    assert calibration_error(confidence, np.array([True, False])) == pytest.approx(0.5 * 0.7 + 0.5 * 0.299)


def small():
    """Four quotations of ten code points each, by Ann, Ben, Ann and Cid."""
    text = "".join(f"“{word}” " for word in ("aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"))
    return novel(
        text,
        gold(0, 10, "Ann", ("Ben",)),
        gold(11, 21, "Ben", ("Ann",), type="Anaphoric"),
        gold(22, 32, "Ann", ("Ben",), type=""),
        gold(33, 43, "Cid", type="Anaphoric"),
    )


def test_a_whole_measurement_by_hand():
    quotations = [
        ours(0, 10, "ann", ("ben",), 0.9),
        ours(11, 21, "ben", (), 0.8),
        ours(22, 32, "ben", ("ann",), 0.6),
    ]

    measurement = measure_quotations(small(), quotations)

    assert measurement.partner == {"ann": "Ann", "ben": "Ben"}
    assert measurement.right.tolist() == [True, True, False, False]
    figures = measurement.figures
    assert "impl" not in figures
    expected = {
        "n": 4,
        "acc": 0.5,
        "expl": 1.0,
        "anap": 0.5,
        "many": 0.5,
        "found": 0.75,
        "prec": 1.0,
        "addr": 2 * 1 / (2 + 3),
        "acc80": 2 / 3,
        "ece": (0.1 + 0.2 + 0.6) / 3,
        # precision (1 + 1/2 + 1/2 + 1) / 4, recall (1/2 + 1 + 1/2 + 1) / 4
        "b3": 0.75,
    }
    assert figures == pytest.approx(expected)


def test_the_gold_itself_is_perfect():
    quotations = [ours(one.spans[0][0], one.spans[0][1], one.speaker.lower(), (), 1.0) for one in small().quotations]

    figures = measure_quotations(small(), quotations).figures

    assert all(figures[name] == 1 for name in ("acc", "many", "b3", "found", "prec", "acc80"))
    assert figures["ece"] == 0


def test_nothing_found_is_all_wrong_and_no_crash():
    figures = measure_quotations(small(), []).figures

    assert figures["acc"] == figures["found"] == figures["prec"] == figures["addr"] == figures["ece"] == 0
    assert figures["b3"] == pytest.approx(2 * 0.75 / 1.75)  # all alone: precision 1, recall (1/2 + 1 + 1/2 + 1) / 4


def test_a_mean_leaves_out_what_a_novel_lacks_and_pools_calibration():
    sure = measure_quotations(small(), [ours(0, 10, "ann", confidence=1.0)])
    other = measure_quotations(novel("“aaaaaaaa”", gold(0, 10, type="Implicit")), [ours(0, 10, "a", confidence=0.5)])

    mean = mean_figures([sure, other])

    assert mean["n"] == 5
    assert mean["acc"] == pytest.approx((0.25 + 1) / 2)
    assert mean["impl"] == 1
    assert mean["ece"] == pytest.approx(0.25)  # pooled: 1.0 right, 0.5 right


def test_a_novel_without_gold_is_named():
    with pytest.raises(ValueError, match="Small"):
        measure_quotations(novel("No one speaks."), [])


def test_too_few_for_the_surest():
    assert math.isnan(sure_accuracy(np.array([0.5]), np.array([True])))


def test_booknlp_quotations_are_aligned_in_reading_order(tmp_path):
    text = "“No,” he said. “No (never)!” “Yes.”"
    file = tmp_path / "Small.quotes"
    rows = ["“ No , ”\t1", "“ No -LRB- never -RRB- ! ”\t2", "“ Perhaps ”\t3", "“ Yes . ”\t1"]
    lines = ["\t".join(["0", "0", "0", "0", "he", row.split("\t")[1], row.split("\t")[0]]) for row in rows]
    file.write_text("\n".join(["header", *lines]), encoding="utf-8")

    found = booknlp.load_quotations(text, file)

    speakers = [(text[one.start : one.end], one.speaker) for one in found]
    assert speakers == [("No", "1"), ("No (never", "2"), ("Yes", "1")]
