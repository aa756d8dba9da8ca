"""The commands: what they print, and what they say where something is missing. No time is asserted."""

import pytest

pytest.importorskip("scipy")

from small_corpus import TEXT, reading

from benchmarks import quotes, speed

ALL_RIGHT = [(id, "tag", 1.0) for id in ("tom", "ruth", "tom", "ruth", "porter")]


def cells(printed, name):
    line = next(line for line in printed.splitlines() if line.startswith(name))
    return line.removeprefix(name).split()


def test_kept_readings_are_scored(corpus, tmp_path, capsys):
    reading(*ALL_RIGHT).save(tmp_path / "Small.json")

    quotes.main(["--corpora", str(corpus), "--kept", str(tmp_path)])

    printed = capsys.readouterr().out
    assert printed.split()[:13] == ["novel", "n", "words/s", *quotes.FIGURES[:10]]
    assert cells(printed, "Small")[:3] == ["5", "-", "1.000"]
    assert cells(printed, "dramaturg: mean of 1")[0] == "5"
    assert 0 < float(cells(printed, "last other speaker")[-3]) <= 1
    assert cells(printed, "BookNLP: mean of 4, recorded")[2] == "0.539"
    assert f"readings kept in {tmp_path}" in printed


def test_novels_are_read_and_kept(corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(quotes, "read", lambda path, corrections: reading(*ALL_RIGHT))

    quotes.main(["--corpora", str(corpus), "--novels", "Small", "--keep", str(tmp_path / "kept")])

    assert (tmp_path / "kept" / "Small.json").is_file()
    printed = capsys.readouterr().out
    assert cells(printed, "Small")[1] != "-"
    assert "recorded" not in printed.split("\n\n")[0]


def test_booknlp_is_scored_from_its_files(corpus, tmp_path, capsys):
    reading(*ALL_RIGHT).save(tmp_path / "Small.json")
    rows = ["header", *(f"0\t0\t0\t0\the\t{who}\t{said}" for who, said in ((1, "Is that Ruth Vale ?"), (2, "No ,")))]
    (tmp_path / "Small.quotes").write_text("\n".join(rows), encoding="utf-8")

    quotes.main(["--corpora", str(corpus), "--kept", str(tmp_path), "--booknlp", str(tmp_path)])

    assert cells(capsys.readouterr().out, "BookNLP: Small")[2] == "0.400"


def test_a_reading_of_another_text_is_refused(corpus, tmp_path):
    reading(*ALL_RIGHT).save(tmp_path / "Small.json")
    (corpus / "data" / "Small" / "novel_text.txt").write_text(TEXT + "Another line.", encoding="utf-8")

    with pytest.raises(ValueError, match="Small"):
        quotes.main(["--corpora", str(corpus), "--kept", str(tmp_path)])


@pytest.mark.parametrize("given", [["--corpora", "nowhere"], ["--novels", "Nothing"], ["--kept", "nowhere"]])
def test_what_is_missing_is_said_in_one_line(corpus, given):
    with pytest.raises(SystemExit) as left:
        quotes.main(["--corpora", str(corpus), *given])

    message = str(left.value)
    assert given[-1] in message
    assert "\n" not in message


def test_synthetic_stories_are_what_they_are_called():
    assert 10**6 <= sum(map(len, speed.one_line(10**6))) < 1.1 * 10**6
    assert "\n" not in "".join(speed.one_line(1000))
    assert all(
        line[0] == "“" and line[-1] == "”" for line in "".join(speed.quotation_lines(1000)).split("\n\n") if line
    )
    people = [sentence.removesuffix(" came in. ") for sentence in speed.names(3000) if sentence.strip()]
    assert len(set(people)) == len(people) == 3000
    assert "".join(speed.same('"', 5)).count('"""""') == 1


def test_synthetic_stories_are_the_same_each_time(tmp_path):
    (tmp_path / "again").mkdir()
    first = speed.write_synthetic("quotations", tmp_path).read_bytes()

    assert first == speed.write_synthetic("quotations", tmp_path / "again").read_bytes()


def test_a_story_that_cannot_be_read_is_a_line_of_the_table(tmp_path):
    story = tmp_path / "empty.txt"
    story.touch()

    run = speed.time_reading(story, limit=60)

    assert run.fault and run.fault.startswith("exit ")
    assert speed.line(run).startswith("empty.txt")


def test_an_unknown_synthetic_story_is_refused(capsys):
    with pytest.raises(SystemExit):
        speed.main(["--synthetic", "kitchen"])

    assert "line-1mb" in capsys.readouterr().err
