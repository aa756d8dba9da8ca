"""Annotations as other people write them."""

import json
from pathlib import Path

import pytest
from handmade import ferry
from jsonschema import Draft202012Validator

from dramaturg import Reading, export, import_reading
from dramaturg.cli import main
from dramaturg.errors import DramaturgError, UnreadableStory, UsageError
from dramaturg.schema import load_schema

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0">
  <teiHeader>
    <fileDesc>
      <titleStmt><title>The Orchard</title><author>N. N.</author></titleStmt>
      <publicationStmt><p/></publicationStmt><sourceDesc><p/></sourceDesc>
    </fileDesc>
    <profileDesc><particDesc><listPerson>
      <person xml:id="mira" sex="F"><persName>Mira Lund</persName><persName>Mira</persName></person>
      <person xml:id="old" n="7"><persName>the old man</persName></person>
    </listPerson></particDesc></profileDesc>
  </teiHeader>
  <text xml:lang="en">
    <front><titlePage><docTitle><titlePart>The Orchard</titlePart></docTitle></titlePage></front>
    <body>
      <div n="1"><head>One</head>
        <p>
          “<said who="#mira" toWhom="#old">Are they   ripe?</said>” asked
          <persName ref="#mira">Mira</persName>.<note>An editor's note.</note>
        </p>
        <p><said who="#old" xml:id="s1" next="#s2">“Not yet,”</said> said <rs ref="#old">the old man</rs>,
          <said who="#old" xml:id="s2" prev="#s1" cert="high">“but soon.”</said></p>
        <milestone unit="scene"/>
        <p><said aloud="false" who="#mira">He is lying</said>, <rs ref="#mira">she</rs> thought,
          <hi rend="italic">surely</hi>. The <q>best</q> pears were in <placeName ref="#a">Aldham</placeName>.</p>
      </div>
      <div n="2"><head>Two</head>
        <p><said who="unknown.pdf#nobody">“Who is there?”</said></p>
        <lg><l>A line,</l><l>and a line.</l></lg>
      </div>
    </body>
  </text>
</TEI>
"""
TEXT = """The Orchard

One

“Are they ripe?” asked Mira.

“Not yet,” said the old man, “but soon.”

* * *

He is lying, she thought, surely. The best pears were in Aldham.

Two

“Who is there?”

