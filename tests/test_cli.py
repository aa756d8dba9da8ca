"""The command line, as a person or a script meets it."""

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from handmade import ferry
from renew_docs import commands

from dramaturg import Reading, cli, pipeline
from dramaturg.commands import progress
from dramaturg.commands.reading_cache import ReadingCache
from dramaturg.errors import DamagedInstallation, RefusedStory, UnreadableStory

TOKENS = {"start": [0, 1], "end": [1, 3], "sentence": [0, 0]}
COMMAND = [sys.executable, "-m", "dramaturg"]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.json"
    ferry(warnings=["reads as wet"]).save(path)
    return path


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A story's file; reading it gives the ferry, whatever it holds."""
    path = tmp_path / "ferry.txt"
    path.write_text("“Is the ferry late?” asked Ann.\n", encoding="utf-8")
    found = ferry()
    monkeypatch.setattr(pipeline, "read", lambda path, tokens, **_: replace(found, tokens=TOKENS if tokens else None))
    return path


def run(*arguments: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    known = {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80", **environment}
    return subprocess.run([*COMMAND, *map(str, arguments)], input=stdin, capture_output=True, env=known, timeout=60)


def test_read_prints_a_page(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(story)]) == 0

    out, err = capsys.readouterr()
    assert "The Ferry by A. Hand" in out and "Ann: “Is the ferry late?”" in out
    assert "\x1b" not in out and err == ""


def test_read_writes_what_it_is_asked_to_and_then_prints_no_page(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written, page = tmp_path / "out.json", tmp_path / "out.html"

    assert cli.main(["read", str(story), "--json", str(written), "--html", str(page)]) == 0

    assert Reading.load(written) == ferry()
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    out, err = capsys.readouterr()
    assert out == "" and err == f"dramaturg: wrote {written}\ndramaturg: wrote {page}\n"


def test_quiet_says_nothing(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(saved), "--html", str(tmp_path / "out.html"), "--quiet"]) == 0

    assert capsys.readouterr() == ("", "")


def test_warnings_go_to_standard_error(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(saved)]) == 0

    assert capsys.readouterr().err == "dramaturg: warning: reads as wet\n"


def test_json_on_standard_output_is_the_document_alone(saved: Path) -> None:
    done = run("read", saved, "--json", "-")

    assert done.returncode == 0 and done.stdout == saved.read_bytes()


def test_a_saved_reading_may_come_through_a_pipe(saved: Path) -> None:
    done = run("who", "-", "bo", stdin=saved.read_bytes())

    assert done.returncode == 0 and done.stdout.decode().startswith("Bo")


def test_a_saved_reading_is_known_by_what_is_in_it(saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "novel.txt"
    other.write_text("\ufeff" + json.dumps(json.loads(saved.read_bytes()), indent=1, sort_keys=True), encoding="utf-8")

    assert run("who", other, "bo").returncode == 0


def test_a_damaged_saved_reading_is_not_taken_for_a_story(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-30])
    done = run("read", saved)

    assert done.returncode == 3 and b"dramaturg/1" in done.stderr and done.stderr.count(b"\n") == 1


