"""Which stories a person means by a folder, a pattern, a ZIP, a file."""

import os
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramaturg.archive import Library
from dramaturg.archive.listing import Item, Shard, batches, list_items, parse_shard, shown
from dramaturg.errors import UsageError


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"“I am {name},” said Ann.\n", encoding="utf-8")
    return folder


def names(*wanted: object, **options: object) -> list[str]:
    return [item.name for item in list_items([str(w) for w in wanted], **options)]  # type: ignore[arg-type]


def test_a_folder_is_all_the_files_in_it_but_hidden_ones_and_corrections(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a/c.txt", ".hidden", ".git/x.txt", "b.cast.toml", "cast.toml", "broadcast.toml")

    assert names(tmp_path) == ["c.txt", "b.txt", "broadcast.toml"]


def test_each_story_is_one_item_however_often_it_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")

    assert names(tmp_path, tmp_path / "a.txt", f"{tmp_path}/*.txt", f"{tmp_path}/../{tmp_path.name}") == [
        "a.txt",
        "b.txt",
    ]


def test_a_pattern_finds_files_at_any_depth(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "x/y/b.txt", "x/c.md")

    assert names(f"{tmp_path}/**/*.txt") == ["a.txt", "b.txt"]


def test_a_name_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    for name in ("nothing.txt", "*.nothing"):
        with pytest.raises(UsageError, match="no such file"):
            list_items([str(tmp_path / name)])


def test_a_file_may_have_the_name_of_a_pattern(tmp_path: Path) -> None:
    make(tmp_path, "a[1].txt", "a1.txt")

    assert names(tmp_path / "a[1].txt") == ["a[1].txt"]


def test_the_stories_in_a_zip_are_items(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "fics.zip", "w") as archive:
        for name in ("a.txt", "deep/b.txt", ".hidden", "__MACOSX/a.txt", "empty/"):
            archive.writestr(name, "“Yes,” said Ann.")

    found = list(list_items([str(tmp_path)]))

    assert [item.member for item in found] == ["a.txt", "deep/b.txt"]
    assert [item.place for item in found] == [f"{tmp_path}/fics.zip!/a.txt", f"{tmp_path}/fics.zip!/deep/b.txt"]


@pytest.mark.parametrize("inside", ["META-INF/container.xml", "[Content_Types].xml", "content.opf"])
def test_a_zip_that_is_one_book_is_one_item(tmp_path: Path, inside: str) -> None:
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.writestr(inside, "")

    assert names(tmp_path / "book.zip") == ["book.zip"]


def test_a_broken_zip_is_a_story_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")

    assert names(tmp_path) == ["broken.zip"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_never_ends_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    make(tmp_path, "a.txt")

    assert names(tmp_path) == ["a.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode here")
def test_a_name_that_is_no_utf8_can_be_told(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("“Yes,” said Ann.\n", encoding="utf-8")

    (item,) = list_items([str(tmp_path)])

    assert (item.path, item.place) == (path, f"{tmp_path}/caf\\xe9.txt")


def test_a_library_in_the_folder_is_not_its_own_story(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    with Library(tmp_path / "books.db", create=True) as library:
        assert names(tmp_path, exclude=library.path) == ["a.txt"]
    assert [item.kind for item in list_items([str(tmp_path)])] == ["story", "library"]


@given(st.integers(1, 9), st.lists(st.text(st.characters(codec="utf-8"), max_size=20)))
def test_each_story_is_in_one_share(count: int, found: list[str]) -> None:
    for name in found:
        assert sum(Shard(index, count).holds(name) for index in range(1, count + 1)) == 1


def test_shares_hang_on_the_name_below_what_was_given(tmp_path: Path) -> None:
    here, there = (
        make(tmp_path / "here", "a.txt", "b/c.txt", "d.txt"),
        make(tmp_path / "there", "a.txt", "b/c.txt", "d.txt"),
    )

    for index in (1, 2):
        assert names(here, shard=Shard(index, 2)) == names(there, shard=Shard(index, 2))
    assert sorted(names(here, shard=Shard(1, 2)) + names(here, shard=Shard(2, 2))) == ["a.txt", "c.txt", "d.txt"]


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="I/N"):
        parse_shard(text)


def test_a_place_holds_no_nul() -> None:
    assert shown("a\0b") == "a\\x00b"
    assert Item("x", "/a/b.txt", "c/d.txt", 1).name == "d.txt"


def test_batches_keep_to_both_limits():
    items = [Item(str(n), str(n), None, size) for n, size in enumerate([1, 1, 1, 1, 9, 30, 2, 2])]

    sizes = [[item.size for item in batch] for batch in batches(items, 3, 10)]

    assert sizes == [[1, 1, 1], [1, 9], [30], [2, 2]]
    assert list(batches([], 3, 10)) == []
