"""Reading → plain text for a terminal: the whole story, one character, or one character's lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from unicodedata import combining, east_asian_width

from dramaturg.console import TerminalStyle, safe
from dramaturg.formatting import clip, counted, percent, title_from_file_name, words_in
from dramaturg.phrases import Locator, alternatives, is_guess, reason, snippet
from dramaturg.portraits import facts_of, portrait
from dramaturg.reading import Character, Reading
from dramaturg.report.highlights import audience, least_certain, sample_conversation, some_lines
from dramaturg.utterances import Utterance, utterances

CAST_SHOWN = 12  # characters
BAR = 16  # columns
NAME_AND_COUNTS = 56  # columns of a row of the cast without its bar; below, each row becomes two lines
MAX_LINE_LENGTH = 240  # characters of one utterance
WHOLE_LINE = 24_000  # the same where every line is shown in full


def show_reading(reading: Reading, style: TerminalStyle) -> str:
    """The page of a story: its cast, a sample conversation, and the least certain speakers."""
    spoken = utterances(reading)
    locator = Locator(reading)
    parts = [
        _title(reading, spoken, style),
        _cast(reading, spoken, style),
        _conversation(reading, spoken, locator, style),
        _uncertain(reading, spoken, locator, style),
    ]
    return _page(line for part in parts if part for line in ("", *part))


def show_character(reading: Reading, character: Character, style: TerminalStyle) -> str:
    """The page of one character: names, pronouns, first and last mention, how much they say and to whom."""
    locator = Locator(reading)
    rank = reading.characters.index(character)
    lines = [style.speaker(rank, safe(character.name)) + f"  {character.id}", ""]
    if described := portrait(reading, character):
        lines += style.wrap(f"{safe(described[:1].upper() + described[1:])}.", hanging="  ")
    lines += style.wrap(_who_it_is(reading, character, locator), hanging="  ")
    lines += _facts(character, style)
    for word, start in (("First", character.first), ("Last", character.last)):
        if start is not None:
            appearance = f"{word} mentioned at {locator.describe(start)}: {safe(snippet(reading, start))}"
            lines += style.wrap(appearance, hanging="  ")
    lines += _said_of(reading, character, locator, style)
    mine = [u for u in utterances(reading) if u.first.speaker == character.id]
    if mine:
        people = ", ".join(f"{safe(name or 'unknown')} ({n:,})" for name, n in audience(reading, mine)[:8])
        said = f"Says {counted(len(mine), 'line')}, {counted(character.words_spoken, 'word')}. Speaks to {people}."
        lines += style.wrap(said, hanging="  ")
        lines += ["", style.bold("Sample lines")]
        for utterance in some_lines(mine):
            lines += _line(reading, utterance, locator, style)
    else:
        lines.append("Says nothing.")
    return _page(["", *lines])


def show_lines(reading: Reading, character: Character, style: TerminalStyle) -> str:
    """Every line of one character, with its place, its addressees and its probability."""
    locator = Locator(reading)
    mine = [u for u in utterances(reading) if u.first.speaker == character.id]
    head = f"{safe(character.name)}: {counted(len(mine), 'line')}"
    return _page([style.bold(head), *(line for u in mine for line in _line(reading, u, locator, style, WHOLE_LINE))])


def _title(reading: Reading, spoken: list[Utterance], style: TerminalStyle) -> list[str]:
    source = reading.story.source
    title = safe(source.title or title_from_file_name(source.path))
    author = f" by {safe(source.author)}" if source.author else ""
    unknown = sum(u.first.speaker is None for u in spoken)
    counts = [counted(words_in(reading.story.text), "word")]
    counts += [counted(len(reading.story.chapters), "chapter")] if len(reading.story.chapters) > 1 else []
    counts += [counted(len(reading.characters), "character"), counted(len(spoken), "line") + " of speech"]
    counts += [f"{unknown:,} without a speaker"] if unknown else []
    return [*(style.bold(line) for line in style.wrap(title + author)), *style.wrap(" · ".join(counts))]


def _cast(reading: Reading, spoken: list[Utterance], style: TerminalStyle) -> list[str]:
    shown = reading.characters[:CAST_SHOWN]
    if not shown:
        return [style.bold("The cast"), "  No characters found."]
    lines = [style.bold("The cast")]
    bar_width = max(0, min(BAR, style.width - NAME_AND_COUNTS))
    narrow = style.width < NAME_AND_COUNTS
    room = max(10, min(30, style.width - (2 if narrow else bar_width + 32)))
    labels = [clip(safe(c.name), room) for c in shown]
    column = max(_columns(label) for label in labels)
    most = max(1, *(c.words_spoken for c in reading.characters))
    said = Counter(u.first.speaker for u in spoken)
    for rank, (character, label) in enumerate(zip(shown, labels, strict=True)):
        bar = "█" * max(round(bar_width * character.words_spoken / most), 1 if character.words_spoken else 0)
        padded = label + " " * (column - _columns(label))
        n = said[character.id]
        says = f"{counted(n, 'line')}, {counted(character.words_spoken, 'word')}" if n else "says nothing"
        says += "; narrator" if character.narrator else ""
        if narrow:
            lines += [f"  {style.speaker(rank, label)}", *style.wrap(says, "    ")]
            continue
        pronouns = clip(safe(character.pronouns or ""), 5)
        bars = style.speaker(rank, bar[:bar_width]) + " " * (bar_width - len(bar[:bar_width]))
        lines.append(f"  {style.speaker(rank, padded)}  {pronouns:5} {bars} {says}".rstrip())
    left = reading.characters[CAST_SHOWN:]
    if left:
        lines += style.wrap(f"and {len(left):,} more", "  ")
    return lines


def _conversation(reading: Reading, spoken: list[Utterance], locator: Locator, style: TerminalStyle) -> list[str]:
    sample = sample_conversation(spoken)
    if not sample:
        return []
    place = locator.describe(sample[0].first.start)
    lines = [style.bold("Sample conversation") + style.dim(f"  {place}")]
    for utterance in sample:
        name = _speaker_label(reading, utterance)
        rank = _rank(reading, utterance.first.speaker)
        wrapped = style.wrap(f"{name}: {_quoted(reading, utterance, MAX_LINE_LENGTH)}", "  ", "    ")
        lines += [style.speaker(rank, line) for line in wrapped]
    return lines


def _uncertain(reading: Reading, spoken: list[Utterance], locator: Locator, style: TerminalStyle) -> list[str]:
    doubtful = least_certain(spoken)
    unknown = [u for u in spoken if u.first.speaker is None]
    lines = [style.bold("Least certain")] if doubtful or unknown else []
    for utterance in doubtful:
        first = utterance.first
        name = _speaker_label(reading, utterance)
        others = alternatives(reading, first)
        lines += style.wrap(f"{locator.describe(first.start)}: {_quoted(reading, utterance, 100)}", "  ", "    ")
        why = f"{name} ({percent(first.confidence or 0.0)}): {safe(reason(reading, first))}"
        lines += style.wrap(why + (f"; or {safe(others)}" if others else "") + ".", "      ")
    if unknown:
        where = ", ".join(locator.describe(u.first.start) for u in unknown[:5])
        more = ", …" if len(unknown) > 5 else ""
        lines += style.wrap(f"No speaker found for {counted(len(unknown), 'line')}: {where}{more}.", "  ")
    return lines


def _who_it_is(reading: Reading, character: Character, locator: Locator) -> str:
    """The answer to “who is that again?” in one sentence: their part, whom they talk with, and where they come in."""
    spoken = utterances(reading)
    lines = Counter(u.first.speaker for u in spoken if u.first.speaker is not None)
    place = [id for id, _ in lines.most_common()].index(character.id) if lines[character.id] else -1
    kind = "group" if character.kind == "group" else "character"
    part = "The narrator" if character.narrator else f"A {kind}"
    if place >= 0:
        ranks = ("says the most", "says the second most", "says the third most")
        part += f" who {ranks[place]}" if place < len(ranks) else f" with {counted(lines[character.id], 'line')}"
    else:
        part += " who says nothing"
    partners = Counter(
        other
        for u in spoken
        for one, other in [(u.first.speaker, id) for id in u.first.addressees]
        + [(id, u.first.speaker) for id in u.first.addressees]
        if one == character.id and other not in (None, character.id)
    )
    names = [safe(reading.name_of(id) or "") for id, _ in partners.most_common(2)]
    talks = f", talks mostly with {' and '.join(names)}" if names else ""
    first = f", first mentioned in {locator.describe(character.first)}" if character.first is not None else ""
    return f"{part}{talks}{first}."


def _said_of(reading: Reading, character: Character, locator: Locator, style: TerminalStyle) -> Iterator[str]:
    """What the story says of somebody, each with its words and their place."""
    facts = facts_of(reading, character)
    if facts:
        yield from ("", style.bold("What the story says"))
    for fact in facts:
        of = f" of {safe(reading.name_of(fact.of) or '')}" if fact.of is not None else ""
        claim = f" (says {safe(reading.name_of(fact.said_by) or '')})" if fact.said_by is not None else ""
        place = f"{locator.describe(fact.start)}: {safe(snippet(reading, fact.start))}"
        yield from style.wrap(f"{fact.kind}: {safe(fact.value)}{of}{claim}", "  ", "    ")
        yield from (style.dim(line) for line in style.wrap(place, "    ", "    "))
    if facts:
        yield ""


def _facts(character: Character, style: TerminalStyle) -> Iterator[str]:
    if character.kind == "group":
        yield "A group that speaks together."
    if character.narrator:
        yield "The narrator."
    if not character.named:
        yield "Unnamed in the text."
    if character.aliases:
        yield from style.wrap(
            "Also called " + ", ".join(safe(alias) for alias in character.aliases) + ".", hanging="  "
        )
    yield f"Pronouns: {safe(character.pronouns or 'unknown')}. Mentioned {counted(character.mentions, 'time')}."


def _line(
    reading: Reading, utterance: Utterance, locator: Locator, style: TerminalStyle, longest: int = MAX_LINE_LENGTH
) -> list[str]:
    first = utterance.first
    to = ", ".join(safe(reading.name_of(id) or "") for id in first.addressees) or "unknown"
    sure = "" if first.confidence is None else f", {percent(first.confidence)}{'?' if is_guess(first) else ''}"
    head = [style.dim(line) for line in style.wrap(f"{locator.describe(first.start)}, to {to}{sure}", "  ")]
    return [*head, *style.wrap(_quoted(reading, utterance, longest), "    ")]


def _speaker_label(reading: Reading, utterance: Utterance) -> str:
    name = reading.name_of(utterance.first.speaker)
    if name is None:
        return "(unknown)"
    return safe(name) + ("?" if is_guess(utterance.first) else "")


def _rank(reading: Reading, id: str | None) -> int:
    return -1 if id is None else reading.characters.index(reading.character(id))


def _quoted(reading: Reading, utterance: Utterance, length: int) -> str:
    return clip(safe(utterance.text(reading)), length)


def _columns(text: str) -> int:
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"
