"""A noun that is part of a name (the “Mr.” of “Mr. Darcy”): held by what holds mentions, counted by nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from foreign import without
from handmade import make, person, said

from dramaturg import Reading, export, import_reading
from dramaturg.exporters import render
from dramaturg.exporters.common.mentions import nouns_inside_names, whole_mentions
from dramaturg.exporters.common.networks import network_of
from dramaturg.reading import Mention

TEXT = """\
Mr. Darcy came in.

“Good day,” said Ann.

“Have you seen Mr. Darcy?” asked Bo.
"""


def titled() -> Reading:
    cast = [person("darcy", "Mr. Darcy"), person("ann", "Ann"), person("bo", "Bo")]
    reading = make(TEXT, cast, [said("ann", "bo", evidence=("tag", "said Ann")), said("bo", "ann")])
    titles = [
        Mention(m.start, m.start + 3, "noun", "PER", "darcy", "darcy", 0.8)
        for m in reading.mentions
        if m.character == "darcy"
    ]
    mentions = sorted((*reading.mentions, *titles), key=lambda m: (m.start, -m.end))
    counts = {"ann": 1, "bo": 1, "darcy": 4}
    cast = [replace(c, mentions=counts[c.id]) for c in reading.characters]
    return replace(reading, mentions=tuple(mentions), characters=tuple(cast))


def text_of(to: str, **options: object) -> str:
    return str(render(titled(), to, **options))


def files_of(to: str, **options: object) -> dict[str, Any]:
    made = render(titled(), to, **options)
    assert isinstance(made, dict)
    return made


def test_what_is_part_of_a_name_of_another_or_no_noun_is_a_mention_of_its_own() -> None:
    reading = titled()

    assert [reading.text_of(reading.mentions[n]) for n in sorted(nouns_inside_names(reading))] == ["Mr.", "Mr."]
    for changed in ({"entity": "mr"}, {"kind": "name"}):
        mentions = tuple(replace(m, **changed) if m.kind == "noun" else m for m in reading.mentions)  # type: ignore[arg-type]
        assert len(whole_mentions(replace(reading, mentions=mentions))) == len(mentions)


def test_nothing_counts_it() -> None:
    pages = files_of("markdown")
    book = json.loads(files_of("booknlp", id="x")["x.book"])["characters"]
    (edge,) = network_of(titled(), "mention").edges

    assert "Mr\\. (" not in pages["people/Mr. Darcy.md"] and "Spoken of as" not in pages["people/Mr. Darcy.md"]
    assert "[[Mr. Darcy]]: 2 mentions" in pages["chapters.md"]
    assert [(p["count"], p["mentions"]["proper"], p["mentions"]["common"]) for p in book] == [
        (2, [{"c": 2, "n": "Mr. Darcy"}], [])
    ]
    assert (edge.source, edge.target, edge.weight) == ("bo", "darcy", 1)
    assert [row[:3] for row in json.loads(text_of("worddumb"))][0] == ["Mr. Darcy", "PERSON", ""]


def test_a_script_says_it_once() -> None:
    lines = json.loads(text_of("script"))["lines"]

    assert "".join(line["text"] + line["space"] for line in lines) == TEXT
    assert text_of("script", form="markdown").count("Mr\\.") + text_of("script", form="markdown").count("Mr.") == 2


def test_tei_has_it_as_the_role_in_a_name() -> None:
    role = '<roleName type="person" subtype="noun" ref="#darcy" cert="0.8">Mr.</roleName>'

    assert f'<persName ref="#darcy" cert="0.9">{role} Darcy</persName> came in' in text_of("tei")


def test_rows_of_words_have_brackets_in_brackets() -> None:
    assert "\t(0|(0)\n" in text_of("conll") and "\t0)\n" in text_of("conll")
    assert "(e1-person-2-kind:name,character:darcy(e1-person-1-kind:noun,character:darcy)" in text_of("conllu")


@pytest.mark.parametrize("to", ["tei", "csv"])
def test_it_comes_back(to: str, tmp_path: Path) -> None:
    back = import_reading(export(titled(), to, tmp_path / "story.xml"))

    assert back.to_dict()["mentions"] == titled().to_dict()["mentions"]
    assert without(back, "characters", "chapters", "segments") == without(
        titled(), "characters", "chapters", "segments"
    )


@pytest.mark.parametrize("to", ["brat", "booknlp"])
def test_its_place_comes_back(to: str, tmp_path: Path) -> None:
    back = import_reading(export(titled(), to, tmp_path / "story"))

    told = [(m.kind, m.start, m.end) for m in back.mentions if m.kind != "pronoun"]
    assert told == [(m.kind, m.start, m.end) for m in titled().mentions]


def test_spacy_has_the_span_and_no_cluster_of_it() -> None:
    spacy = pytest.importorskip("spacy")
    from dramaturg.exporters.spacy_doc import to_doc

    doc = to_doc(titled(), spacy.blank("en").vocab)

    assert [span.text for span in doc.spans["mentions"]].count("Mr.") == 2
    clusters = [group for group in doc.spans if group.startswith("coref_clusters")]
    assert [[span.text for span in doc.spans[group]] for group in clusters] == [["Mr. Darcy", "Mr. Darcy"]]


def test_others_role_names_count_where_they_point_to_somebody(tmp_path: Path) -> None:
    document = (
        '<TEI><teiHeader><listPerson><person xml:id="d"><persName>Darcy</persName></person></listPerson></teiHeader>'
        '<text><body><p><persName ref="#d"><roleName>Mr.</roleName> <surname>Darcy</surname></persName> and '
        '<roleName ref="#d">the owner</roleName> came.</p></body></text></TEI>'
    )
    (tmp_path / "a.xml").write_text(document)

    reading = import_reading(tmp_path / "a.xml")

    assert [(reading.text_of(m), m.kind, m.character) for m in reading.mentions] == [
        ("Mr. Darcy", "name", "d"),
        ("the owner", "noun", "d"),
    ]
