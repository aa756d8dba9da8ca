"""A reading with everything in it that a reading may hold, and stories of every hard kind, for the tests of formats."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from foreign import STORIES, example
from handmade import ferry

from dramaturg import Reading, read
from dramaturg.exporters.common.word_table import words_of
from dramaturg.reading import Event, Mention, Quotation
from dramaturg.story import Span

# What XML, CSV, Markdown, YAML, Fountain and file names would each read as their own.
NASTY = """\
<b>&amp; "The" 'Case' ]]> | [[of]] *the*

Chapter One: ../..\\con?

“</p>]]><script>alert(1)</script> & [[Bo]] | /* not */ {x} $y$,” said Ann. “=1+1\t@cmd”

INT. HOUSE. (whispering) # Not a heading

.forced > < ~ ! \x00\x0b\u2028 end

“Zoë—日本語 𝔘𝔫𝔦 🚢!” cried Bo.
"""


@cache
def full() -> Reading:
    """The ferry's story, with nested mentions, places, a vehicle, events, speech in speech, syntax, emphasis."""
    reading = ferry()
    text = reading.story.text
    words = words_of(replace(reading, tokens=None)).words
    first = text.index("“Is the ferry late?”")
    boat = text.index("the ferry late")
    inner = Quotation("q9", "u9", "q1", boat, boat + 9, "bo", ("ann", "bo"), 0.5, None, ())
    water = text.index("the water")
    voice = text.index("A voice came over the water")
    laughed, called = text.index("laughed"), text.index("called")
    mentions = (
        *reading.mentions,
        Mention(boat, boat + 9, "noun", "VEH", "e7", None, 0.8),
        Mention(text.index("Bo."), text.index("Bo.") + 2, "name", "GPE", "e8", None, 0.7),
        Mention(water, water + 9, "noun", "LOC", "e9", None, 0.6),
        Mention(voice, voice + 27, "noun", "PER", "e10", None, 0.4),
        Mention(text.index("She laughed"), text.index("She laughed") + 3, "pronoun", "PER", "ann", "ann", 0.9),
    )
    events = (
        Event(laughed, laughed + 7, ("ann",), (), 0.9),
        Event(called, called + 6, ("ann",), ("bo",), 0.8),
    )
    tokens = {
        "start": [word.start for word in words],
        "end": [word.end for word in words],
        "sentence": [word.sentence for word in words],
        "pos": ["X" if n % 3 else "NOUN" for n in range(len(words))],
        "lemma": [text[word.start : word.end].lower() for word in words],
        "head": [max(0, n - 1) for n in range(len(words))],
        "deprel": ["root" if n == 0 else "dep" for n in range(len(words))],
    }
    return replace(
        reading,
        story=replace(reading.story, emphasis=(*reading.story.emphasis, Span(first + 4, first + 30))),
        mentions=tuple(sorted(mentions, key=lambda m: (m.start, -m.end))),
        quotations=(reading.quotations[0], inner, *reading.quotations[1:]),
        events=events,
        tokens=tokens,
    )


def read_text(text: str, suffix: str = ".txt") -> Reading:
    """The reading of a text, as of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"story{suffix}"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read(path, tokens=True)


@cache
def readings() -> dict[str, Reading]:
    """All example stories, and those made to be hard for a format, by a name for each."""
    stories = {path.stem: example(path) for path in STORIES}
    return {**stories, "full": full(), "ferry": ferry(), "nasty": read_text(NASTY), "one word": read_text("Word")}


NAMES = [*(path.stem for path in STORIES), "full", "ferry", "nasty", "one word"]
