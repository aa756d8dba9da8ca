"""HTML → Story: downloads from archives, saved pages, and any other page."""

from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords, Language
from dramaturg.sources.build import build_story
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.markup import decode_markup, join, read_markup
from dramaturg.sources.mhtml import unpack_mhtml
from dramaturg.sources.plain import read_decoded
from dramaturg.sources.preformatted import find_preformatted
from dramaturg.sources.printed_pages import join_printed_pages
from dramaturg.sources.structure import find_structure
from dramaturg.sources.webpages.ao3 import read_ao3
from dramaturg.sources.webpages.fanficfare import read_fanficfare
from dramaturg.sources.webpages.forum import read_forum
from dramaturg.sources.webpages.page import add_label
from dramaturg.sources.webpages.webpage import read_webpage
from dramaturg.sources.wrapped_paragraphs import join_wrapped_passages
from dramaturg.story import Story


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of an HTML file.

    Raises UnreadableStory if the page holds no text, RefusedStory past a limit.
    """
    words = language.structure
    source, warnings = decode_markup(unpack_mhtml(data), name)
    preformatted = find_preformatted(source)
    if preformatted is not None:
        return read_decoded(data, name, "html", preformatted, language, warnings, **_head(source))
    markup = read_markup(source, name, limits, words=words)
    join_printed_pages(markup, words.headings)
    page = (
        read_ao3(markup, words)
        or read_fanficfare(markup, words)
        or read_forum(markup, words)
        or read_webpage(markup, words)
    )
    text, raw_blocks, emphasis = join(join_wrapped_passages(page.passages, words))
    if not text:
        raise UnreadableStory(
            f"{name}: this page holds no text. Open it in a browser and save it again once the story shows."
        )
    structure = find_structure(text, raw_blocks, words)
    return build_story(
        data,
        name,
        "html",
        text,
        structure,
        emphasis=emphasis,
        language=find_language(text) or page.language,
        title=page.title,
        author=page.author,
        metadata=page.metadata or _metadata(structure.metadata, words.archives),
        warnings=warnings,
        left_out=page.left_out,
    )


def _metadata(labels: dict[str, object], words: ArchiveWords) -> dict[str, object]:
    """The labels from plain lines before the story, under the names that archives' labels get."""
    metadata: dict[str, object] = {}
    for label, value in labels.items():
        add_label(metadata, label, str(value), words)
    return metadata


def _head(source: str) -> dict[str, str | None]:
    """The title and the author in the head of a page."""
    head = read_markup(source[: source.lower().find("<pre")])
    return {"title": head.title, "author": head.meta.get("author") or None}
