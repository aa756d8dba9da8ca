"""Adding a source format takes one module and one line in FORMATS: a worked example."""

import re
import textwrap

import pytest

from dramaturg import sources
from dramaturg.errors import UnreadableStory
from dramaturg.sources.formats import FORMATS, Format

# TaleML: XML with <section>s, each with a <title> and paragraphs.
MODULE = textwrap.dedent('''
    """TaleML → Story."""

    from dramaturg.errors import UnreadableStory
    from dramaturg.lexicon.en import ENGLISH
    from dramaturg.lexicon.language import Language
    from dramaturg.sources.build import build_story
    from dramaturg.sources.language import find_language
    from dramaturg.sources.limits import DEFAULT, Limits
    from dramaturg.sources.markup import Passage, join
    from dramaturg.sources.safe_xml import content, descendants, local, parse_xml
    from dramaturg.sources.structure import find_structure
    from dramaturg.story import Story


    def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
        """The story in the bytes of a TaleML file. Raises UnreadableStory if it holds no text."""
        root = parse_xml(data, name, limits)
        passages = []
        for section in descendants(root, "section"):
            for element in section:
                if local(element) == "title":
                    passages.append(Passage(content(element), "heading", level=2))
                elif local(element) == "p" and content(element):
                    passages.append(Passage(content(element)))
        if not passages:
            raise UnreadableStory(f"{name}: this TaleML file holds no text. Give a file with text.")
        title = next((content(element) for element in descendants(root, "book-title")), None)
        text, blocks, emphasis = join(passages)
        structure = find_structure(text, blocks, language.structure)
        return build_story(
            data, name, "taleml", text, structure, emphasis=emphasis, language=find_language(text), title=title
        )
''')
BOOK = b"""<?xml version="1.0" encoding="utf-8"?>
<TaleML><description><title-info><book-title>The Ferry</book-title></title-info></description><body>
<section><title><p>Ashes</p></title><p>She ran.</p><p>The boat was late.</p></section>
<section><title><p>Smoke</p></title><p>It rained.</p></section></body></TaleML>"""


@pytest.fixture
def taleml(tmp_path, monkeypatch):
    (tmp_path / "taleml_for_tests.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    signature = re.compile(rb"<\?xml.*>\s*<TaleML")
    line = Format("taleml", "TaleML", "taleml_for_tests", (".taleml",), signature)
    monkeypatch.setattr(sources, "FORMATS", (*FORMATS, line))


@pytest.mark.parametrize("name", ["ferry.taleml", "ferry.xml", "-"])
def test_a_format_is_one_module_and_one_line(taleml, name):
    story = sources.load_bytes(BOOK, name)

    assert (story.source.format, story.source.title) == ("taleml", "The Ferry")
    assert [chapter.title for chapter in story.chapters] == ["Ashes", "Smoke"]
    paragraphs = [story.text_of(block) for block in story.blocks if block.role == "paragraph"]
    assert paragraphs == ["She ran.", "The boat was late.", "It rained."]


def test_an_extension_decides_where_the_content_does_not(taleml):
    with pytest.raises(UnreadableStory, match=r"ferry\.taleml: this TaleML file holds no text"):
        sources.load_bytes(b"<!-- a list of chapters --><TaleML/>", "ferry.taleml")


def test_the_other_formats_are_recognised_as_before(taleml):
    assert sources.load_bytes(b"She ran.", "ferry.txt").source.format == "text"
    assert sources.load_bytes(b"<html><p>She ran.</p></html>", "ferry.taleml").source.format == "html"


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_every_format_has_a_reader(format):
    assert callable(format.reader())
