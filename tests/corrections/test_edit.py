"""Editing a corrections file: what is added is read back, and what the person wrote stays as it was."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg.corrections.anchors import Anchor
from dramaturg.corrections.edit import CorrectionsFile, add_correction, merge_corrections
from dramaturg.corrections.model import (
    Correction,
    Corrections,
    MentionCorrection,
    MergeCorrection,
    NarratorCorrection,
    NotAPersonCorrection,
    PersonCorrection,
    QuotationCorrection,
)
from dramaturg.corrections.toml import parse_corrections
from dramaturg.errors import BadCorrections

LAYOUTS = {
    "nothing": "",
    "a comment": "# mine\n",
    "no newline at the end": "dramaturg = 1",
    "comments around everything": (
        "# mine\ndramaturg = 1  # the version\n\n# who tells it\nnarrator = 'Bo'  # he does\n"
        "same = [['a', 'b']]  # both\nnot_people = [ 'Rome', ]  # a city\n# the ferry\n\n# its people\n"
        "[people]  # all\n# the ferryman\nBo = { aliases = ['Old Bo'] }  # old\n\"Ann\" = {} # young\n# end\n\n"
        "# first\n[[quotation]]  # one\ntext = 'Why?'  # he asks\nspeaker = 'Bo'\n# last\n"
    ),
    "lists over several lines": (
        "same = [  # pairs\n  ['a', 'b'],  # one\n  # between\n  ['c', 'd']  # two\n]\n"
        "not_people = [\n  'Rome',\n  'Troy',\n]\n[people]\nBo = { aliases = [\n  'Old Bo',  # old\n  '[x]'\n] }  # b\n"
    ),
    "tables of people, with other tables between them": (
        "[people]\n'Ann' = {}\n\n[[quotation]]\ntext = 'a'\n\n# the ferryman\n[people.\"Bo\"]  # old\n# his pronouns\n"
        "pronouns = 'they'  # so far\n\n# a mention\n[[mention]]\ntext = 'm'\nwho = 'Bo'\n\n# second\n"
        "[[quotation]]\ntext = '''\n[people]\n# no comment'''\n\n# last\n"
    ),
    "tables of people alone": "[people.Bo]\npronouns = 'they'  # so far\n\n[people.'Ann']\n# nothing\n",
    "dotted keys": "people.Bo.pronouns = 'they'  # so far\nnarrator = 'Bo'  # he\npeople.Ann.kind = 'person'\n",
    "dotted keys below [people]": "[people]\n'Bo'.pronouns = 'they'  # so far\nAnn = {}\nBo.kind = 'person'  # one\n",
    "inline tables": (
        "people = { Bo = { pronouns = 'they' }, Ann = {} }  # both\nquotation = [\n  { text = 'a' },  # one\n]\n"
    ),
    "keys that are written like others": (
        "[people]\nnarrator = { aliases = ['same = ['] }  # key\nsame = { pronouns = 'he' }\n"
        'not_people = {}  # not_people = [\ndramaturg = {}\n"people" = {}\n'
        "[[quotation]]\ntext = '''\nnarrator = 1\n'''\n"
    ),
    "headers with spaces": "  [ people ]  # all\n  Bo = {}\n\t[[ quotation ]]\n  text = 'a'\n",
}
QUOTATION = QuotationCorrection(Anchor("Late again.", 12, "said"), speaker="Zoe", addressees=("Bo",), continues=False)
MENTION = MentionCorrection(Anchor("he", 3, "", "sat"), None)
ADDED = {
    "a narrator": NarratorCorrection("Zoe"),
    "no narrator": NarratorCorrection(None),
    "a merger": MergeCorrection(("Zoe", "Miss [Z]")),
    "a name that is not a person": NotAPersonCorrection('East "Egg"'),
    "a person": PersonCorrection("Zoe = {}", ("Miss Z",), "she"),
    "a quotation": QUOTATION,
    "a mention": MENTION,
}
layouts = pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)


def corrections_of(correction: Correction) -> Corrections:
    """One correction as Corrections."""
    match correction:
        case NarratorCorrection():
            return Corrections(narrator=correction)
        case MergeCorrection():
            return Corrections(same=(correction,))
        case NotAPersonCorrection():
            return Corrections(not_people=(correction,))
        case PersonCorrection():
            return Corrections(people=(correction,))
        case MentionCorrection():
            return Corrections(mentions=(correction,))
        case QuotationCorrection():
            return Corrections(quotations=(correction,))


def words(text: str) -> list[str]:
    """What a person wrote, without white space and the marks of TOML: words and comments."""
    return re.findall(r"\w+|#.*", text)


def is_subsequence(some: list[str], others: list[str]) -> bool:
    rest = iter(others)
    return all(one in rest for one in some)


@layouts
@pytest.mark.parametrize("correction", ADDED.values(), ids=ADDED)
def test_what_is_added_is_read_back_and_the_rest_stays(text: str, correction: Correction) -> None:
    longer = add_correction(text, correction)

    known, found = parse_corrections(text), parse_corrections(longer)
    wanted = known + corrections_of(correction)
    assert replace(found, people=()) == replace(wanted, people=())
    assert set(found.people) == set(wanted.people)
    assert text == "" or merge_corrections(text, corrections_of(correction)) == longer
    kept = words(text)
    if isinstance(correction, NarratorCorrection) and known.narrator is not None:
        del kept[kept.index("narrator") + 1]  # the value, which is another now
    assert is_subsequence(kept, words(longer))


@layouts
def test_all_together_is_read_back_and_comments_stay_in_order(text: str) -> None:
    more = sum(map(corrections_of, ADDED.values()), Corrections(complete=frozenset({"cast", "quotations"})))
    more += parse_corrections("[people]\nBo = { aliases = ['Captain', 'Old Bo'], pronouns = 'he' }\n'Ann' = {}\n")

    longer = merge_corrections(text, more)

    known, found = parse_corrections(text), parse_corrections(longer)
    assert replace(found, people=()) == replace(known + more, people=())
    assert set(found.people) == set((known + more).people)
    assert is_subsequence(re.findall("#.*", text), re.findall("#.*", longer))
    assert merge_corrections(longer, more) == longer


@layouts
@pytest.mark.parametrize("name", ["Robert", "narrator", 'R. [O\'] "Bert" = {}'])
def test_a_person_gets_another_name(text: str, name: str) -> None:
    more = Corrections(people=(PersonCorrection(name, ("Bo",), "he"),))

    longer = merge_corrections(text, more)

    wanted = parse_corrections(text) + more
    assert set(parse_corrections(longer).people) == set(wanted.people)
    assert replace(parse_corrections(longer), people=()) == replace(wanted, people=())
    if "Bo.kind" not in text and "Bo.pronouns" not in text:  # dotted keys are written as one line
        assert is_subsequence(re.findall("#.*", text), re.findall("#.*", longer))


def test_two_people_become_one() -> None:
    text = "# mine\n[people]\nBo = {}  # old\nAnn = { aliases = ['A.'] }\n\n[people.'Zoe']  # young\n# last\n"

    longer = merge_corrections(text, Corrections(people=(PersonCorrection("Ann", ("Bo", "Zoe")),)))

    assert parse_corrections(longer).people == (PersonCorrection("Ann", ("A.", "Bo", "Zoe")),)
    assert "# mine" in longer and "# last" in longer


def test_a_person_called_narrator_is_kept_when_a_narrator_is_given(tmp_path: Path) -> None:
    file = CorrectionsFile(tmp_path / "a.cast.toml")
    file.path.write_text('[people]\nnarrator = { aliases = ["the voice"] }\n', encoding="utf-8")

    file.add([NarratorCorrection("Ann")])
    file.add([NarratorCorrection("Bo")])

    assert file.corrections().narrator == NarratorCorrection("Bo")
    assert file.corrections().people == (PersonCorrection("narrator", ("the voice",)),)


@layouts
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_newlines_and_the_byte_order_mark_stay(text: str, newline: str, mark: str, tmp_path: Path) -> None:
    before = (mark + text.replace("\n", newline)).encode()
    file = CorrectionsFile(tmp_path / "a.cast.toml")
    file.path.write_bytes(before)
    for correction in ADDED.values():
        file.add([correction])

    after = file.path.read_bytes().decode()
    assert after.startswith("\ufeff") == bool(mark)
    if "\n" in text:
        assert after.replace("\r\n", "").count("\n") == (0 if newline == "\r\n" else after.count("\n"))
    for _ in ADDED:
        file.undo()
    assert file.path.read_bytes() == before


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.cast.toml"
    path.write_bytes(b"# a\n# \xff\n")

    with pytest.raises(BadCorrections, match=r"a\.cast\.toml: line 2 is not UTF-8"):
        CorrectionsFile(path)


def test_tomlkit_is_imported_only_to_edit_a_value() -> None:
    program = "import sys, dramaturg.cli, dramaturg.commands.correct, dramaturg.corrections.edit; "
    program += "assert 'tomlkit' not in sys.modules"

    subprocess.run([sys.executable, "-c", program], check=True)


PIECES = st.lists(
    st.sampled_from(
        [
            "# a comment\n",
            "\n",
            "[[quotation]]\ntext = 'a'\n",
            "[[mention]] # why\ntext = '[x]'\nwho = 'Bo'\n",
            '[[quotation]]\ntext = """\n[people]\nnarrator = \'no\'\n# """\n',
            "[people.\"Bo Fell\"]\npronouns = 'he'\n",
            "[people]\nAnn = {}\nnarrator.kind = 'group'\n",
            "[people.Zoe]\naliases = [\n  'Miss Z',  # one\n  # two\n]\n",
        ]
    ),
    max_size=8,
)
TOP = st.lists(
    st.sampled_from(["# mine\n", "narrator = 'Bo Fell'\n", "same = [\n  ['a', 'b'],  # two\n]\n", "not_people = []\n"]),
    max_size=4,
    unique=True,
)


@settings(max_examples=150, deadline=None)
@given(
    TOP, PIECES, st.lists(st.sampled_from([*ADDED.values(), PersonCorrection("Ann", ("Miss A",), "she")]), max_size=4)
)
def test_any_layout_is_edited_in_place(top: list[str], pieces: list[str], corrections: list[Correction]) -> None:
    text = "".join([*top, *pieces])
    try:
        known = parse_corrections(text)
    except BadCorrections:  # [people] twice
        return
    more = sum(map(corrections_of, corrections), Corrections())

    longer = merge_corrections(text, more)

    found, wanted = parse_corrections(longer), known + more
    assert set(found.people) == set(wanted.people) and found.narrator == wanted.narrator
    for name in ("same", "not_people", "mentions", "quotations"):
        assert list(dict.fromkeys(getattr(found, name))) == list(dict.fromkeys(getattr(wanted, name)))
    assert is_subsequence(re.findall(r"#.*|\[\[.*", text), re.findall(r"#.*|\[\[.*", longer))
