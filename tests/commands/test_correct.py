"""Corrections on the command line: the file beside the story, the first one, the questions, through a terminal too."""

import io
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from scan.plain import story_of
from test_pipeline import STORIES

from dramaturg import Reading, cli, read
from dramaturg.corrections.anchors import make_anchor
from dramaturg.corrections.edit import CorrectionsFile, add_correction, first_file
from dramaturg.corrections.model import (
    Corrections,
    MergeCorrection,
    NarratorCorrection,
    PersonCorrection,
    QuotationCorrection,
)
from dramaturg.corrections.toml import load_corrections, load_story_corrections, parse_corrections
from dramaturg.errors import BadCorrections, UsageError
from dramaturg.pipeline import read_story

STORY = (
    "Anna met Peter at the gate. They stood there for a while.\n\n“You are late.”\n\n“The road was bad.”\n\n"
    "“It is always bad.”\n\n“You need not have waited.”\n"
)
TOLD = '[[quotation]]\ntext = "“You are late.”"\nspeaker = "Peter"\n'


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "gate.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def speakers(reading: Reading) -> list[str | None]:
    return [reading.name_of(quotation.speaker) for quotation in reading.quotations]


# The files


def test_the_file_beside_a_story_is_taken(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story.with_name("gate.cast.toml").write_text(TOLD, encoding="utf-8")

    assert speakers(read(story)) == ["Peter", "Anna", "Peter", "Anna"]
    assert read(story, corrections=Corrections()).corrections.applied == ()
    assert cli.main(["lines", str(story), "Peter"]) == 0
    told = capsys.readouterr()
    assert "“You are late.”" in told.out
    assert "1 correction applied" in told.err


def test_none_or_another_may_be_asked_for(story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story.with_name("gate.cast.toml").write_text(TOLD, encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(TOLD.replace("Peter", "Petre"), encoding="utf-8")

    assert cli.main(["read", str(story), "--no-corrections", "--json", "-"]) == 0
    assert "correction" not in capsys.readouterr().err
    assert cli.main(["read", str(story), "--corrections", str(other), "--json", str(tmp_path / "out.json")]) == 0
    assert (
        "0 corrections applied, 1 not applied (other.toml, line 1: ““You are late.”” is said by Petre: nobody"
        in capsys.readouterr().err
    )
    assert Reading.load(tmp_path / "out.json").corrections.unmatched[0]["line"] == 1
    assert cli.main(["read", str(story), "--no-corrections", "--corrections", str(other)]) == 2
    assert cli.main(["read", str(story), "--corrections", str(tmp_path / "none.toml")]) == 2


def test_a_saved_reading_is_corrected_where_a_file_is_named(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "gate.json"
    read(story).save(saved)
    other = tmp_path / "gate.cast.toml"
    other.write_text(TOLD, encoding="utf-8")

    assert cli.main(["who", str(saved), "Peter"]) == 0
    assert "applied" not in capsys.readouterr().err
    assert cli.main(["who", str(saved), "Peter", "--corrections", str(other)]) == 0
    assert "1 correction applied" in capsys.readouterr().err


def test_the_stories_of_a_folder_share_a_file(story: Path) -> None:
    story.with_name("cast.toml").write_text(
        '[people]\n"Anna" = { pronouns = "they" }\n"Zoe" = {}\n' + TOLD + 'story = "other.txt"\n', encoding="utf-8"
    )
    story.with_name("gate.cast.toml").write_text('[people]\n"Anna" = { pronouns = "she" }\n', encoding="utf-8")

    reading = read(story)

    assert reading.find("Anna").pronouns == "she"
    assert not any("late" in row["correction"] for row in reading.corrections.applied)
    assert [row["correction"] for row in reading.corrections.unmatched] == ["“Zoe” is one of the cast"]


@pytest.mark.parametrize(
    "text, told",
    [
        ("narrator = ", "line 1"),
        ('[people]\n\n\n"Anna" = 3\n', "line 4"),
        ("dramaturg = 2\n", "version 2"),
        ("[people]\nsame = [['a', 'b']]\n", "line 2"),
        ("[[quotation]]\nspeaker = 'Anna'\n", "lacks `text`"),
        ("[[quotation]]\ntext = 'a'\n\n[[quotation]]\ntext = 'b'\nspeeker = 'Anna'\n", "line 4: `speeker`"),
        ("[[quotation]]\ntext = 'a'\nat = -1\n", "at of this"),
        ("[[mention]]\ntext = 'a'\n", "lacks `who`"),
        ("quotation = 3\n", "[[quotation]]"),
        ("[quotation]\ntext = 'a'\n", "two brackets"),
        ("complete = ['everything']\n", "cast and quotations"),
        ("same = [['a']]\n", "two names"),
        ("people = [1]\n", "[people]"),
        ("[people]\n'Anna' = { kind = 'cat' }\n", "person or group"),
        ("not_people = [1]\n", "quotation marks"),
        ("narrator = true\n", "quotation marks"),
        ("a" * 2000, "line 1"),
        ("x = " + "[" * 20_000, "cast.toml"),
    ],
)
def test_a_malformed_file_is_one_clear_line(
    text: str, told: str, story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story.with_name("gate.cast.toml").write_text(text, encoding="utf-8")

    assert cli.main(["who", str(story), "Anna"]) == 3
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and told in error and "gate.cast.toml" in error


def test_what_is_no_utf_8_is_told_with_its_line(story: Path) -> None:
    story.with_name("gate.cast.toml").write_bytes(b"# a\n# \xff\n")

    with pytest.raises(BadCorrections, match="line 2 is not UTF-8"):
        read(story)


def test_a_shared_file_must_name_stories(story: Path) -> None:
    story.with_name("cast.toml").write_text(TOLD, encoding="utf-8")

    with pytest.raises(BadCorrections, match="lacks `story`"):
        load_story_corrections(story)
    with pytest.raises(UsageError):
        load_corrections(story.with_name("none.toml"))


# A first file


@settings(max_examples=60, deadline=None)
@given(STORIES)
def test_a_first_file_changes_nothing(text: str) -> None:
    reading = read_story(story_of(text))

    found = [
        replace(read_story(story_of(text), corrections=parse_corrections(one)), corrections=reading.corrections)
        for one in (first_file(reading), first_file(reading, with_pronouns=False))
    ]

    assert reading in found  # where pronouns hang on one place alone, they are left out


def test_cast_writes_a_first_file_once(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = story.with_name("gate.cast.toml")

    assert cli.main(["cast", str(story)]) == 0
    assert {one.name for one in load_corrections(target).people} == {"Anna", "Peter"}
    target.write_text("# mine\n", encoding="utf-8")
    assert cli.main(["cast", str(story)]) == 2
    assert "--force" in capsys.readouterr().err and target.read_text() == "# mine\n"
    assert cli.main(["cast", str(story), "--force"]) == 0
    assert cli.main(["cast", str(story), "-o", "-"]) == 0
    assert capsys.readouterr().out == target.read_text(encoding="utf-8")


# Answers


def test_answers_stand_beside_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.cast.toml"
    path.write_text('# mine\nsame = [["a", "b"]]\n\n[people]\n"c" = {}  # old\n', encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    answers = CorrectionsFile(path)

    said = QuotationCorrection(make_anchor(STORY, 3, 9), speaker="Peter")
    for one in (
        said,
        MergeCorrection(("x", "y")),
        NarratorCorrection("Nick"),
        PersonCorrection("d"),
        NarratorCorrection("Daisy"),
        PersonCorrection("c"),
    ):
        answers.add([one])

    found = answers.corrections()
    assert found.quotations == (said,)
    assert {one.names for one in found.same} == {("x", "y"), ("a", "b")}
    assert found.narrator == NarratorCorrection("Daisy")
    assert [one.name for one in found.people] == ["c", "d"]
    assert path.read_text(encoding="utf-8").count("# mine") == path.read_text(encoding="utf-8").count("# old") == 1
    for _ in range(6):
        answers.undo()
    assert path.read_text(encoding="utf-8") == before


def test_the_last_undo_leaves_no_file(tmp_path: Path) -> None:
    answers = CorrectionsFile(tmp_path / "a.cast.toml")
    answers.add([NarratorCorrection(None)])
    answers.undo()

    assert not answers.path.exists()


@pytest.mark.parametrize("text", ["", "dramaturg = 1", "# a\n", "[people]\n", "same = [\n  ['a', 'b'],\n]\n"])
def test_an_answer_may_be_added_to_any_file(text: str) -> None:
    for one in (
        NarratorCorrection("A"),
        MergeCorrection(("x", "y")),
        PersonCorrection("A"),
        QuotationCorrection(make_anchor("b", 0, 1), speaker="A"),
    ):
        parse_corrections(add_correction(text, one))


# Questions


def ask(story: Path, keys: str, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(keys)))
    return cli.main(["uncertain", str(story), "--no-color", *options])


def test_answers_are_written_and_hold(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(story, "?1sq", monkeypatch) == 0

    told = capsys.readouterr()
    assert "1 of 4" in told.out and "undo the last answer" in told.out and "1 answer in" in told.err
    (said,) = load_corrections(story.with_name("gate.cast.toml")).quotations
    reading = read(story)
    assert len(reading.corrections.applied) == 1 and not reading.corrections.unmatched
    assert said.speaker in speakers(reading)
    assert ask(story, "q", monkeypatch) == 0
    assert "1 of 4" not in capsys.readouterr().out  # what is answered is not asked again


def test_undo_and_no_speech(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(story, "1unq", monkeypatch, "-n", "2") == 0

    (said,) = load_corrections(story.with_name("gate.cast.toml")).quotations
    assert said.speech is False and said.speaker is None


def test_an_answer_changes_what_is_asked_next(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(story, "1", monkeypatch) == 0

    told = capsys.readouterr().out
    assert "1 of 4" in told and "2 of" not in told  # after the answer the others are not worth asking about
    assert "have a new speaker" in told and "No other question is worth your time" in told
    assert ask(story, "u1u", monkeypatch, "--all") == 0
    told = capsys.readouterr().out
    assert "no answer to undo" in told and told.count("1 of 3") == 2 and "undone" in told


def test_the_answers_to_a_saved_reading_wait_for_the_story_to_be_read(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "gate.json"
    read(story).save(saved)

    assert ask(saved, "1q", monkeypatch) == 0
    told = capsys.readouterr()
    assert "2 of 4" in told.out and "new speaker" not in told.out
    assert "Read the story again to apply them" in told.err


def test_a_typed_name_may_be_new(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("t\nZoe\ny\nt\npeter\nt\nNobody\nn\nx\n"))

    assert cli.main(["uncertain", str(story), "--all"]) == 0
    found = load_corrections(story.with_name("gate.cast.toml"))
    assert [one.speaker for one in found.quotations] == ["Zoe", "Peter", False]
    assert [one.name for one in found.people] == ["Zoe"]


def test_questions_need_a_file(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["uncertain", "-"]) == 2
    assert cli.main(["uncertain", str(story), "-o", "-"]) == 2
    assert cli.main(["diff", "-", "-"]) == 2
    assert cli.main(["diff", str(story), str(story)]) == 0
    assert capsys.readouterr().out == "Nothing changed.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_one_key_answers_at_a_terminal(story: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dramaturg", "uncertain", str(story), "--all"]
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "80"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        try:
            os.close(theirs)
            seen = _until(ours, lambda text: text.endswith("? "))
            os.write(ours, b"1")
            seen += _until(ours, lambda text: text.endswith("? "))
            os.write(ours, b"\x1b[Aq")  # an arrow is no answer
            seen += _until(ours, lambda text: "1 answer in" in text)
            assert process.wait(60) == 0
        finally:
            process.kill()
            os.close(ours)

    assert "\x1b[1m" not in seen and "2 of " in seen
    assert len(load_corrections(story.with_name("gate.cast.toml")).quotations) == 1


def _until(stream: int, done: Callable[[str], bool], seconds: float = 60) -> str:
    text, end = "", time.monotonic() + seconds
    while not done(text):
        assert time.monotonic() < end, text
        if select.select([stream], [], [], 1)[0]:
            try:
                text += os.read(stream, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                return text
    return text
