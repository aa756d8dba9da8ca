"""The pages for a terminal, and the words that all reports share."""

import pytest
from handmade import TALK, ferry, make, person, said
from hypothesis import given
from hypothesis import strategies as st
from test_reading import readings

from dramaturg.console import TerminalStyle
from dramaturg.formatting import clip, percent
from dramaturg.phrases import Locator, reason, snippet
from dramaturg.reading import Reading
from dramaturg.report.highlights import sample_conversation
from dramaturg.report.terminal import show_character, show_lines, show_reading
from dramaturg.utterances import utterances

FERRY = """\
The Ferry by A. Hand
43 words · 2 chapters · 2 characters · 5 lines of speech · 1 without a speaker

The cast
  Ann  she   ████████████████ 3 lines, 9 words
  Bo   he    █████████        1 line, 5 words

Sample conversation  chapter 1, line 5
  Ann: “Is the ferry late?”
  Bo: “It's always late,” … “Every night.”
  Ann?: “Then we wait, Bo.”
  (unknown): “Anybody there?”
  Ann: “Here!”

Least certain
  chapter 1, line 11: “Then we wait, Bo.”
      Ann? (55%): their turn in the conversation; or Bo (30%).
  No speaker found for 1 line: chapter 2, line 17.
"""


def test_the_page_of_a_story() -> None:
    assert show_reading(ferry(), TerminalStyle()) == FERRY


def test_colours_change_nothing_else() -> None:
    coloured = show_reading(ferry(), TerminalStyle(colour=True))

    assert "\x1b[36m  Ann: “Is the ferry late?”\x1b[0m" in coloured
    for code in ("0", "1", "2", "36", "33"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == FERRY


@given(readings(), st.sampled_from([1, 20, 80]))
def test_any_reading_can_be_shown_and_sends_no_control_character(reading: Reading, width: int) -> None:
    style = TerminalStyle(width=width)
    pages = [show_reading(reading, style)]
    pages += [show(reading, c, style) for c in reading.characters for show in (show_character, show_lines)]

    for page in pages:
        assert not [c for c in page if c != "\n" and (c < " " or "\x7f" <= c <= "\x9f")]


def test_a_name_cannot_change_the_text_direction() -> None:
    page = show_reading(make("x", [person("a", "\u202eeve\x1b[2J")]), TerminalStyle())

    assert "\u202e" not in page and "eve\ufffd[2J" in page


def test_wide_characters_keep_the_columns() -> None:
    page = show_reading(make("x", [person("a", "林"), person("b", "Bo")]), TerminalStyle())

    assert "  林  " in page and "  Bo  " in page


def test_names_are_whole_on_a_narrow_terminal() -> None:
    page = show_reading(make("x", [person("a", "Mrs. Wilhelmina Ode"), person("b", "Bo")]), TerminalStyle(width=30))

    assert "\n  Mrs. Wilhelmina Ode\n    says nothing\n" in page


def test_a_group_and_a_narrator() -> None:
    cast = [person("i", "the narrator", named=False, narrator=True), person("crowd", "the crowd", kind="group")]
    reading = make("“Oh.”", cast, [said("crowd")])

    assert "narrator" in show_reading(reading, TerminalStyle())
    assert "The narrator.\nUnnamed in the text." in show_character(reading, cast[0], TerminalStyle())
    assert "Says nothing." in show_character(reading, cast[0], TerminalStyle())
    assert "A group that speaks together." in show_character(reading, cast[1], TerminalStyle())


@pytest.mark.parametrize(
    ("format", "place"),
    [("text", "chapter 2, line 17"), ("markdown", "chapter 2, line 17"), ("epub", "chapter 2, paragraph 5")],
)
def test_locator(format: str, place: str) -> None:
    assert Locator(ferry(format=format)).describe(TALK.index("Anybody")) == place


def test_the_sample_is_a_conversation_without_gaps() -> None:
    far = "“Hello.”" + "\n\nIt rained." * 80 + "\n\n“Yes?”\n\n“No.”\n\n“Yes.”"
    reading = make(far, [person("ann"), person("bo")], [said("bo"), said("ann"), said("bo"), said("ann")])
    sample = sample_conversation(utterances(reading))

    assert [u.text(reading) for u in sample] == ["“Yes?”", "“No.”", "“Yes.”"]
    assert sample_conversation(utterances(make("“I talk to nobody.”", [person("ann")], [said("ann")]))) == []


def test_snippets_are_cut_at_words_and_paragraphs() -> None:
    reading = make("Far off.\n\nNear " + "word " * 40 + "here and " + "there " * 40)
    place = reading.story.text.index("here")

    assert snippet(reading, 10) == "Near " + " ".join(["word"] * 15) + "…"
    assert snippet(reading, place).startswith("…word") and "here and there" in snippet(reading, place)


@given(st.text(max_size=50), st.integers(2, 50))
def test_clipped_text_is_no_longer_than_asked(text: str, length: int) -> None:
    assert len(clip(text, length)) <= length
    assert clip(text, length) == text or clip(text, length).endswith("…")


@pytest.mark.parametrize(("chance", "shown"), [(0, "0%"), (0.001, "1%"), (0.5, "50%"), (0.999, "99%"), (1, "100%")])
def test_percent(chance: float, shown: str) -> None:
    assert percent(chance) == shown


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (("tag", "said Bo"), "“said Bo” names the speaker"),
        (("pronoun_tag", "she said"), "“she said” gives only a pronoun"),
        (("turn", "Bo"), "their turn in the conversation"),
        (("vocative", "Well"), "“Well” was addressed just before"),
        (("action", "She"), "action beside the line: “She sat by the door all night, and the…”"),
        (("content", "rain"), "what the line says"),
        (("correction", "rain"), "your correction"),
        (None, "nothing in the text says so directly"),
    ],
)
def test_reasons(evidence: tuple[str, str] | None, expected: str) -> None:
    text = "Well. “Rain,” said Bo, she said. She sat by the door all night, and the rain fell."
    reading = make(text, [person("bo")], [said("bo", evidence=evidence)])

    assert reason(reading, reading.quotations[0]) == expected
