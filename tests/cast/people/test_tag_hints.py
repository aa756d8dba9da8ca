"""The characters that a story's tags name: hints for the cast."""

from pathlib import Path

from dramaturg import Reading, read
from dramaturg.cast.people.tag_hints import hinted_names
from dramaturg.lexicon.en import ENGLISH
from dramaturg.story import Source, Story

PAGE = """<html><head><title>Salt - Chapter 1 - nobody</title></head><body>
<div id="preface"><p class="message"><b>Salt</b><br>Posted originally on the
<a href="http://archiveofourown.org/">Archive of Our Own</a> at <a href="http://archiveofourown.org/works/1">works/1</a>.</p>
<div class="meta"><dl class="tags"><dt>Character:</dt><dd>{characters}</dd></dl><h1>Salt</h1></div></div>
<div id="chapters" class="userstuff">
<p>The tide had gone out. Tazuk was mending nets, and the wind was from the north.</p>
<p>"You are late," said Oru.</p>
<p>"I know," said Tazuk. The boat was called Vell, and nobody had painted it.</p>
<p>Oru laughed at her.</p>
</div></body></html>"""


def tagged(tmp_path: Path, characters: str, page: str = PAGE) -> Reading:
    path = tmp_path / "salt.html"
    path.write_text(page.format(characters=characters), encoding="utf-8")
    return read(path)


def test_a_tag_joins_the_words_of_a_name(tmp_path: Path) -> None:
    reading = tagged(tmp_path, "Oru Tazuk, Nobody Here")

    assert [c.id for c in reading.characters if {"Oru", "Tazuk"} & {c.name, *c.aliases}] != []
    joined = next(c for c in reading.characters if "Oru" in (c.name, *c.aliases))
    assert "Tazuk" in (joined.name, *joined.aliases)


def test_without_the_tag_they_are_two_people(tmp_path: Path) -> None:
    names = {c.name for c in tagged(tmp_path, "Somebody Else").characters}

    assert {"Oru", "Tazuk"} <= names


def test_a_tag_alone_does_not_add_a_character(tmp_path: Path) -> None:
    reading = tagged(tmp_path, "Marisol Quint")

    assert all("Marisol" not in c.name for c in reading.characters)


def test_a_name_in_a_tag_is_a_person_even_if_the_encoder_takes_it_for_a_place(tmp_path: Path) -> None:
    boat = "The boat was called Vell, and nobody had painted it."
    far = "They had come to Sydney. The harbour of Sydney was cold."
    without_tag, with_tag = (tagged(tmp_path, names, PAGE.replace(boat, far)) for names in ("Oru", "Sydney, Oru"))

    assert all(c.name != "Sydney" for c in without_tag.characters)
    assert any(c.name == "Sydney" for c in with_tag.characters)


def test_names_in_tags() -> None:
    metadata: dict[str, object] = {
        "characters": ["Kuna Rukel", "Shiro (Of the Tower)", "Original Female Character(s)"],
        "relationships": ["Kuna Rukel/Ilo Sand", "Ilo Sand & the ferryman"],
    }
    story = Story("", (), Source("x", "html", None, None, "", None, metadata))

    assert hinted_names(story, ENGLISH) == ("Kuna Rukel", "Shiro", "Ilo Sand")
