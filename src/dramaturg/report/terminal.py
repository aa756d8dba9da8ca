"""Reading → a page of text for a console: the whole story, one character, or one character's lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from unicodedata import combining, east_asian_width

from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import clip, counted, percent, words_in
from dramaturg.phrases import LIKELY, Locator, alternatives, reason, snippet
from dramaturg.reading import Character, Reading
from dramaturg.report.highlights import audience, least_certain, sample_conversation, some_lines
from dramaturg.utterances import Utterance, utterances

CAST_SHOWN = 12
BAR = 16  # columns
LONGEST = 240  # characters of one utterance on a page


def show_reading(reading: Reading, style: TerminalStyle) -> str:
    """The page of a whole story: its cast, a piece of talk, and what is uncertain."""
    spoken = utterances(reading)
    places = Locator(reading)
    parts = [
        _title(reading, spoken, style),
        _cast(reading, spoken, style),
        _conversation(reading, spoken, places, style),
        _uncertain(reading, spoken, places, style),
    ]
    return _page(line for part in parts if part for line in ("", *part))


def show_character(reading: Reading, character: Character, style: TerminalStyle) -> str:
    """The page of one character: who this is, where it appears, how much it says and to whom."""
    places = Locator(reading)
    rank = reading.characters.index(character)
    lines = [style.speaker(rank, safe(character.name)) + f"  {character.id}", ""]
    lines += _facts(character, style)
    for word, start in (("First", character.first), ("Last", character.last)):
        if start is not None:
            told = f"{word} named at {places.describe(start)}: {safe(snippet(reading, start))}"
            lines += style.wrap(told, hanging="  ")
    mine = [u for u in utterances(reading) if u.first.speaker == character.id]
    if mine:
        people = ", ".join(f"{safe(name or 'somebody unknown')} {n}" for name, n in audience(reading, mine)[:8])
        said = f"Says {counted(len(mine), 'line')}, {counted(character.words_spoken, 'word')}: to {people}."
        lines += style.wrap(said, hanging="  ")
        lines += ["", style.bold("Some lines")]
        for utterance in some_lines(mine):
            lines += _line(reading, utterance, places, style)
    else:
        lines.append("Says nothing.")
    return _page(["", *lines])


def show_lines(reading: Reading, character: Character, style: TerminalStyle) -> str:
    """Everything that one character says, each with its place, whom it is said to, and how sure that is."""
    places = Locator(reading)
    mine = [u for u in utterances(reading) if u.first.speaker == character.id]
    head = f"{safe(character.name)}: {counted(len(mine), 'line')}"
    return _page([style.bold(head), *(line for u in mine for line in _line(reading, u, places, style, LONGEST * 100))])


def _title(reading: Reading, spoken: list[Utterance], style: TerminalStyle) -> list[str]:
    source = reading.story.source
    title = safe(source.title or source.path)
    author = f" by {safe(source.author)}" if source.author else ""
    unknown = sum(u.first.speaker is None for u in spoken)
    counts = [counted(words_in(reading.story.text), "word")]
    counts += [counted(len(reading.story.chapters), "chapter")] if len(reading.story.chapters) > 1 else []
    counts += [counted(len(reading.characters), "character"), counted(len(spoken), "line") + " of speech"]
    counts += [f"{unknown:,} of them without a speaker"] if unknown else []
    return [*(style.bold(line) for line in style.wrap(title + author)), *style.wrap(" · ".join(counts))]


def _cast(reading: Reading, spoken: list[Utterance], style: TerminalStyle) -> list[str]:
    shown = reading.characters[:CAST_SHOWN]
    if not shown:
        return [style.bold("The cast"), "  Nobody was found."]
    lines = [style.bold("The cast")]
    room = max(10, min(30, style.width - BAR - 32))
    labels = [clip(safe(c.name), room) for c in shown]
    column = max(_columns(label) for label in labels)
    most = max(1, *(c.words_spoken for c in reading.characters))
    said = Counter(u.first.speaker for u in spoken)
    for rank, (character, label) in enumerate(zip(shown, labels, strict=True)):
        bar = "█" * max(round(BAR * character.words_spoken / most), 1 if character.words_spoken else 0)
        padded = label + " " * (column - _columns(label))
        pronouns = clip(safe(character.pronouns or ""), 5)
        n = said[character.id]
        says = f"{counted(n, 'line')}, {counted(character.words_spoken, 'word')}" if n else "says nothing"
        teller = "; tells the story" if character.narrator else ""
        bars = style.speaker(rank, bar) + " " * (BAR - len(bar))
        lines.append(f"  {style.speaker(rank, padded)}  {pronouns:5} {bars} {says}{teller}")
    left = reading.characters[CAST_SHOWN:]
    if left:
        lines += style.wrap(f"and {len(left):,} more", "  ")
    return lines


def _conversation(reading: Reading, spoken: list[Utterance], places: Locator, style: TerminalStyle) -> list[str]:
    sample = sample_conversation(spoken)
    if not sample:
        return []
    place = places.describe(sample[0].first.start)
    lines = [style.bold("A conversation") + style.dim(f"  {place}")]
    for utterance in sample:
        name = _speaker_label(reading, utterance)
        rank = _rank(reading, utterance.first.speaker)
        wrapped = style.wrap(f"{name}: {_quoted(reading, utterance, LONGEST)}", "  ", "    ")
        lines += [style.speaker(rank, line) for line in wrapped]
    return lines


def _uncertain(reading: Reading, spoken: list[Utterance], places: Locator, style: TerminalStyle) -> list[str]:
    doubtful = least_certain(spoken)
    unknown = [u for u in spoken if u.first.speaker is None]
    lines = [style.bold("Least certain")] if doubtful or unknown else []
    for utterance in doubtful:
        first = utterance.first
        name = safe(reading.name_of(first.speaker) or "")
        others = alternatives(reading, first)
        lines += style.wrap(f"{places.describe(first.start)}: {_quoted(reading, utterance, 100)}", "  ", "    ")
        why = f"{name} ({percent(first.confidence or 0.0)}): {safe(reason(reading, first))}"
        lines += style.wrap(why + (f"; or {safe(others)}" if others else "") + ".", "      ")
    if unknown:
        where = ", ".join(places.describe(u.first.start) for u in unknown[:5])
        more = ", …" if len(unknown) > 5 else ""
        lines += style.wrap(f"Nobody could be named for {counted(len(unknown), 'utterance')}: {where}{more}.", "  ")
    return lines


def _facts(character: Character, style: TerminalStyle) -> Iterator[str]:
    if character.kind == "group":
        yield "A group that speaks as one."
    if character.narrator:
        yield "Tells the story."
    if not character.named:
        yield "Has no name in the text."
    if character.aliases:
        yield from style.wrap(
            "Also called " + ", ".join(safe(alias) for alias in character.aliases) + ".", hanging="  "
        )
    yield f"Pronouns: {safe(character.pronouns or 'not known')}. Mentioned {counted(character.mentions, 'time')}."


def _line(
    reading: Reading, utterance: Utterance, places: Locator, style: TerminalStyle, longest: int = LONGEST
) -> list[str]:
    first = utterance.first
    to = ", ".join(safe(reading.name_of(id) or "") for id in first.addressees) or "somebody unknown"
    sure = "" if first.confidence is None else f", {percent(first.confidence)}"
    head = style.dim(f"  {places.describe(first.start)}, to {to}{sure}")
    return [head, *style.wrap(_quoted(reading, utterance, longest), "    ")]


def _speaker_label(reading: Reading, utterance: Utterance) -> str:
    name = reading.name_of(utterance.first.speaker)
    if name is None:
        return "(unknown)"
    doubt = "?" if (utterance.first.confidence or 0.0) < LIKELY else ""
    return safe(name) + doubt


def _rank(reading: Reading, id: str | None) -> int:
    return -1 if id is None else reading.characters.index(reading.character(id))


def _quoted(reading: Reading, utterance: Utterance, length: int) -> str:
    return clip(safe(utterance.text(reading)), length)


def _columns(text: str) -> int:
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"
