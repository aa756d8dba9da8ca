"""The Penn Treebank's tags, worked out from UD's."""

import pytest

from dramaturg.exporters.common.penn_tags import TaggedWord, penn_tag


def tag(form: str, lemma: str, pos: str, relation: str = "dep", *below: TaggedWord) -> str:
    return penn_tag(TaggedWord(form, lemma, pos, relation), below)


HAVE = TaggedWord("had", "have", "AUX", "aux")
TO = TaggedWord("to", "to", "PART", "mark")
SHE = TaggedWord("she", "she", "PRON", "nsubj")
WILL = TaggedWord("’ll", "will", "AUX", "aux")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (tag("went", "go", "VERB", "root", SHE), "VBD"),
        (tag("gone", "go", "VERB", "root", SHE, HAVE), "VBN"),
        (tag("go", "go", "VERB", "root", SHE), "VBP"),
        (tag("go", "go", "VERB", "xcomp", TO), "VB"),
        (tag("go", "go", "VERB", "root", SHE, WILL), "VB"),
        (tag("goes", "go", "VERB", "root", SHE), "VBZ"),
        (tag("going", "go", "VERB", "root", SHE), "VBG"),
        (tag("’ll", "will", "AUX", "aux"), "MD"),
        (tag("was", "be", "AUX", "cop"), "VBD"),
        (tag("houses", "house", "NOUN"), "NNS"),
        (tag("house", "house", "NOUN"), "NN"),
        (tag("garritys", "garrity", "PROPN"), "NNPS"),
        (tag("emma", "emma", "PROPN"), "NNP"),
        (tag("her", "she", "PRON", "nmod:poss"), "PRP$"),
        (tag("her", "she", "PRON", "obj"), "PRP"),
        (tag("there", "there", "PRON", "expl"), "EX"),
        (tag("who", "who", "PRON", "nsubj"), "WP"),
        (tag("which", "which", "DET", "det"), "WDT"),
        (tag("older", "old", "ADJ"), "JJR"),
        (tag("best", "well", "ADV"), "RBS"),
        (tag("up", "up", "ADP", "compound:prt"), "RP"),
        (tag("up", "up", "ADP", "case"), "IN"),
        (tag("’s", "’s", "PART", "case"), "POS"),
        (tag("—", "—", "PUNCT"), ":"),
        (tag("“", "“", "PUNCT"), "``"),
        (tag("?", "?", "PUNCT"), "."),
        (tag("?", "?", "MOOD"), "XX"),
    ],
)
def test_tags(word: str, expected: str) -> None:
    assert word == expected


def test_that_is_relative_in_a_relative_clause() -> None:
    that = TaggedWord("that", "that", "PRON", "nsubj")

    assert penn_tag(that, (), TaggedWord("sang", "sing", "VERB", "acl:relcl")) == "WDT"
    assert penn_tag(that, (), TaggedWord("sang", "sing", "VERB", "root")) == "DT"
