"""Reading → the HTML that Jupyter shows: the characters, where they are in the story, and who talks to whom.

It has its own styles, no script and no external resources; every word of the story is escaped.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from math import cos, pi, sin

from dramaturg.formatting import clip, counted, one_line
from dramaturg.reading import Character, Reading
from dramaturg.utterances import utterances

SHOWN = 10  # people in the table
TALKERS = 8  # people in the matrix
STRIP = 40  # parts that the story is cut into
WIDE, HIGH, RING = 560, 300, 115  # of the network, in pixels
COLOUR = "#3b6ea5"


def to_html(reading: Reading) -> str:
    """A reading at a glance: its people, where they are in the story, who talks to whom."""
    source = reading.story.source
    title = escape(one_line(source.title or source.path))
    author = f" by {escape(one_line(source.author))}" if source.author else ""
    spoken = utterances(reading)
    counts = ", ".join(
        [
            counted(len(reading.story.text.split()), "word"),
            counted(len(reading.characters), "character"),
            counted(len(spoken), "line") + " of speech",
        ]
    )
    parts = [f"<p><b>{title}</b>{author}<br>{counts}</p>"]
    if reading.characters:
        parts += [_people(reading, reading.characters[:SHOWN]), _talk(reading)]
    parts += [f"<p>⚠ {escape(one_line(warning))}</p>" for warning in reading.story.warnings]
    return f'<div style="font-family:sans-serif;max-width:60em">{"".join(parts)}</div>'


def _people(reading: Reading, people: Sequence[Character]) -> str:
    heads = ("who", "", "mentions", "lines", "words", "in the story")
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in heads)
    strips = _presence(reading, people)
    lines = Counter(utterance.first.speaker for utterance in utterances(reading))
    rows = "".join(
        "<tr>"
        f'<td style="text-align:left">{_name(one)}{" (tells the story)" if one.narrator else ""}</td>'
        f"<td>{escape(one.pronouns or '')}</td><td>{one.mentions}</td><td>{lines[one.id]}</td>"
        f"<td>{one.words_spoken}</td><td>{strips[one.id]}</td></tr>"
        for one in people
    )
    left = len(reading.characters) - len(people)
    more = f"<p>and {left:,} more</p>" if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _name(one: Character) -> str:
    return escape(clip(one_line(one.name), 40))


def _presence(reading: Reading, people: Sequence[Character]) -> dict[str, str]:
    """For each of these a strip: how often they are mentioned or speak in each part of the story."""
    length = max(1, len(reading.story.text))
    counts = {one.id: Counter[int]() for one in people}
    places = [(m.start, m.character) for m in reading.mentions] + [(q.start, q.speaker) for q in reading.quotations]
    for start, id in places:
        if id in counts:
            counts[id][min(STRIP - 1, start * STRIP // length)] += 1
    most = max((n for parts in counts.values() for n in parts.values()), default=1)
    return {id: _strip(parts, most) for id, parts in counts.items()}


def _strip(parts: Counter[int], most: int) -> str:
    bars = "".join(
        f'<rect x="{4 * part}" y="{16 - round(15 * n / most) - 1}" width="3" height="{round(15 * n / most) + 1}"/>'
        for part, n in sorted(parts.items())
    )
    told = f"in {len(parts)} of {STRIP} parts of the story"
    return (
        f'<svg width="{4 * STRIP}" height="16" fill="{COLOUR}" role="img" aria-label="{told}"><title>{told}</title>'
        f"{bars}</svg>"
    )


def _talk(reading: Reading) -> str:
    """Who says how many lines to whom, among those who talk most."""
    lines = Counter(
        (utterance.first.speaker, id) for utterance in utterances(reading) for id in utterance.first.addressees
    )
    talks: Counter[str] = Counter()
    for (speaker, id), n in lines.items():
        if speaker is not None:
            talks[speaker] += n
            talks[id] += n
    people = [one for one, _ in sorted(talks.items(), key=lambda item: (-item[1], item[0]))[:TALKERS]]
    if len(people) < 2:
        return ""
    most = max(lines[one, other] for one in people for other in people) or 1
    head = "".join(f"<th>{_name(reading.character(id))}</th>" for id in people)
    rows = "".join(
        f'<tr><th style="text-align:left">{_name(reading.character(one))}</th>{_cells(lines, one, people, most)}</tr>'
        for one in people
    )
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    network = _network(reading, people, lines)
    return f"{network}<details><summary>Lines said by (rows) to (columns)</summary>{table}</details>"


def _network(reading: Reading, people: Sequence[str], lines: Counter[tuple[str | None, str]]) -> str:
    """Those who talk most, in a ring; between two a line as thick as their talk."""
    bonds = {(a, b): lines[a, b] + lines[b, a] for k, a in enumerate(people) for b in people[:k]}
    most = max(bonds.values()) or 1
    places = {id: _on_ring(k, len(people)) for k, id in enumerate(people)}
    talk = "".join(
        f'<line x1="{places[a][0]}" y1="{places[a][1]}" x2="{places[b][0]}" y2="{places[b][1]}" '
        f'stroke-width="{1 + 7 * (n / most) ** 0.5:.1f}"><title>{_name(reading.character(a))} and '
        f"{_name(reading.character(b))}: {counted(n, 'line')}</title></line>"
        for (a, b), n in bonds.items()
        if n
    )
    dots = "".join(_dot(reading.character(id), *place) for id, place in places.items())
    told = f"who talks with whom, among {counted(len(people), 'person', 'people')}"
    return (
        f'<svg width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" style="max-width:100%" role="img" '
        f'aria-label="{told}" fill="currentColor" font-size="13"><title>{told}</title>'
        f'<g stroke="{COLOUR}" stroke-opacity="0.45">{talk}</g>{dots}</svg>'
    )


def _dot(one: Character, x: int, y: int) -> str:
    """Somebody in the network, the name outside of the ring."""
    side = (x > WIDE / 2 + RING / 3) - (x < WIDE / 2 - RING / 3)
    anchor = ("middle", "start", "end")[side]
    down = 5 if side else 22 if y > HIGH / 2 else -13
    return (
        f'<circle cx="{x}" cy="{y}" r="7" fill="{COLOUR}"></circle>'
        f'<text x="{x + 12 * side}" y="{y + down}" text-anchor="{anchor}">{_name(one)}</text>'
    )


def _on_ring(k: int, n: int) -> tuple[int, int]:
    """Where the k-th of n stands, the first one on top; two stand side by side."""
    turn = 2 * pi * (k / n - 0.25 * (n == 2))
    return round(WIDE / 2 + RING * sin(turn)), round(HIGH / 2 - RING * cos(turn))


def _cells(lines: Counter[tuple[str | None, str]], one: str, people: Iterable[str], most: int) -> str:
    cells = []
    for other in people:
        n = lines[one, other]
        # The number is in the cell: the shade only helps the eye.
        shade = f' style="background:rgba(59,110,165,{0.5 * n / most:.2f})"' if n else ""
        cells.append(f"<td{shade}>{n or ''}</td>")
    return "".join(cells)
