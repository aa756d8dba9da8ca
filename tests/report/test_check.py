"""What `dramaturg check` shows of a file."""

import pytest

from dramaturg import cli
from dramaturg.console import TerminalStyle
from dramaturg.report.check import show_check
from dramaturg.sources import load_bytes
from dramaturg.story import LeftOut

NOVEL = b"THE LAMP\n\nby Jane Roe\n\nChapter 1\n\nShe ran.\n\n***\n\nHe ran.\n\nA/N: please review!\n"


def test_blocks_are_listed_with_roles_and_first_words() -> None:
    page = show_check(load_bytes(NOVEL, "lamp.txt"), TerminalStyle())

    assert "lamp.txt: plain text\n“THE LAMP”, by Jane Roe; unknown language\n1 chapter, " in page
    assert "\ntitle          THE LAMP\n" in page
    assert "\nparagraph      She ran. (+ 1 more, 1 break)\n" in page
    assert "\nauthor's note  A/N: please review!\n" in page


def test_every_block_can_be_listed() -> None:
    page = show_check(load_bytes(NOVEL, "lamp.txt"), TerminalStyle(), every=True)

    assert "\nparagraph      She ran.\nscene break    ***\nparagraph      He ran.\n" in page


def test_left_out_parts_are_listed_with_reasons() -> None:
    story = load_bytes(b"<html><nav>Home</nav><p>She ran.</p></html>", "lamp.html")

    assert story.left_out == (LeftOut("Home", "navigation"),)
    assert "\nLeft out\nHome: navigation\n" in show_check(story, TerminalStyle())


def test_no_control_characters_reach_the_terminal() -> None:
    story = load_bytes("<title>\x1b[31mred\x07</title><html><p>\x1b[31mShe ran.\u202e</p>".encode(), "a.html")

    assert "\x1b" not in show_check(story, TerminalStyle()) and "\x07" not in show_check(story, TerminalStyle())


def test_the_command(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lamp.txt"
    path.write_bytes(NOVEL)

    assert cli.main(["check", str(path), "--all"]) == 0
    assert "scene break    ***" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["check"], ["read"], ["who"], ["lines"]])
def test_limits_are_raised_by_name(command, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "deep.html"
    path.write_text("<html>" + "<div>" * 1500 + "<p>“No,” said Ruth. Ruth ran.", encoding="utf-8")
    command = [*command, str(path), *(["Ruth"] if command[0] in ("who", "lines") else [])]

    assert cli.main(command) == 4
    assert capsys.readouterr().err.strip().endswith("the limit is depth=1000. If you trust the file, raise it: "
                                                    "--limit depth=2000.")  # fmt: skip
    assert cli.main([*command, "--limit", "depth=2000"]) == 0
    assert cli.main([*command, "--limit", "depht=2000"]) == 2


def test_the_report_fits_a_narrow_terminal() -> None:
    story = load_bytes(b"Chapter 1\n\n" + b"He walked along the long road to the sea.\n\n" * 9, "a.txt")
    page = show_check(story, TerminalStyle(width=30))

    assert max(map(len, page.splitlines())) <= 30 and "\nparagraph (+ 8 more)\n  He walked along the long…" in page
