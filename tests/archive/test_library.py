"""A library: what goes in is there, once, whole, whatever happens meanwhile."""

import csv
import gzip
import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from handmade import TALK

import dramaturg
from dramaturg.archive import Library, Options, Summary, add
from dramaturg.archive.export import export_documents, export_lines, export_table, file_name
from dramaturg.archive.ingest import Reread
from dramaturg.archive.library import VIEWS
from dramaturg.archive.listing import Shard
from dramaturg.archive.pool import Pool
from dramaturg.archive.queries import MATCH_START, search, stats
from dramaturg.archive.verify import verify
from dramaturg.cli import main
from dramaturg.commands.library_run import progress_line
from dramaturg.errors import UsageError

BROKEN = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 20,
    "cut.epub": b"PK\x03\x04\x14\x00\x00\x00\x08\x00 and no more",
    "blank.html": b"<html><body></body></html>",
}
FIC = """<html><head><title>Tea</title></head><body><div id="preface"><dl class="tags">
<dt>Fandom:</dt><dd><a href="x">Bleak Harbour</a></dd><dt>Rating:</dt><dd>General</dd></dl></div><div id="chapters">
<p>“Will you have tea, Bo?” asked Ann.</p><p>“I will, Ann,” said Bo.</p><p>Posted originally on the
<a href="http://archiveofourown.org/">Archive of Our Own</a>.</p></div></body></html>"""


@pytest.fixture(scope="module")
def pool() -> Any:
    with Pool(Options(), 1) as pool:
        yield pool


def make(folder: Path, n_stories: int = 3) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(n_stories):
        text = f"“I have {number} letters,” said Ann to Bo.\n\n“Then read them, Ann,” Bo said.\n"
        (folder / f"story-{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


def counts(path: Path) -> tuple[int, int]:
    with Library(path, read_only=True) as library:
        told = stats(library)
    return told["stories"], told["failed"]


def test_what_is_added_is_there_and_is_read_once(tmp_path: Path, pool: Pool) -> None:
    folder = make(tmp_path / "stories")
    for name, data in BROKEN.items():
        (folder / name).write_bytes(data)

    with Library(tmp_path / "books.db", create=True) as library:
        first = add(library, [str(folder)], pool=pool)
        second = add(library, [str(folder)], pool=pool)
        documents = {Path(place).name: document for place, document in library.documents()}
        failures = dict(library.database.execute("SELECT place, exit_code FROM failures"))

    assert (first.read, first.failed, first.skipped) == (3, 4, 0)
    assert (second.read, second.failed, second.skipped) == (0, 0, 7)
    assert counts(tmp_path / "books.db") == (3, 4)
    for name, document in documents.items():
        assert document.decode() == dramaturg.read(folder / name).to_json()
    assert {Path(place).name: code for place, code in failures.items()} == dict.fromkeys(BROKEN, 3)


def test_a_story_that_changed_takes_the_place_of_the_old(tmp_path: Path, pool: Pool) -> None:
    folder = make(tmp_path / "stories", 2)
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(folder)], pool=pool)
        (folder / "story-000.txt").write_text("“Zebras,” said Zoe.\n", encoding="utf-8")
        os.utime(folder / "story-001.txt", (1, 1))  # touched, not changed

        summary = add(library, [str(folder)], pool=pool)

        assert (summary.read, summary.skipped) == (1, 1)
        assert len(search(library, "zebras")) == 1 and not search(library, '"0 letters"')
        assert list(verify(library, files=True)) == []

        (folder / "story-000.txt").write_bytes(b"")
        add(library, [str(folder)], pool=pool)
        assert (stats(library)["stories"], stats(library)["failed"]) == (1, 1)

        (folder / "story-000.txt").write_text("“Zebras,” said Zoe.\n", encoding="utf-8")
        add(library, [str(folder)], pool=pool)
        assert (stats(library)["stories"], stats(library)["failed"]) == (2, 0)


def test_failures_are_tried_again_when_told(tmp_path: Path, pool: Pool) -> None:
    folder = make(tmp_path / "stories", 1)
    (folder / "empty.txt").write_bytes(b"")
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(folder)], pool=pool)

        summary = add(library, [str(folder)], pool=pool, reread=Reread(failed=True))

        assert (summary.read, summary.failed, summary.skipped) == (0, 1, 1)
        library.database.execute("UPDATE stories SET weights = 'older'")
        assert add(library, [str(folder)], pool=pool, reread=Reread(outdated=True)).read == 1


