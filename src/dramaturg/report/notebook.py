"""Reading → the HTML that Jupyter shows: the characters, where they are in the story, and who talks to whom.

It has its own styles, no script and no external resources; every word of the story is escaped.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from math import cos, pi, sin

from dramaturg.formatting import clip, counted, one_line, title_from_file_name
from dramaturg.reading import Character, Reading
from dramaturg.utterances import utterances

MAX_CHARACTERS = 10  # in the table
MAX_SPEAKERS = 8  # in the network and the matrix
STRIP_PARTS = 40  # equal parts of the story
NETWORK_WIDTH, NETWORK_HEIGHT, RING_RADIUS = 560, 300, 115  # pixels
COLOUR = "#3b6ea5"


def to_html(reading: Reading) -> str:
    """An overview of a reading: its characters, where they appear in the story, and who talks to whom."""
    source = reading.story.source
    title = escape(one_line(source.title or title_from_file_name(source.path)))
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
        parts += [_people(reading, reading.characters[:MAX_CHARACTERS]), _talk(reading)]
    parts += [f"<p>⚠ {escape(one_line(warning))}</p>" for warning in reading.story.warnings]
    return f'<div style="font-family:sans-serif;max-width:60em">{"".join(parts)}</div>'


def _people(reading: Reading, people: Sequence[Character]) -> str:
    heads = ("Character", "Pronouns", "Mentions", "Lines", "Words", "Where in the story")
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in heads)
    strips = _presence(reading, people)
    lines = Counter(utterance.first.speaker for utterance in utterances(reading))
    rows = "".join(
        "<tr>"
        f'<td style="text-align:left">{_name(character)}{" (narrator)" if character.narrator else ""}</td>'
        f"<td>{escape(character.pronouns or '')}</td><td>{character.mentions}</td><td>{lines[character.id]}</td>"
        f"<td>{character.words_spoken}</td><td>{strips[character.id]}</td></tr>"
        for character in people
    )
    left = len(reading.characters) - len(people)
    more = f"<p>and {left:,} more</p>" if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _name(character: Character) -> str:
    return escape(clip(one_line(character.name), 40))


def _presence(reading: Reading, people: Sequence[Character]) -> dict[str, str]:
    """A strip for each of these: how often they are mentioned or speak in each part of the story."""
    length = max(1, len(reading.story.text))
    counts = {character.id: Counter[int]() for character in people}
    places = [(m.start, m.character) for m in reading.mentions] + [(q.start, q.speaker) for q in reading.quotations]
    for start, id in places:
        if id in counts:
            counts[id][min(STRIP_PARTS - 1, start * STRIP_PARTS // length)] += 1
    most = max((n for parts in counts.values() for n in parts.values()), default=1)
    return {id: _strip(parts, most) for id, parts in counts.items()}


def _strip(parts: Counter[int], most: int) -> str:
    bars = "".join(
        f'<rect x="{4 * part}" y="{16 - round(15 * n / most) - 1}" width="3" height="{round(15 * n / most) + 1}"/>'
        for part, n in sorted(parts.items())
    )
    label = f"appears in {len(parts)} of {STRIP_PARTS} parts of the story"
    return (
        f'<svg width="{4 * STRIP_PARTS}" height="16" fill="{COLOUR}" role="img" aria-label="{label}">'
        f"<title>{label}</title>{bars}</svg>"
    )


def _talk(reading: Reading) -> str:
    """How many lines the most frequent speakers say to each other, as a network and a matrix."""
    lines = Counter(
        (utterance.first.speaker, id) for utterance in utterances(reading) for id in utterance.first.addressees
    )
    talks: Counter[str] = Counter()
    for (speaker, id), n in lines.items():
        if speaker is not None:
            talks[speaker] += n
            talks[id] += n
    people = [id for id, _ in sorted(talks.items(), key=lambda item: (-item[1], item[0]))[:MAX_SPEAKERS]]
    if len(people) < 2:
        return ""
    most = max(lines[id, other] for id in people for other in people) or 1
    head = "".join(f"<th>{_name(reading.character(id))}</th>" for id in people)
    rows = "".join(
        f'<tr><th style="text-align:left">{_name(reading.character(id))}</th>{_cells(lines, id, people, most)}</tr>'
        for id in people
    )
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    network = _network(reading, people, lines)
    return f"{network}<details><summary>Lines from speaker (row) to addressee (column)</summary>{table}</details>"


def _network(reading: Reading, people: Sequence[str], lines: Counter[tuple[str | None, str]]) -> str:
    """The most frequent speakers on a ring; the more lines two exchange, the thicker the line between them."""
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
    label = f"Network of who talks to whom: {counted(len(people), 'person', 'people')}"
    return (
        f'<svg width="{NETWORK_WIDTH}" height="{NETWORK_HEIGHT}" viewBox="0 0 {NETWORK_WIDTH} {NETWORK_HEIGHT}" '
        f'style="max-width:100%" role="img" '
        f'aria-label="{label}" fill="currentColor" font-size="13"><title>{label}</title>'
        f'<g stroke="{COLOUR}" stroke-opacity="0.45">{talk}</g>{dots}</svg>'
    )


def _dot(character: Character, x: int, y: int) -> str:
    """A circle and a name; the name is outside the ring."""
    side = (x > NETWORK_WIDTH / 2 + RING_RADIUS / 3) - (x < NETWORK_WIDTH / 2 - RING_RADIUS / 3)
    anchor = ("middle", "start", "end")[side]
    down = 5 if side else 22 if y > NETWORK_HEIGHT / 2 else -13
    return (
        f'<circle cx="{x}" cy="{y}" r="7" fill="{COLOUR}"></circle>'
        f'<text x="{x + 12 * side}" y="{y + down}" text-anchor="{anchor}">{_name(character)}</text>'
    )


def _on_ring(k: int, n: int) -> tuple[int, int]:
    """The position of the k-th of n people: the first at the top, but two of them side by side."""
    turn = 2 * pi * (k / n - 0.25 * (n == 2))
    return round(NETWORK_WIDTH / 2 + RING_RADIUS * sin(turn)), round(NETWORK_HEIGHT / 2 - RING_RADIUS * cos(turn))


def _cells(lines: Counter[tuple[str | None, str]], speaker: str, people: Iterable[str], most: int) -> str:
    cells = []
    for other in people:
        n = lines[speaker, other]
        # The shade only repeats what the number says.
        shade = f' style="background:rgba(59,110,165,{0.5 * n / most:.2f})"' if n else ""
        cells.append(f"<td{shade}>{n or ''}</td>")
    return "".join(cells)
