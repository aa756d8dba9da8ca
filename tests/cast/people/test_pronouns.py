"""The people that mentions may refer to, with probabilities; and the distances between paragraphs."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg.cast import find_people
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.cast.people.corrections.stated import lay_out
from dramaturg.cast.people.pronouns import MAX_REFERENTS, resolve_pronouns
from dramaturg.draft import BREAK, HEADING, positions_of
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.words import annotate_words
from dramaturg.lexicon.en import ENGLISH
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan
from dramaturg.sources import load, load_bytes
from dramaturg.story import Block, Role

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.txt"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_referents_agree_with_their_pronoun(path: Path) -> None:
    draft = scan(load(path))
    words = annotate_words(draft)
    neural = run_neural_layers(draft)
    findings = run_rule_layers(draft, words, neural.syntax)
    aligned = align_mentions(draft, findings.mentions, neural)
    people = find_people(draft, words, findings, aligned, lay_out(findings.mentions, draft.language))
    roster, shares, _ = resolve_pronouns(findings, people.roster, people.narrators, aligned, draft.language)

    assert len(shares) == len(findings.mentions)
    for mention, person, share in zip(findings.mentions, roster.of_mention, shares, strict=True):
        assert len(share) <= MAX_REFERENTS and all(0 <= p < len(roster.people) for p in share)
        assert sum(share.values()) <= 1 + 1e-5 and min(share.values(), default=0.0) >= 0
        if mention.kind == "pronoun" and mention.form not in ENGLISH.grammar.first_person and mention.gender != "?":
            assert all(roster.people[p].gender in ("?", mention.gender) for p in share)
        if mention.kind == "pronoun" and mention.quotation < 0 and share:
            assert share[person] == max(share.values()), "the likeliest person is chosen"


ROLES: list[Role] = ["paragraph", "scene_break", "heading", "authors_note"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(ROLES), max_size=12))
def test_a_break_counts_as_many_paragraphs(roles: list[Role]) -> None:
    found = positions_of([Block(i, i + 1, role) for i, role in enumerate(roles)])

    assert len(found) == roles.count("paragraph")
    expected, at = [], 0
    for role in roles:
        if role == "paragraph":
            expected.append(at)
        at += {"paragraph": 1, "heading": HEADING}.get(role, BREAK)
    assert list(found) == expected


def test_no_cue_reaches_over_a_scene_break() -> None:
    text = "Anna sat down and looked at Peter.\n\n***\n\n“It is late,” came through the door."
    draft = scan(load_bytes(text.encode(), "break.txt"))
    assert draft.positions[-1] - draft.positions[0] > BREAK, "the break is seen"
    cues = run_rule_layers(draft, annotate_words(draft), run_neural_layers(draft).syntax).cues

    assert not [cue for cue in cues if cue.kind == "precede"]