def test_a_zip_of_stories(tmp_path: Path, pool: Pool) -> None:
    with zipfile.ZipFile(tmp_path / "fics.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TALK)
        archive.writestr("b/a.txt", TALK)
        archive.writestr("empty.txt", "")
        archive.writestr("bomb.txt", "a" * (4 << 20))
    with Library(tmp_path / "books.db", create=True) as library:
        summary = add(library, [str(tmp_path / "fics.zip")], pool=pool)
        again = add(library, [str(tmp_path / "fics.zip")], pool=pool)
        failures = dict(library.database.execute("SELECT place, exit_code FROM failures"))
        assert list(verify(library, files=True)) == []

    assert (summary.read, summary.failed, again.read) == (2, 2, 0)
    assert {place.rpartition("!/")[2]: code for place, code in failures.items()} == {"bomb.txt": 4, "empty.txt": 3}


def test_hostile_text_is_kept_to_the_letter(tmp_path: Path, pool: Pool) -> None:
    folder = tmp_path / "stories"
    folder.mkdir()
    (folder / "nul.txt").write_bytes("“Yes\0no,” said Ann. \U0001f600\n".encode())
    (folder / "half.html").write_bytes(
        b"<html><body><p>&#xd800; \xe2\x80\x9cYes,\xe2\x80\x9d said Ann.</p></body></html>"
    )
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(folder)], pool=pool)
        assert list(verify(library)) == []
        for place, document in library.documents():
            assert document.decode() == dramaturg.read(place).to_json()
        places = library.database.execute("SELECT p.start, p.end, length(p.text) FROM passages p").fetchall()
    assert places and all(end - start == length for start, end, length in places)


def test_shares_make_the_whole_and_are_merged(tmp_path: Path, pool: Pool) -> None:
    folder = make(tmp_path / "stories", 8)
    (folder / "empty.txt").write_bytes(b"")
    with Library(tmp_path / "whole.db", create=True) as whole:
        add(whole, [str(folder)], pool=pool)
        expected = list(whole.documents())
    for index in (1, 2):
        with Library(tmp_path / f"part-{index}.db", create=True) as part:
            add(part, [str(folder)], pool=pool, shard=Shard(index, 2))

    with Library(tmp_path / "merged.db", create=True) as merged:
        summary = add(merged, [str(tmp_path / "part-*.db")], pool=pool)
        again = add(merged, [str(tmp_path / "part-*.db")], pool=pool)
        found = list(merged.documents())
        assert list(verify(merged)) == []

    assert found == expected
    assert (summary.read, summary.failed, again.read, again.skipped) == (8, 1, 0, 9)


def test_a_saved_reading_is_taken_as_it_is(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "a.txt").write_text(TALK, encoding="utf-8")
    reading = dramaturg.read(tmp_path / "a.txt")
    reading.save(tmp_path / "a.json")
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(tmp_path / "a.json")], pool=pool)
        assert [document.decode() for _, document in library.documents()] == [reading.to_json()]


def test_the_views_answer(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "fic.html").write_text(FIC, encoding="utf-8")
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(tmp_path / "fic.html")], pool=pool)
        ask = library.database.execute

        assert ask("SELECT fandom, one, other, stories, lines FROM pairs_by_fandom").fetchall() == [
            ("Bleak Harbour", "Ann", "Bo", 1, 2)
        ]
        assert ask("SELECT line, speaker_name FROM lines_to WHERE hearer_name = 'Bo'").fetchall() == [
            ("“Will you have tea, Bo?”", "Ann")
        ]
        assert ask("SELECT name, words FROM talkers ORDER BY words DESC").fetchall() == [("Ann", 5), ("Bo", 3)]
        assert ask("SELECT said_to FROM lines ORDER BY start").fetchall() == [("Bo",), ("Ann",)]
        assert sum(row[0] for row in ask("SELECT share FROM dialogue_by_gender")) == pytest.approx(1, abs=0.001)
        assert ask("SELECT sum(words) FROM dialogue_by_gender_by_fandom").fetchone() == (8,)
        assert ask("SELECT stories FROM talkers_by_fandom").fetchall() == [(1,), (1,)]
        (hit,) = search(library, "tea AND speakers:ann AND people:bo")
        assert f"{MATCH_START}tea" in hit.text and hit.speakers == "Ann"


@pytest.mark.parametrize("query", ['"', "tea AND", "NEAR(", "*", "nobody:x", "tea*", "(", "a^b", "'", "-tea", "tea OR"])
def test_a_search_never_fails_but_for_lack_of_words(query: str, tmp_path: Path) -> None:
    with Library(tmp_path / "books.db", create=True) as library:
        if any(c.isalpha() for c in query):
            assert search(library, query) == []
        else:
            with pytest.raises(UsageError):
                search(library, query)


# ---- exports


