"""A generated novel of any length, for tests and benchmarks of long texts."""

from dataclasses import replace

from handmade import make, person, said

from dramaturg.reading import Mention, Reading

CHAPTER = 4000  # words
PEOPLE = ("Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon", "Kit", "Lou")
PROSE = (
    "{a} walked down to the harbour, where the boats lay side by side and the ropes creaked in the wind, "
    "and {p} thought of what {b} had told the others at supper, of the letter under the clock, and of the long "
    "road over the hill that nobody took after dark unless there was no other way home for them. "
    "The evening was cold; a lamp burned in the window of the inn, and somebody was singing behind the door."
)


def long_story(n_words: int) -> Reading:
    """A reading of about `n_words` words: every second paragraph is speech, and everyone is mentioned throughout."""
    parts: list[str] = ["The Long Harbour"]
    spoken = []
    words, chapter, turn = 0, 0, 0
    while words < n_words:
        if words >= chapter * CHAPTER:
            chapter += 1
            parts.append(f"Chapter {chapter}")
        a, b = PEOPLE[turn % 12], PEOPLE[(turn * 5 + 3) % 12]
        parts.append(PROSE.format(a=a, b=b, p="she"))
        parts.append(f"“I have seen {b} there, and I do not know what to make of it,” said {a}.")
        spoken.append(said(a.lower(), b.lower(), confidence=0.5 + (turn % 50) / 100))
        words += 99
        turn += 1
    cast = [person(name.lower(), name) for name in PEOPLE]
    reading = make("\n\n".join(parts), cast, spoken)
    text = reading.story.text
    she: list[Mention] = []
    at = text.find(" she ")
    while at >= 0:
        she.append(Mention(at + 1, at + 4, "pronoun", "PER", "ada", "ada", 0.9))
        at = text.find(" she ", at + 5)
    return replace(reading, mentions=tuple(sorted((*reading.mentions, *she), key=lambda m: m.start)))
