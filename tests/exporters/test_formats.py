"""What holds for every format, and for the one place that writes them."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest
from handmade import ferry

from dramaturg import Reading, export, exporters
from dramaturg.cli import main
from dramaturg.errors import DramaturgError, MissingExtra, UsageError
from dramaturg.exporters import (
    ENTRY_POINT_GROUP,
    FORMATS,
    Format,
    find_format,
    formats,
    options_of,
    parse_options,
    render,
)
from dramaturg.exporters.common.encoding import encode
from dramaturg.exporters.common.word_table import words_of

each_format = pytest.mark.parametrize("format", list(map(find_format, FORMATS)), ids=lambda format: format.name)


def made(reading: Reading, name: str, **options: object) -> str | bytes | dict[str, str | bytes]:
    try:
        return render(reading, name, **options)
    except MissingExtra as missing:
        pytest.skip(str(missing))


@each_format
def test_the_same_reading_gives_the_same_bytes(format: Format) -> None:
    assert made(ferry(), format.name) == made(ferry(), format.name)


@each_format
def test_what_is_written_is_what_is_made(format: Format, tmp_path: Path) -> None:
    contents = made(ferry(), format.name)

    out = export(ferry(), format.name, tmp_path / "out")

    if isinstance(contents, dict):
        assert {name: (out / name).read_bytes() for name in contents} == {
            name: encode(content) for name, content in contents.items()
        }
    else:
        assert out.read_bytes() == encode(contents)


@each_format
def test_every_option_is_told_of(format: Format, capsys: pytest.CaptureFixture[str]) -> None:
    if not options_of(format):
        return
    assert main(["export", "--list", "--to", format.name]) == 0
    told = [line.partition("  ") for line in capsys.readouterr().out.splitlines()]

    assert [name.partition("=")[0] for name, _, _ in told] == list(options_of(format))
    assert all(about for _, _, about in told)


def test_the_list_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--list"]) == 0

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(formats())


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="“nothing”. The formats are: tei, booknlp"):
        find_format("nothing")
    with pytest.raises(UsageError, match="Did you mean script?"):
        find_format("scrpt")


def test_an_unknown_option_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no option “colour”. It has network, window"):
        export(ferry(), "gexf", "-", colour="red")


@pytest.mark.parametrize(
    ("words", "value"),
    [("singletons=no", {"singletons": False}), ("parts", {"parts": True}), ("id=a b", {"id": "a b"})],
)
def test_options_take_the_type_of_their_default(words: str, value: dict[str, object]) -> None:
    assert parse_options(find_format("conll"), [words]) == value


@pytest.mark.parametrize(("name", "words"), [("conll", "parts=maybe"), ("gexf", "window=x"), ("conll", "id")])
def test_a_value_of_another_type_is_refused(name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_options(find_format(name), [words])


def test_a_folder_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reading: Reading) -> Iterator[tuple[str, str]]:
        yield "one.txt", "1"
        raise OSError("full")

    bring(monkeypatch, SimpleNamespace(ABOUT="fails", to_files=fail))

    with pytest.raises(OSError, match="full"):
        export(ferry(), "brought", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_files_in_a_folder_are_replaced_and_others_left(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "text.txt").write_text("old")

    export(ferry(), "csv", tmp_path)

    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == ferry().story.text


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", ""])
def test_nothing_is_written_outside_of_the_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, SimpleNamespace(ABOUT="leaves", to_files=lambda reading: [(name, "x")]))

    with pytest.raises(ValueError, match="outside"):
        export(ferry(), "brought", tmp_path / "out")


def test_another_package_brings_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def to_text(reading: Reading, *, loud: bool = False) -> str:
        names = " ".join(character.name for character in reading.characters)
        return names.upper() if loud else names

    bring(monkeypatch, SimpleNamespace(ABOUT="names", SUFFIX=".names", to_text=to_text))

    assert formats()["brought"].about == "names"
    assert export(ferry(), "brought", tmp_path / "x", loud=True).read_text() == "ANN BO"


def test_a_broken_package_breaks_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, None)

    assert "cannot be loaded" in formats()["brought"].about
    with pytest.raises(DramaturgError, match="cannot be loaded"):
        render(ferry(), "brought")


def bring(monkeypatch: pytest.MonkeyPatch, module: object) -> None:
    """As if a package were installed whose entry point `brought` leads to this."""

    class Point(EntryPoint):
        def load(self) -> object:
            if module is None:
                raise ImportError("nothing there")
            return module

    point = Point("brought", "somewhere:module", ENTRY_POINT_GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    uncached = exporters._formats_of_other_packages.__wrapped__
    monkeypatch.setattr(exporters, "_formats_of_other_packages", uncached)


def test_the_command_writes_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "ferry.json"
    ferry().save(saved)

    assert main(["export", str(saved), "--to", "conll", "-o", str(tmp_path / "out.conll")]) == 0

    assert capsys.readouterr().err == f"dramaturg: wrote {tmp_path / 'out.conll'}\n"
    assert (tmp_path / "out.conll").read_text(encoding="utf-8") == render(ferry(), "conll")


def test_without_a_name_the_file_is_named_after_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ferry().save(tmp_path / "ferry.json")
    monkeypatch.chdir(tmp_path)

    assert main(["export", "ferry.json", "--to", "tei", "--quiet"]) == 0
    assert main(["export", "ferry.json", "--to", "brat", "--quiet"]) == 0

    assert sorted(path.name for path in tmp_path.iterdir()) == ["ferry-brat", "ferry.json", "ferry.tei.xml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["export"],
        ["export", "x.json"],
        ["export", "x.json", "--to", "nothing"],
        ["export", "x.json", "--to", "brat", "-o", "-"],
        ["export", "x.json", "--to", "brat", "-o", "x.json"],
        ["export", "x.json", "--to", "tei", "-o", "x.json"],
        ["export", "x.json", "--to", "tei", "--option", "no=no"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_said_in_one_line(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ferry().save("x.json")

    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_missing_extra_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dramaturg.exporters.common.extras.find_spec", lambda name: None)

    with pytest.raises(MissingExtra, match=r"pip install 'dramaturg\[parquet\]'"):
        export(ferry(), "parquet", "-")


def test_words_cover_the_text_and_keep_their_order() -> None:
    words = words_of(ferry())
    text = ferry().story.text

    without_marks = "".join(text.split()).replace("*Neveragain*", "Neveragain")  # those of italics are no words
    assert "".join(text[w.start : w.end] for w in words.words) == without_marks
    assert [w.sentence for w in words.words] == sorted(w.sentence for w in words.words)