def test_exports(tmp_path: Path, pool: Pool, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    folder = make(tmp_path / "stories", 2)
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(folder)], pool=pool)
        expected = b"".join(document for _, document in library.documents())

        assert export_lines(library, str(tmp_path / "all.jsonl")) == 2
        assert export_lines(library, str(tmp_path / "all.jsonl.gz")) == 2
        assert export_lines(library, "-") == 2
        assert export_documents(library, str(tmp_path / "json")) == 2
        assert export_table(library, "lines", str(tmp_path / "lines.csv")) == 4
        with pytest.raises(UsageError, match="tables are"):
            export_table(library, "documents; DROP TABLE stories", "-")

    assert (tmp_path / "all.jsonl").read_bytes() == expected
    assert gzip.decompress((tmp_path / "all.jsonl.gz").read_bytes()) == expected
    assert capfdbinary.readouterr().out == expected
    assert b"".join(sorted(path.read_bytes() for path in (tmp_path / "json").iterdir())) == expected
    rows = list(csv.DictReader(io.StringIO((tmp_path / "lines.csv").read_text(encoding="utf-8"))))
    assert {row["speaker_name"] for row in rows} == {"Ann", "Bo"}
    assert not list(tmp_path.glob(".dramaturg*"))


def test_files_of_two_stories_of_one_name_are_two() -> None:
    assert file_name("/a/b.txt") != file_name("/c/b.txt")
    assert file_name("/a/" + "x" * 300).startswith("x" * 80 + "-")
    assert "/" not in file_name("/a/z.zip!/..")


