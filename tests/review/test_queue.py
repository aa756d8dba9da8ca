"""The queue of doubts: what is asked first, and what is not asked."""

from dataclasses import replace

from handmade import make, person, said
from hypothesis import given, settings
from scan.plain import story_of
from test_pipeline import STORIES

from dramaturg.corrections.toml import parse_corrections
from dramaturg.pipeline import read_story
from dramaturg.reading import Mention
from dramaturg.review.queue import expected_errors, find_doubts, questions_worth_asking
from dramaturg.review.session import HELP, help_text

TELLER = (
    "I came to the gate. I was tired. My feet hurt, and I sat down.\n\n“Who is there?” asked Anna.\n\n“Me,” I said.\n"
)


@settings(max_examples=60, deadline=None)
@given(STORIES)
def test_the_most_worth_an_answer_comes_first(text: str) -> None:
    reading = read_story(story_of(text))

    queue = find_doubts(reading)

    assert [doubt.expected_gain for doubt in queue] == sorted((doubt.expected_gain for doubt in queue), reverse=True)
    people = {character.id for character in reading.characters}
    for doubt in queue:
        assert doubt.expected_gain >= 0 and 0 <= doubt.start <= doubt.end <= len(text)
        assert {doubt.character, *(choice.character for choice in doubt.choices)} - {None} <= people
        assert doubt.character not in {choice.character for choice in doubt.choices}


def test_who_tells_the_story_is_asked_first_and_once() -> None:
    story = story_of(TELLER)

    assert find_doubts(read_story(story))[0].kind == "narrator"
    told = read_story(story, corrections=parse_corrections('narrator = "Peter"'))
    assert "narrator" not in {doubt.kind for doubt in find_doubts(told)}


def test_who_talks_around_may_be_the_one() -> None:
    spoken = [said("ann", "bo"), said("ann", confidence=0.5, alternatives=(("cy", 0.2),)), said("dan")]
    queue = find_doubts(make("“Hi.”\n\n“Ho.”\n\n“Ha.”", [person(id) for id in ("ann", "bo", "cy", "dan")], spoken))

    doubt = next(doubt for doubt in queue if doubt.quotations == ("q2",))
    assert [(one.character, one.confidence) for one in doubt.choices] == [("cy", 0.2), ("bo", None), ("dan", None)]


def test_everybody_near_is_offered() -> None:
    people = [person(id) for id in ("ann", "bo", "cy")]
    reading = make("“Hi.”\n\n“Ho.”", people, [said("ann"), said("ann", confidence=0.5)])
    cy = Mention(0, 3, "name", "PER", "cy", "cy", 1.0)
    queue = find_doubts(replace(reading, mentions=(cy,)))

    assert "cy" in {choice.character for doubt in queue if doubt.quotations == ("q2",) for choice in doubt.choices}


def test_what_is_corrected_is_not_asked() -> None:
    text = "Anna met Peter at the gate.\n\n“You are late.”\n\n“So are you.”\n"
    told = '[[quotation]]\ntext = "You are late"\nspeaker = "Peter"'
    before = find_doubts(read_story(story_of(text)))
    after = find_doubts(read_story(story_of(text), corrections=parse_corrections(told)))

    assert "q1" in {doubt.quotations[0] for doubt in before if doubt.kind == "speaker"}
    assert "q1" not in {doubt.quotations[0] for doubt in after if doubt.kind == "speaker"}


def test_two_of_one_name_are_asked_about() -> None:
    text = "Tom Gray sat. Tom Gray slept. Tom Gray woke.\n\nOld Gray rose. “I am old,” said Edward Gray.\n\n"
    text += "Edward Gray coughed, and Edward Gray went.\n"
    queue = find_doubts(read_story(story_of(text)))

    assert [doubt.kind for doubt in queue if doubt.kind == "same"] == ["same"]


def test_a_short_story_is_not_asked_about_line_by_line() -> None:
    spoken = [said("ann", confidence=0.3) for _ in range(40)]
    reading = make("\n\n".join("“Hi.”" for _ in spoken), [person("ann")], spoken)

    assert len(find_doubts(reading)) == 40 and questions_worth_asking(reading) == 10
    assert round(expected_errors(reading), 6) == 28


def test_the_keys_fit_a_narrow_terminal() -> None:
    assert help_text(80) == HELP
    assert max(map(len, help_text(40).splitlines())) <= 40
    assert sorted(help_text(40).split()) == sorted(HELP.split())
