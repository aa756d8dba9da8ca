"""HTML → Story: downloads of archives, saved pages, and any other page."""

from dramaturg.errors import UnreadableStory
from dramaturg.sources.build import build_story
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.markup import decode_markup, join, read_markup
from dramaturg.sources.mhtml import unpack_mhtml
from dramaturg.sources.structure import find_structure
from dramaturg.sources.webpages.ao3 import read_ao3
from dramaturg.sources.webpages.fanficfare import read_fanficfare
from dramaturg.sources.webpages.page import keep_label
from dramaturg.sources.webpages.webpage import read_webpage
from dramaturg.story import Story


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> Story:
    """The story in the bytes of an HTML file.

    Raises UnreadableStory where there is none, RefusedStory past a limit.
    """
    source, warnings = decode_markup(unpack_mhtml(data), name)
    markup = read_markup(source, name, limits)
    page = read_ao3(markup) or read_fanficfare(markup) or read_webpage(markup)
    text, pieces, emphasis = join(page.passages)
    if not text:
        raise UnreadableStory(
            f"{name}: there is no text on this page. Save it from the browser once it shows the story."
        )
    structure = find_structure(text, pieces)
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
        metadata=page.metadata or _metadata(structure.metadata),
        warnings=warnings,
        left_out=page.left_out,
    )


def _metadata(labels: dict[str, object]) -> dict[str, object]:
    """The labels that stand before the story as plain lines, under the names that an archive's have."""
    metadata: dict[str, object] = {}
    for label, value in labels.items():
        keep_label(metadata, label, str(value))
    return metadata