def test_tokens(story: Path, saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.json"

    assert cli.main(["read", str(story), "--tokens", "--json", str(target)]) == 0
    assert json.loads(target.read_bytes())["tokens"] == TOKENS
    assert cli.main(["read", str(saved), "--tokens"]) == 2
    assert "holds no tokens" in capsys.readouterr().err


def test_who(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["who", str(saved), "old", "bo"]) == 0

    out = capsys.readouterr().out
    assert "Also called Old Bo." in out and "Pronouns: he." in out
    assert "Speaks to Ann (1)." in out and "chapter 1, line 7" in out


def test_lines(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lines", str(saved), "Ann"]) == 0

    assert capsys.readouterr().out == (
        "Ann: 3 lines\n"
        "  chapter 1, line 5, to Bo, 99%\n    “Is the ferry late?”\n"
        "  chapter 1, line 11, to Bo, 55%?\n    “Then we wait, Bo.”\n"
        "  chapter 2, line 19, to unknown, 97%\n    “Here!”\n"
    )


@pytest.mark.parametrize("command", ["who", "lines"])
def test_a_name_that_fits_nobody(command: str, saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, str(saved), "Anna"]) == 2

    assert "The nearest: Ann (ann)" in capsys.readouterr().err


def test_schema() -> None:
    done = run("schema")

    assert done.returncode == 0 and json.loads(done.stdout)["properties"]["schema"] == {"const": "dramaturg/1"}


def test_alone_it_lists_the_commands_with_examples() -> None:
    for columns in ("40", "80"):
        done = run(COLUMNS=columns)
        lines = done.stdout.decode().splitlines()

        assert done.returncode == 0 and max(map(len, lines)) <= int(columns)
        assert any("dramaturg read emma.txt" in line for line in lines)
        assert {line.split()[0] for line in lines if line.split()} >= set(commands(cli.parser()))


@pytest.mark.parametrize(
    ("arguments", "suggested"),
    [
        (["raed", "emma.txt"], "Did you mean read?"),
        (["library", "--db", "b.db", "serch"], "Did you mean search?"),
        (["emma.txt"], "To read a story: dramaturg read emma.txt"),
        (["xylophone"], "There are: read, who,"),
    ],
)
def test_a_wrong_word_suggests_the_nearest(
    arguments: list[str], suggested: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 2 and suggested in capsys.readouterr().err


@pytest.mark.parametrize("address", ["https://example.org/a.html", "www.example.org/a"])
def test_a_web_address_is_told_from_a_path(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", address]) == 2

    assert "web address" in capsys.readouterr().err


def test_several_stories(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "more" / "ferry.json"
    other.parent.mkdir()
    other.write_bytes(saved.read_bytes())
    folder = tmp_path / "pages"

    assert cli.main(["read", str(saved), str(tmp_path / "none.txt"), str(other), "--html", str(folder)]) == 3
    assert sorted(path.name for path in folder.iterdir()) == ["ferry-2.html", "ferry.html"]
    assert "none.txt: there is no such file" in capsys.readouterr().err
    assert cli.main(["read", str(saved), str(other)]) == 0
    assert capsys.readouterr().out.count("The Ferry by A. Hand") == 2
    assert cli.main(["read", str(saved), str(other), "--json", "-"]) == 2
    assert "Give the name of a folder" in capsys.readouterr().err


def test_a_reading_is_kept_for_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    story = tmp_path / "ferry.txt"
    story.write_text("“Is the ferry late?” asked Ann.\n", encoding="utf-8")
    monkeypatch.setenv("DRAMATURG_CACHE", str(tmp_path / "cache"))
    n_read = 0

    def count(path: str, **_: object) -> Reading:
        nonlocal n_read
        n_read += 1
        return replace(ferry(), tokens=TOKENS)

    monkeypatch.setattr(pipeline, "read", count)
    pages = []
    for arguments in (["read"], ["read"], ["read", "--no-cache"], ["who", "Ann"]):
        assert cli.main([arguments[0], str(story), *arguments[1:]]) == 0
        pages.append(capsys.readouterr())

    assert n_read == 2 and pages[0] == pages[1] == pages[2]
    (tmp_path / "ferry.cast.toml").write_text('narrator = "Ann"\n', encoding="utf-8")
    assert cli.main(["read", str(story)]) == 0 and n_read == 3
    for kept in (tmp_path / "cache").iterdir():
        kept.write_bytes(b"damaged")
    assert cli.main(["read", str(story)]) == 0 and n_read == 4


def test_the_cache_stays_small(tmp_path: Path) -> None:
    ferry().save(tmp_path / "ferry.json")
    cache = ReadingCache(tmp_path, max_bytes=1)
    cache.save("one", ferry())

    assert cache.load("one") is None and [path.name for path in tmp_path.iterdir()] == ["ferry.json"]


@pytest.mark.parametrize("arguments", [["sing"], ["read"], ["read", "a", "--jso", "b"], ["completion", "tcsh"]])
def test_a_wrong_command_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(UnreadableStory("bad"), 3), (RefusedStory("bad"), 4), (DamagedInstallation("bad"), 5)]
)
def test_each_error_has_its_exit_code(
    error: Exception, code: int, story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, error)

    assert cli.main(["read", str(story)]) == code
    assert capsys.readouterr() == ("", "dramaturg: bad\n")


def test_a_fault_of_ours_is_one_line(
    story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, KeyError("one\ntwo"))

    assert cli.main(["read", str(story)]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "report" in err and "KeyError" in err
    monkeypatch.setenv("DRAMATURG_DEBUG", "1")
    assert cli.main(["read", str(story)]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_quiet(story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _fail_with(monkeypatch, KeyboardInterrupt())

    assert cli.main(["read", str(story)]) == 130
    assert capsys.readouterr() == ("", "")


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(path: str, **_: object) -> Reading:
        raise error

    monkeypatch.setattr(pipeline, "read", fail)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("no/such/out.json", "there is no folder"),
        (".", "this is a folder"),
        ("ferry.txt", "overwrite"),
        ("./ferry.txt", "overwrite"),
        ("x" * 5000, "too long"),
    ],
)
def test_a_target_that_cannot_be_is_refused_before_the_work(
    target: str, told: str, story: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_with(monkeypatch, AssertionError("read"))
    monkeypatch.chdir(story.parent)

    assert cli.main(["read", "ferry.txt", "--json", target]) == 2
    assert told in capsys.readouterr().err


def test_two_outputs_cannot_go_to_one_place(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(story), "--json", "-", "--html", "-"]) == 2
    assert "both" in capsys.readouterr().err


def test_a_write_that_fails_leaves_the_old_file(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.html"
    target.write_text("old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert cli.main(["read", str(saved), "--html", str(target), "--quiet"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert target.read_text() == "old" and sorted(p.name for p in tmp_path.iterdir()) == ["ferry.json", "out.html"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["read"], ["read", "--json", "-"], ["read", "--json", "/dev/full"]])
def test_a_full_disk(arguments: list[str], saved: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "read", str(saved), *arguments[1:]], stdout=full, stderr=subprocess.PIPE, timeout=60
        )

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(b"dramaturg: ") and b"No space" in done.stderr
    assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
@pytest.mark.parametrize("arguments", [["lines"], ["read", "--json", "-"]])
def test_a_reader_that_goes_away(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "ferry.json"
    ferry().save(path)
    name = ["Ann"] if arguments[0] == "lines" else []
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    try:
        done = subprocess.run(
            [*COMMAND, arguments[0], str(path), *name, *arguments[1:]],
            stdout=writing_end,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(writing_end)

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_a_console_that_lacks_letters(encoding: str, saved: Path) -> None:
    done = run("read", saved, PYTHONIOENCODING=encoding)

    assert done.returncode == 0 and b"Is the ferry late?" in done.stdout
    if encoding == "ascii":
        assert b'Ann: "Is the ferry late?"' in done.stdout and b"###" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="closes the streams with a shell")
@pytest.mark.parametrize(("closed", "code"), [("<&-", 0), (">&-", 0), ("2>&-", 0)])
def test_closed_streams(closed: str, code: int, saved: Path) -> None:
    line = f"exec {sys.executable} -m dramaturg who {saved} Ann {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60)

    assert done.returncode == code and b"a bug in" not in done.stderr


def test_a_long_name_makes_no_long_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", "x" * 5000]) == 3
    assert len(capsys.readouterr().err) < 1100


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "options", "coloured"),
    [
        ({"TERM": "xterm"}, [], True),
        ({"TERM": "xterm", "NO_COLOR": ""}, [], True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({"TERM": "xterm"}, ["--no-color"], False),
    ],
)
def test_colours_are_for_terminals(
    environment: dict[str, str], options: list[str], coloured: bool, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", out := Terminal())

    assert cli.main(["read", str(saved), "--quiet", *options]) == 0
    assert ("\x1b[" in out.getvalue()) is coloured


def test_progress_is_for_terminals(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", err := Terminal())

    assert cli.main(["read", str(story)]) == 0
    assert "reading ferry.txt" in err.getvalue() and err.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("columns", "shown"), [(30, "12% · 250 words/s · 14 s left"), (80, "reading a-long-file-name.txt: 12% · 250")]
)
def test_progress_keeps_its_figures_on_a_narrow_terminal(
    columns: int, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", err := Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    clock = iter([0.0, 0.0, 0.0, 2.0, 2.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))

    reading = progress.ReadingProgress(progress.ProgressLine(), "a-long-file-name.txt")
    reading(0, 4000)
    reading(500, 4000)

    assert shown in err.getvalue()


def test_messages_and_lists_are_wrapped_between_words_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", err := Terminal())
    monkeypatch.setattr(sys, "stdout", out := Terminal())
    monkeypatch.setenv("COLUMNS", "32")

    assert cli.main(["read", "no-such-story.txt"]) == 3
    assert cli.main(["export", "--list"]) == 0

    message = err.getvalue().rpartition("\x1b[K")[2]
    assert message == "dramaturg: no-such-story.txt:\nthere is no such file. Check the\nname.\n"
    assert max(map(len, out.getvalue().splitlines())) <= 32 and "fountain\n  Fountain, the" in out.getvalue()


def test_version() -> None:
    done = run("--version")

    assert done.returncode == 0 and done.stdout.startswith(b"dramaturg ")


BASH = """
source /dev/stdin <<< "$1"
COMP_WORDS=(dramaturg "${@:2}") COMP_CWORD=$(($# - 1)) COMPREPLY=()
_dramaturg
echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["re"], "read"),
        ([""], " ".join(commands(cli.parser()))),
        (["--v"], "--version"),
        (["read", "--j"], "--json"),
        (["read", ""], ""),  # files, by bash itself
        (["read", "a.txt", "--q"], "--quiet"),
        (["who", "a.txt", "--t"], ""),
        (["completion", "z"], "zsh"),
    ],
)
def test_completion_in_bash(words: list[str], offered: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    done = subprocess.run(["bash", "-c", BASH, "bash", script, *words], capture_output=True, text=True, timeout=60)

    assert (done.stdout.strip(), done.stderr) == (offered, "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize(
    ("typed", "offered"), [("re", ["read"]), ("read --j", ["--json"]), ("completion z", ["zsh"]), ("who x --t", [])]
)
def test_completion_in_fish(typed: str, offered: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "fish"]) == 0
    script = capsys.readouterr().out
    asked = f"source (echo $argv[1] | psub); complete -C 'dramaturg {typed}'"
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", asked, script], capture_output=True, text=True, timeout=60, env=home, cwd=tmp_path
    )

    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == offered


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_completion_in_zsh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "zsh"]) == 0
    script = tmp_path / "_dramaturg"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    loaded = f"autoload -Uz compinit && compinit -D && source {script} && print $_comps[dramaturg]"
    done = subprocess.run(["zsh", "-f", "-c", loaded], capture_output=True, text=True, timeout=60, cwd=tmp_path)

    assert (done.stdout.strip(), done.stderr) == ("_dramaturg", "")