A line,
and a line."""


@pytest.fixture
def tei(tmp_path: Path) -> Reading:
    (tmp_path / "orchard.xml").write_text(TEI, encoding="utf-8")
    return import_reading(tmp_path / "orchard.xml")


def test_tei_is_laid_out_as_a_story(tei: Reading) -> None:
    assert tei.story.text == TEXT
    assert [b.role for b in tei.story.blocks] == [
        "title",
        "heading",
        "paragraph",
        "paragraph",
        "scene_break",
        "paragraph",
        "heading",
        "paragraph",
        "paragraph",
    ]
    assert [c.title for c in tei.story.chapters] == ["One", "Two"]
    assert (tei.story.source.title, tei.story.source.author, tei.story.source.language) == (
        "The Orchard",
        "N. N.",
        "en",
    )
    assert tei.story.warnings == ("1 of the document's notes were left out of the text.",)


def test_tei_says_who_speaks_to_whom(tei: Reading) -> None:
    assert [(tei.text_of(q), q.speaker, q.addressees, q.group, q.confidence) for q in tei.quotations] == [
        ("“Are they ripe?”", "mira", ("old",), "u1", 1.0),
        ("“Not yet,”", "old", (), "u2", 1.0),
        ("“but soon.”", "old", (), "u2", 0.9),
        ("“Who is there?”", "nobody", (), "u3", 1.0),
    ]
    assert [tei.text_of(s) for s in tei.segments if s.kind == "thought"] == ["He is lying"]
    assert [tei.text_of(span) for span in tei.story.emphasis] == ["surely"]


def test_tei_names_its_people(tei: Reading) -> None:
    people = {c.id: c for c in tei.characters}

    assert set(people) == {"mira", "old", "nobody"}
    assert (people["mira"].name, people["mira"].aliases, people["mira"].pronouns) == ("Mira Lund", ("Mira",), "she")
    assert [(tei.text_of(m), m.kind, m.type, m.entity, m.character) for m in tei.mentions] == [
        ("Mira", "name", "PER", "mira", "mira"),
        ("the old man", "noun", "PER", "old", "old"),
        ("she", "pronoun", "PER", "mira", "mira"),
        ("Aldham", "name", "LOC", "a", None),
    ]


TOKENS = """paragraph_ID sentence_ID token_ID_within_sentence token_ID_within_document word lemma \
byte_onset byte_offset POS_tag fine_POS_tag dependency_relation syntactic_head_ID event
0 0 0 0 " " 0 1 PUNCT `` punct 1 O
0 0 1 1 Hush hush 1 5 VERB VB ROOT 1 O
0 0 2 2 ! ! 5 6 PUNCT . punct 1 O
0 0 3 3 " " 6 7 PUNCT '' punct 1 O
0 1 0 4 said say 8 12 VERB VBD ROOT 4 EVENT
0 1 1 5 Mr. Mr. 13 16 PROPN NNP compound 6 O
0 1 2 6 Hay Hay 17 20 PROPN NNP nsubj 4 O
0 1 3 7 . . 20 21 PUNCT . punct 4 O
1 2 0 8 He he 23 25 PRON PRP nsubj 9 O
1 2 1 9 left leave 26 30 VERB VBD ROOT 9 EVENT
1 2 2 10 . . 30 31 PUNCT . punct 9 O
"""
ENTITIES = "COREF start_token end_token prop cat text\n3 5 6 PROP PER Mr._Hay\n3 8 8 PRON PER He\n"
SUPERSENSES = """start_token end_token supersense_category text
8 8 noun.unknown He
9 9 verb.motion left
4 4 verb.communication said
"""
QUOTES = 'quote_start quote_end mention_start mention_end mention_phrase char_id quote\n0 3 5 6 Mr._Hay 3 "_Hush_!_"\n'
BOOK = '{"characters": [{"id": 3, "count": 2, "g": {"argmax": "he/him/his", "max": 1.0, "total": 1}}]}'


@pytest.fixture
def booknlp(tmp_path: Path) -> Path:
    for ending, rows in (("tokens", TOKENS), ("entities", ENTITIES), ("supersense", SUPERSENSES), ("quotes", QUOTES)):
        text = rows.replace(" ", "\t").replace("_Hay", " Hay").replace("_Hush_!_", " Hush ! ")
        (tmp_path / f"hay.{ending}").write_text(text, encoding="utf-8")
    (tmp_path / "hay.book").write_text(BOOK)
    return tmp_path


@pytest.mark.parametrize("name", ["", "hay.tokens", "hay.quotes"])
def test_booknlp_is_read_from_any_of_its_files(booknlp: Path, name: str) -> None:
    reading = import_reading(booknlp / name)

    assert reading.story.text == '"Hush!" said Mr. Hay.\n\nHe left.'
    assert [(reading.text_of(q), q.speaker) for q in reading.quotations] == [('"Hush!"', "mr-hay")]
    evidence = reading.quotations[0].evidence
    assert evidence is not None and (evidence.kind, reading.text_of(evidence)) == ("tag", "Mr. Hay")
    assert [(c.name, c.pronouns, c.mentions) for c in reading.characters] == [("Mr. Hay", "he", 2)]
    assert [reading.text_of(e) for e in reading.events] == ["said", "left"]
    assert [(reading.text_of(s), s.label) for s in reading.supersenses] == [
        ("said", "verb.communication"),
        ("left", "verb.motion"),
    ]
    assert reading.tokens is not None and reading.tokens["head"][:3] == [1, None, 1]


def test_booknlp_takes_the_original_text_where_it_fits(booknlp: Path) -> None:
    original = '"Hush!" said Mr. Hay.\n\nHe left.\n\n'
    (booknlp / "hay.txt").write_text(original)

    assert import_reading(booknlp).story.text == original


ANN = """T1\tPROP_PER 8 12\tAnna
T2\tNOM_FAC 21 30\tthe house
T3\tQuote 0 7\t"Come!"
T4\tPRON_PER 32 35\tShe
T5\tNOM_PER 50 58;59 65\ther aunt Esther
R1\tSpeaker Arg1:T3 Arg2:T1\t
*\tEquiv T1 T4
R2\tCoref Arg1:T1 Arg2:T4
#1\tAnnotatorNotes T3\tloud, I think
A1\tNegation T3
"""
STORY = '"Come!" Anna left by the house. She had a cold. Was her aunt\nEsther there?\n'


def test_brat_of_others_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.ann").write_text(ANN.replace("50 58;59 65\ther aunt Esther", "53 61;62 68\ther aunt Esther"))
    (tmp_path / "a.txt").write_text(STORY.replace("Anna left by", "Anna said by"))

    reading = import_reading(tmp_path)

    assert [(reading.text_of(q), q.speaker) for q in reading.quotations] == [('"Come!"', "T1")]
    told = [(reading.text_of(m)[:4], m.kind, m.type, m.entity) for m in reading.mentions]
    assert told[0] == ("Anna", "name", "PER", "T1")
    assert told[1][1:] == ("noun", "FAC", "T2")
    assert told[2][1:] == ("pronoun", "PER", "T1")
    assert [(c.id, c.name) for c in reading.characters] == [("T1", "Anna")]


def test_ours_may_be_changed_by_hand(tmp_path: Path) -> None:
    path = export(ferry(), "tei", tmp_path / "ferry.xml")
    changed = path.read_text(encoding="utf-8").replace("always", "nearly always").replace('who="#ann"', 'who="#bo"', 1)
    path.write_text(changed, encoding="utf-8")

    reading = import_reading(path)

    assert reading.story.text == ferry().story.text.replace("always", "nearly always")
    assert [q.speaker for q in reading.quotations] == ["bo", "bo", "bo", "ann", None, "ann"]
    assert [q.evidence is not None for q in reading.quotations] == [True, False, False, False, False, False]


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Anna left.\r\n\r\nBo stayed.\r\n")
    (tmp_path / "a.ann").write_bytes(b"T1\tPER 0 4\tAnna\r\nT2\tPER 14 16\tBo\r\n")

    reading = import_reading(tmp_path)

    assert [reading.text_of(mention) for mention in reading.mentions] == ["Anna", "Bo"]
    assert [reading.text_of(block) for block in reading.story.blocks] == ["Anna left.", "Bo stayed."]


def test_of_several_speakers_the_first_is_kept_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text('<TEI><text><body><p><said who="#a #b">Hush!</said></p></body></text></TEI>')

    reading = import_reading(tmp_path / "a.xml")

    assert reading.quotations[0].speaker == "a"
    assert "several speakers" in reading.story.warnings[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xml", "<p>no TEI</p>"),
        ("a.xml", "<TEI><text><body/></text></TEI>"),
        ("a.xml", "no XML"),
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><TEI/>'),
        ("a.tokens", "word\nx\n"),
        ("a.entities", "COREF\n"),
        ("a.ann", "T1\tPER 0 4\tAnna\n"),
        ("quotations.csv", "start,end,speaker\n0,1,a\n"),
        ("a.doc", "?"),
    ],
)
def test_what_cannot_be_read_is_said(
    name: str, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(DramaturgError):
        import_reading(tmp_path / name)
    assert main(["import", str(tmp_path / name), "--json", str(tmp_path / "out.json")]) in (3, 4)
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("line", ["T1\tPER 0 999\tx", "T1\tPER x y\tx", "R1\tSpeaker", "T1"])
def test_a_damaged_line_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Anna left.\n")
    (tmp_path / "a.ann").write_text(f"T9\tPER 0 4\tAnna\n{line}\n")

    with pytest.raises(UnreadableStory, match="line 2"):
        import_reading(tmp_path)


def test_several_stories_in_a_folder_are_not_guessed_at(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("Anna left.\n")
        (tmp_path / f"{name}.ann").write_text("T1\tPER 0 4\tAnna\n")

    with pytest.raises(UnreadableStory, match=r"a\.ann, b\.ann"):
        import_reading(tmp_path)
    assert import_reading(tmp_path / "b.ann").mentions[0].end == 4


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tei, booknlp, brat, csv"):
        import_reading(tmp_path, "word")


def test_the_command_writes_a_reading_like_ours(booknlp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = booknlp / "hay.json"

    assert main(["import", str(booknlp), "--json", str(out), "--quiet"]) == 0
    assert not list(Draft202012Validator(load_schema()).iter_errors(json.loads(out.read_text())))
    assert main(["who", str(out), "Hay"]) == 0
    assert "Mr. Hay" in capsys.readouterr().out
    assert main(["read", str(out), "--html", str(booknlp / "hay.html"), "--quiet"]) == 0
