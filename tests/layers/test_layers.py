"""What stands close together: mentions, cues beside speech, who is called. Cases, and what holds of every text."""

from typing import Any

import pytest
from hard_cases import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan

PIECES = (
    *("Anna", "Peter", "Mr. Hale", "the old man", "she", "his", "J. R. ", "van ", "I-I-Ichigo", "Orihim--", "sir"),
    *("said ", "asked", " went on ", "heard him", "whisper", "quietly ", "both ", "the ", "and ", "was ", "'s ", "’s "),
    *(
        "“",
        "”",
        "‘",
        "’",
        '"',
        "'",
        ",",
        ".",
        ":",
        "—",
        "...",
        "!",
        "\n",
        "\n\n",
        " ",
        " ",
        "😀",
        "ANNA",
        "É",
        "ß",
        "İ",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=50).map("".join)


def look(text: str) -> tuple[Draft, Findings]:
    draft = scan(story_of(text))
    return draft, run_rule_layers(draft, annotate_words(draft), run_neural_layers(draft).syntax)


def spelt(text: str, found: list[Mention], kind: str) -> list[str]:
    return [text[mention.start : mention.end] for mention in found if mention.kind == kind]


@pytest.mark.parametrize("case", cases("mentions"))
def test_mentions(case: dict[str, Any]) -> None:
    _, findings = look(case["text"])

    for kind in ("name", "noun", "pronoun"):
        if f"{kind}s" in case:
            assert spelt(case["text"], findings.mentions, kind) == case[f"{kind}s"]


@pytest.mark.parametrize("case", cases("cues"))
def test_cues(case: dict[str, Any]) -> None:
    _, findings = look(case["text"])

    assert [[cue.kind, case["text"][cue.start : cue.end]] for cue in findings.cues] == case["cues"]


@pytest.mark.parametrize("case", cases("vocatives"))
def test_vocatives(case: dict[str, Any]) -> None:
    _, findings = look(case["text"])

    assert [case["text"][called.start : called.end] for called in findings.vocatives] == case["called"]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_findings_are_places_in_the_text(text: str) -> None:
    draft, findings = look(text)
    mentions = findings.mentions

    assert [(m.start, -m.end) for m in mentions] == sorted((m.start, -m.end) for m in mentions)
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert 0 <= mention.first < mention.last <= len(draft.tokens)
        assert text[mention.start : mention.end].strip()
    names = [mention for mention in mentions if mention.kind == "name"]
    assert all(one.last <= two.first for one, two in zip(names, names[1:], strict=False))
    for cue in findings.cues:
        assert 0 <= cue.start < cue.end <= len(text)
        assert 0 <= cue.mention < len(mentions)
        assert 0 <= cue.quotation < len(draft.quotations)
    for called in findings.vocatives:
        quotation = draft.quotations[called.quotation]
        assert quotation.start <= called.start < called.end <= quotation.end
        assert called.mention == -1 or mentions[called.mention].start == called.start


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_the_words_of_a_draft_are_as_many_as_its_tokens(text: str) -> None:
    draft = scan(story_of(text))
    words = annotate_words(draft)

    columns = (words.text, words.lower, words.capital, words.initial, words.possessive)
    assert {len(column) for column in columns} == {len(draft.tokens)} == {len(words)}
    assert all(words.text), "a word is never empty"


def test_words_lose_their_stammers_and_possessive_endings() -> None:
    draft = scan(story_of("W-W-Wait for Anna’s hat, Mr. Hale's and the half-light."))

    assert annotate_words(draft).text == [
        *("Wait", "for", "Anna", "hat", ",", "Mr.", "Hale", "and", "the", "half-light", "."),
    ]


def test_a_capital_counts_where_it_says_something() -> None:
    words = annotate_words(scan(story_of("Rain fell. “Rain,” said Anna. Then Anna saw rain. Anna slept.")))

    assert (words.capitals["rain"], words.smalls["rain"]) == (0, 1)
    assert words.capitals["anna"] == 2


def test_an_opening_in_capitals_is_not_a_name() -> None:
    text = "MARTA LEFT the lamp on. Then Tobias called, and Marta came.\n\n“No,” said Marta."

    assert spelt(text, look(text)[1].mentions, "name") == ["MARTA", "Tobias", "Marta", "Marta"]


def test_a_full_name_in_capitals_stays_whole_where_the_story_has_it() -> None:
    text = "MARTA HALE CAME in. Nobody but Marta Hale would, thought Tobias.\n\n“No,” said Marta."

    assert spelt(text, look(text)[1].mentions, "name")[0] == "MARTA HALE"
