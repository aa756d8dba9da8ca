"""What holds of every draft, whatever the text: shown on mangled text, through the public face of the scanner."""

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg.draft import Draft
from dramaturg.scan import scan
from dramaturg.story import Block, Span, Story

PIECES = [
    *"\"“”„‟'‘’`´«»‹›—–-.,!?…:;()*_/ab ",
    *[
        "\n",
        "\n\n",
        "''",
        "``",
        "--",
        " I ",
        " he said",
        "said Tom",
        " She ",
        "don't",
        "'tis",
        "dogs' ",
        ", ",
        ". ",
        '" "',
        '"',
        "  ",
        "(smiling)",
        "¿",
        "é",
        "\u00a0",
    ],
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def check(draft: Draft) -> None:
    check_quotations(draft)
    check_sentences(draft)
    check_tokens(draft)


def check_quotations(draft: Draft) -> None:
    quotations = draft.quotations
    assert list(quotations) == sorted(quotations, key=lambda q: (q.start, -q.end))
    for number, quotation in enumerate(quotations):
        assert quotation.start < quotation.end
        assert any(block.start <= quotation.start and quotation.end <= block.end for block in draft.paragraphs)
        assert any(map(str.isalnum, draft.text[quotation.start : quotation.end])) or quotation.end - quotation.start > 1
        if quotation.within is not None:
            outer = quotations[quotation.within]
            assert quotation.within < number
            assert outer.start <= quotation.start and quotation.end <= outer.end
    tops = [quotation for quotation in quotations if quotation.within is None]
    assert all(first.end <= second.start for first, second in pairwise(tops))
    assert not {q.group for q in tops} & {q.group for q in quotations if q.within is not None}
    for thought in draft.thoughts:
        assert thought.start < thought.end
        assert all(thought.end <= q.start or q.end <= thought.start for q in quotations)


def check_groups(draft: Draft) -> None:
    """The parts of an utterance stand together, where no speech is quoted between them."""
    tops = [quotation for quotation in draft.quotations if quotation.within is None]
    assert all(first.group <= second.group <= first.group + 1 for first, second in pairwise(tops))


def check_sentences(draft: Draft) -> None:
    assert all(first.end <= second.start for first, second in pairwise(draft.sentences))
    covered: set[int] = set()
    for span in draft.sentences:
        text = draft.text[span.start : span.end]
        assert text and text == text.strip()
        assert any(block.start <= span.start and span.end <= block.end for block in draft.paragraphs)
        covered.update(range(span.start, span.end))
    for block in draft.paragraphs:
        assert all(draft.text[i].isspace() or i in covered for i in range(block.start, block.end))


def check_tokens(draft: Draft) -> None:
    tokens = draft.tokens
    seen = set()
    for i in range(len(tokens)):
        start, end = int(tokens.start[i]), int(tokens.end[i])
        sentence = draft.sentences[tokens.sentence[i]]
        block = draft.paragraphs[tokens.paragraph[i]]
        assert start < end
        assert sentence.start <= start and end <= sentence.end
        assert block.start <= start and end <= block.end
        around = [n for n, q in enumerate(draft.quotations) if q.within is None and q.start <= start < q.end]
        assert [tokens.quotation[i]] == (around or [-1])
        seen.update(range(start, end))
    for span in draft.sentences:
        assert all(draft.text[i].isspace() or i in seen for i in range(span.start, span.end))


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_mangled_text(text):
    draft = scan(story_of(text))
    check(draft)
    check_groups(draft)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_file_that_lost_its_single_marks(text):
    """Its quotations are cut in pieces, and still lie in order and inside one another."""
    check(scan(story_of("It s so, said she. He didn t know.\n\n" + text + " We ll see.")))


@given(st.lists(TEXTS, min_size=2, max_size=4), st.data())
@settings(max_examples=150, deadline=None)
def test_emphasis_anywhere(parts, data):
    text = " I think. ".join(parts)
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    emphasis = tuple(Span(a, b) for a, b in zip(places[::2], places[1::2], strict=False))
    check(scan(story_of(text, emphasis)))


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_the_same_text_gives_the_same_draft(text):
    first, second = scan(story_of(text)), scan(story_of(text))

    assert (first.quotations, first.thoughts, first.sentences) == (second.quotations, second.thoughts, second.sentences)


def test_only_paragraphs_are_scanned():
    story = story_of("“Not this,” he said.")
    heading = Story(story.text, tuple(replace(block, role="heading") for block in story.blocks), story.source)

    draft = scan(heading)

    assert (draft.paragraphs, draft.quotations, draft.sentences, len(draft.tokens)) == ((), (), (), 0)


UNITS = [
    '"',
    '" ',
    "“ ",
    "“a” ",
    "' ",
    "dogs' ",
    "'tis ",
    "“‘a ",
    ".",
    ". ",
    ", he said ",
    "— ",
    "—a\n",
    "A. ",
    'I"m ',
    " ",
    "\n",
    "a",
    "(smiling) ",
    "(",
    "“‘a’ (smiling) ‘a’ ",
    '" a  b',
]


def seconds(text: str) -> float:
    story = Story(text, (Block(0, len(text), "paragraph"),), story_of("").source)
    began = time.perf_counter()
    scan(story)
    return time.perf_counter() - began


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear(unit):
    """Ten times the text takes about ten times as long, and not a hundred times."""

    def text(size: int) -> str:
        return "x" + (unit * (size // len(unit) + 1))[: size - 2] + "x"

    small = max(0.005, min(seconds(text(4_000)) for _ in range(2)))
    large = min(seconds(text(40_000)) for _ in range(2))

    assert large < 40 * small