# ---- the command


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, db = make(tmp_path / "stories", 2), str(tmp_path / "books.db")
    (folder / "empty.txt").write_bytes(b"")

    assert main(["library", "--db", db, "add", str(folder), "--workers", "1"]) == 0
    assert "2 read, 0 already up to date, 1 failed" in capsys.readouterr().err
    assert main(["library", "stats", "--db", db, "--json", "--failed"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["stories"], told["failed"]) == (2, 1)
    assert told["failures"] == {"3": 1} and "empty" in told["failures_by_story"][0]["reason"]
    assert main(["library", "--db", db, "stats", "--failed"]) == 0
    assert "   3  " in capsys.readouterr().out
    assert main(["library", "--db", db, "search", "letters", "speakers:ann", "--json"]) == 0
    assert {hit["speakers"] for hit in json.loads(capsys.readouterr().out)} == {"Ann"}
    assert main(["library", "--db", db, "search", "letters"]) == 0
    assert "[letters]" in capsys.readouterr().out
    assert main(["library", "--db", db, "verify", "--files"]) == 0
    assert "sound" in capsys.readouterr().err
    assert main(["library", "--db", db, "export", "-o", str(tmp_path / "all.jsonl")]) == 0
    assert main(["library", "--db", db, "export", "--to", "script", "-o", str(tmp_path / "scripts")]) == 0
    assert len(list((tmp_path / "scripts").iterdir())) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["library"],
        ["library", "stats"],
        ["library", "--db", "missing.db", "stats"],
        ["library", "--db", "other.txt", "stats"],
        ["library", "--db", "other.db", "add", "."],
        ["library", "--db", "no/such/books.db", "add", "."],
        ["library", "--db", "books.db", "add", "nothing.txt"],
        ["library", "--db", "books.db", "add", ".", "--shard", "3/2"],
        ["library", "--db", "books.db", "add", ".", "--workers", "0"],
        ["library", "--db", "books.db", "add", ".", "--timeout", "-1"],
        ["library", "--db", "books.db", "add", ".", "--to", "x"],
        ["library", "--db", "books.db", "add", ".", "--limit", "nothing=1"],
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.txt").write_text("no library", encoding="utf-8")
    with sqlite3.connect("other.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    before = Path("other.db").read_bytes()

    try:
        code = main(arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)

    assert code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) >= 1
    assert Path("other.db").read_bytes() == before


def test_the_bar_tells_rate_and_time_left() -> None:
    summary = Summary(listed=1000, listed_size=2_000_000, read=95, failed=5, skipped=100, started=0.0)
    summary.done_size, summary.skipped_size = 200_000, 200_000

    assert (
        progress_line(summary, 60.0)
        == "[████················] 20% · 200 of 1,000, 5 failed · 100 a minute · 8 min left"
    )


# ---- damage


def test_damage_is_found(tmp_path: Path, pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path / "stories", 2)
    with Library(tmp_path / "sound.db", create=True) as library:
        add(library, [str(folder)], pool=pool)
    harms = {
        "document": "UPDATE documents SET packed = x'00' WHERE story = 1",
        "another": "UPDATE documents SET packed = (SELECT packed FROM documents WHERE story = 2) WHERE story = 1",
        "lost lines": "DELETE FROM quotations WHERE story = 1",
        "lost reading": "DELETE FROM documents WHERE story = 2",
        "index": "INSERT INTO search(search, rowid, text, speakers, people) VALUES ('delete', 1, 'x', 'y', 'z')",
    }
    for name, statement in harms.items():
        path = tmp_path / f"{name}.db"
        shutil.copy(tmp_path / "sound.db", path)
        with sqlite3.connect(path) as database:
            database.execute(statement)
        database.close()
        assert main(["library", "--db", str(path), "verify"]) == 3, name
        assert capsys.readouterr().out, name
    data = bytearray((tmp_path / "sound.db").read_bytes())
    data[8192:40960] = bytes(32768)
    (tmp_path / "holes.db").write_bytes(data)
    assert main(["library", "--db", str(tmp_path / "holes.db"), "verify"]) in (2, 3)


# ---- kills


@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_nothing_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    folder = make(tmp_path / "stories", 40)
    for number in range(6):
        (folder / f"empty-{number}.txt").write_bytes(b"")
    db = tmp_path / "books.db"
    command = [sys.executable, "-m", "dramaturg", "library", "--db", str(db), "add", str(folder), "--workers", "2"]
    chance = random.Random(8)
    seen = 0
    for _ in range(5):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(0.1, 2.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if db.exists() and db.stat().st_size and main(["library", "--db", str(db), "stats"]) == 0:
            stories, failed = counts(db)
            assert stories + failed >= seen  # what was there stays there
            seen = stories + failed

    assert subprocess.run(command, stderr=subprocess.DEVNULL, timeout=300).returncode == 0

    assert counts(db) == (40, 6)
    with Library(db, read_only=True) as library:
        assert list(verify(library, files=True)) == []
        ask = library.database.execute
        assert ask("SELECT count(DISTINCT place), count(*) FROM stories").fetchone() == (40, 40)
        assert ask("SELECT count(*) FROM quotations").fetchone() == (80,)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_full_disk_leaves_a_sound_library(tmp_path: Path) -> None:
    folder, db = make(tmp_path / "stories", 40), tmp_path / "books.db"
    full = (
        "import resource, sys; from dramaturg.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["library", "--db", str(db), "add", str(folder), "--workers", "1"]

    done = subprocess.run([sys.executable, "-c", full, *arguments], capture_output=True, text=True, timeout=300)

    assert done.returncode == 2 and "Free some space" in done.stderr and len(done.stderr.splitlines()) == 1
    with Library(db, read_only=True) as library:
        assert list(verify(library)) == []
    assert main([*arguments, "--quiet"]) == 0
    assert counts(db) == (40, 0)


# ---- corrections


def test_corrections_beside_a_story_count_as_part_of_it(tmp_path: Path, pool: Pool) -> None:
    folder = make(tmp_path / "stories", 2)
    beside = folder / "story-000.cast.toml"
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(folder)], pool=pool)
        beside.write_text('dramaturg = 1\n\n[people]\n"Annabel" = { aliases = ["Ann"] }\n', encoding="utf-8")

        corrected = add(library, [str(folder)], pool=pool)
        again = add(library, [str(folder)], pool=pool)

        assert (corrected.read, corrected.skipped, again.read) == (1, 1, 0)
        assert len(search(library, "people:annabel")) == 2
        beside.write_text("this is not TOML", encoding="utf-8")
        broken = add(library, [str(folder)], pool=pool)
        assert (broken.failed, broken.skipped) == (1, 1)
        beside.unlink()
        assert (add(library, [str(folder)], pool=pool).read, stats(library)["stories"]) == (1, 2)


# ---- documents


def test_what_the_document_asks_in_sql_has_an_answer(tmp_path: Path, pool: Pool) -> None:
    told = (Path(__file__).parents[2] / "docs/library.md").read_text(encoding="utf-8")
    questions = [q for block in re.findall(r"```sql\n(.*?)```", told, re.DOTALL) for q in block.split(";") if q.strip()]
    (tmp_path / "fic.html").write_text(FIC, encoding="utf-8")
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [str(tmp_path / "fic.html")], pool=pool)
        for question in questions:
            library.database.execute(question).fetchall()
        for view in VIEWS:
            columns = [column[0] for column in library.database.execute(f"SELECT * FROM {view}").description]
            assert f"| `{view}` |" in told and all(f"`{column}`" in told for column in columns), view
    assert len(questions) >= 9


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("uvicorn", ["serve", "."]),
        ("pyarrow.parquet", ["library", "--db", "books.db", "export", "-o", "all.parquet"]),
        ("ray", ["library", "add", ".", "--ray", "local", "--to", "parts"]),
    ],
)
def test_what_is_not_installed_is_said_with_the_way_out(
    missing: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Library("books.db", create=True).close()
    monkeypatch.setitem(sys.modules, missing, None)

    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "pip install 'dramaturg[" in said and len(said.splitlines()) == 1
