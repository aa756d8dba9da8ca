"""Each quotation has one cause, and the table adds up to a hundred."""

import pytest

pytest.importorskip("scipy")

from handmade import person
from small_corpus import CAST, reading

from benchmarks.causes import causes_of, table
from benchmarks.quotes import ReadNovel
from benchmarks.scoring import measure
from corpora.pdnc import load_novel

TOM, RUTH, PORTER = ("tom", "tag", 0.9), ("ruth", "pronoun_tag", 0.8), ("porter", "tag", 0.9)


def read(corpus, *answers, cast=CAST):
    novel, ours = load_novel(corpus, "Small"), reading(*answers, cast=cast)
    return ReadNovel(novel, ours, measure(novel, ours), 1.0)


def test_all_right(corpus):
    assert causes_of(read(corpus, TOM, RUTH, TOM, RUTH, PORTER)) == {"right": 5}


def test_a_quotation_that_is_not_found(corpus):
    assert causes_of(read(corpus, TOM, None, TOM, RUTH, PORTER)) == {"right": 4, "not found": 1}


def test_a_speaker_among_the_alternatives_or_not(corpus):
    lower = ("ruth", "turn", 0.6, "tom")
    absent = ("ruth", "turn", 0.6)

    assert causes_of(read(corpus, TOM, RUTH, lower, RUTH, PORTER)) == {"right": 4, "ranked lower": 1}
    assert causes_of(read(corpus, TOM, RUTH, absent, RUTH, PORTER)) == {"right": 4, "no candidate": 1}


def test_a_speaker_who_is_nobody_in_the_cast(corpus):
    assert causes_of(read(corpus, TOM, RUTH, TOM, RUTH, TOM, cast=CAST[:2])) == {"right": 4, "nobody": 1}


def test_a_person_who_is_two_characters(corpus):
    cast = (*CAST, person("mr-hale", "Mr. Hale", pronouns="he"))

    found = causes_of(read(corpus, TOM, RUTH, ("mr-hale", "turn", 0.5), RUTH, PORTER, cast=cast))

    assert found == {"right": 4, "split": 1}


def test_the_table_adds_up(corpus):
    lines = list(table({"small": causes_of(read(corpus, TOM, None, TOM, RUTH, PORTER))}))

    shares = [float(line.split()[-1]) for line in lines[1:-1]]
    assert sum(shares) == pytest.approx(100)
    assert lines[-1].split() == ["quotations", "5"]
