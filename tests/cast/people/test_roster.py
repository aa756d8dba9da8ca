"""Rosters are values: a step returns a new one and leaves the old one as it was."""

from collections import Counter
from copy import deepcopy

import pytest
from scan.plain import story_of

from dramaturg.cast import find_people
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.cast.people.corrections.fixed import fix_utterances
from dramaturg.cast.people.corrections.stated import lay_out
from dramaturg.cast.people.identity.joining import join_people
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.pronouns import resolve_pronouns
from dramaturg.cast.people.roster import Roster
from dramaturg.corrections.resolve import resolve
from dramaturg.corrections.toml import parse_corrections
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan

ANNA = Person("Anna", True, gender="f", forms=Counter(Anna=2), mentions=(0, 3), listed=True)
GIRL = Person("the girl", False, gender="f", forms=Counter({"the girl": 1}), mentions=(1,))
MAN = Person("the man", False, gender="m", forms=Counter({"the man": 1}), mentions=(2,))
ROSTER = Roster((ANNA, GIRL, MAN), (0, 1, 2, 0, -1))


def test_merging_gives_mentions_and_nouns_to_the_target() -> None:
    before = deepcopy(ROSTER)
    merged = ROSTER.merge({1: 0})

    assert merged.of_mention == (0, 0, 2, 0, -1)
    assert (merged.people[0].mentions, merged.people[0].described) == ((0, 1, 3), Counter({"the girl": 1}))
    assert (merged.people[1].mentions, merged.people[1].forms) == ((), Counter())
    assert merged.people[2] is MAN
    assert before == ROSTER


def test_assigning_a_name() -> None:
    named = ROSTER.assign_names({4: 0}, {4: "Ann"})

    assert named.of_mention == (0, 1, 2, 0, 0)
    assert (named.people[0].mentions, named.people[0].forms) == ((0, 3, 4), Counter(Anna=2, Ann=1))
    assert Counter(Anna=2) == ANNA.forms


@pytest.mark.parametrize(("narrators", "of_mention"), [(set(), (0, -1, -1, 0, -1)), ({2}, (0, -1, 2, 0, -1))])
def test_keeping_the_listed_people(narrators: set[int], of_mention: tuple[int, ...]) -> None:
    assert ROSTER.keep_listed(narrators).of_mention == of_mention


def test_no_step_changes_what_it_was_given() -> None:
    text = (
        "Doctor Hale came in. I saw him, and I told the old man so. I waited. The girl laughed at her brother.\n\n"
        "“Sit down, doctor,” said Anna.\n\n“Thank you,” said the doctor.\n\n“He is late,” I said. Anna smiled at me."
    )
    corrections = parse_corrections(
        'narrator = "Mary"\n[people.Anna]\naliases = ["the girl"]\n'
        '[[quotation]]\ntext = "Thank you,"\nspeaker = "Anna"\nto = ["Mary"]\n',
        "story.cast.toml",
    )
    story = story_of(text)
    resolved = resolve(corrections, story)
    draft = scan(story, resolved)
    words = annotate_words(draft)
    neural = run_neural_layers(draft)
    findings = run_rule_layers(draft, words, neural.syntax, resolved)
    aligned = align_mentions(draft, findings.mentions, neural)
    given = lay_out(findings.mentions, draft.language, resolved)
    outcome = resolved.ledger.outcome()

    people = find_people(draft, words, findings, aligned, given)
    steps = [people.roster]
    copies = [deepcopy(people.roster)]
    narrators = people.narrators
    steps.append(join_people(draft, findings, people.utterances, steps[-1], aligned, narrators).roster)
    copies.append(deepcopy(steps[-1]))
    fixed, roster, outcomes = fix_utterances(draft, findings, people.utterances, steps[-1], given)
    steps.append(roster)
    copies.append(deepcopy(roster))
    resolve_pronouns(findings, roster, narrators, aligned, draft.language, fixed.meant)

    assert steps == copies
    again = find_people(draft, words, findings, aligned, given)
    assert (again.roster, again.narrators, again.outcomes) == (people.roster, narrators, people.outcomes)
    assert outcomes and resolved.ledger.outcome() == outcome, "outcomes are returned, the ledger is not changed"
