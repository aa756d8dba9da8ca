"""Who is with whom, who talks to whom, who talks of whom: networks of a reading's characters.

- `copresence`, undirected: both appear (are mentioned in narration, or speak) within a few paragraphs of one scene.
  Weight: the paragraphs in which the second of them appears.
- `conversation`, directed: the first says something to the second. Weight: quotations.
- `mention`, directed: the first speaks of the second. Weight: mentions in speech.

Each edge knows its weight in every chapter, and the places in the text that it stands for.
"""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dramaturg.errors import UsageError
from dramaturg.exporters import needed
from dramaturg.exporters.people import whole_mentions
from dramaturg.reading import Character, Quotation, Reading
from dramaturg.story import Block, Span

WINDOW = 3  # paragraphs: an appearance, the answer to it, and the answer to that


@dataclass(frozen=True, slots=True)
class Node:
    """A character in a network. `chapters`: the numbers of those in which they appear, in order."""

    character: Character
    chapters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """What joins two characters, by id; in an undirected network the ids stand in order.

    `chapters`: (number, weight there), in order, adding up to `weight`. `evidence`: the places that were counted.
    """

    source: str
    target: str
    weight: int
    chapters: tuple[tuple[int, int], ...]
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """One network. `nodes` stand as in the reading, `edges` the heaviest first. Chapters count from 1.

    What stands before the first chapter, and a story that has none, is chapter 0.
    """

    name: str
    directed: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


Meeting = tuple[str, str, Span]  # source, target, where


def network_of(reading: Reading, name: str, window: int = WINDOW) -> Network:
    """A network of a reading: copresence, conversation or mention. `window` is copresence's, in paragraphs."""
    kinds: dict[str, tuple[bool, Callable[[], Iterator[Meeting]]]] = {
        "copresence": (False, lambda: _meetings(reading, window)),
        "conversation": (True, lambda: _talks(reading)),
        "mention": (True, lambda: _talks_of(reading)),
    }
    if name not in kinds:
        raise UsageError(f"there is no network “{name}”. There are: {', '.join(kinds)}.")
    directed, find = kinds[name]
    return Network(name, directed, _nodes(reading), _edges(reading, find()))


def to_networkx(network: Network) -> Any:
    """A networkx DiGraph, or Graph where the network is undirected, its nodes and edges with what GraphML holds too.

    Edges also have `chapters` (a dict) and `evidence` (a list of (start, end)). Raises MissingExtra without networkx.
    """
    networkx = needed("networkx", "networks")
    graph = (networkx.DiGraph if network.directed else networkx.Graph)(name=network.name)
    for node in network.nodes:
        graph.add_node(node.character.id, **node_values(node), chapters=list(node.chapters))
    for edge in network.edges:
        evidence = [(span.start, span.end) for span in edge.evidence]
        graph.add_edge(edge.source, edge.target, weight=edge.weight, chapters=dict(edge.chapters), evidence=evidence)
    return graph


def node_values(node: Node) -> dict[str, str | int | bool]:
    """What networks' files tell of a character."""
    character = node.character
    return {
        "label": character.name,
        "named": character.named,
        "kind": character.kind,
        "pronouns": character.pronouns or "",
        "narrator": character.narrator,
        "mentions": character.mentions,
        "quotations": character.quotations,
        "words_spoken": character.words_spoken,
    }


def places(spans: Iterable[Span]) -> str:
    """Evidence in one string: `start-end start-end`."""
    return " ".join(f"{span.start}-{span.end}" for span in spans)


def chapter_finder(reading: Reading) -> Callable[[int], int]:
    """A function from a place to the number of its chapter, 0 before the first."""
    starts = [chapter.start for chapter in reading.story.chapters]
    return lambda place: bisect_right(starts, place)


def outermost(reading: Reading) -> list[Quotation]:
    """The quotations that stand in no other, in text order."""
    return sorted((q for q in reading.quotations if q.within is None), key=lambda q: q.start)


def _nodes(reading: Reading) -> tuple[Node, ...]:
    chapter_of = chapter_finder(reading)
    seen: dict[str, set[int]] = defaultdict(set)
    for mention in reading.mentions:
        if mention.character is not None:
            seen[mention.character].add(chapter_of(mention.start))
    for quotation in reading.quotations:
        for id in (quotation.speaker, *quotation.addressees):
            if id is not None:
                seen[id].add(chapter_of(quotation.start))
    return tuple(Node(character, tuple(sorted(seen[character.id]))) for character in reading.characters)


def _edges(reading: Reading, meetings: Iterable[Meeting]) -> tuple[Edge, ...]:
    chapter_of = chapter_finder(reading)
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for source, target, span in meetings:
        found[source, target].append(span)
    edges = []
    for (source, target), spans in found.items():
        chapters = Counter(chapter_of(span.start) for span in spans)
        edges.append(Edge(source, target, len(spans), tuple(sorted(chapters.items())), tuple(spans)))
    return tuple(sorted(edges, key=lambda edge: (-edge.weight, edge.source, edge.target)))


def _talks(reading: Reading) -> Iterator[Meeting]:
    for quotation in reading.quotations:
        for addressee in quotation.addressees if quotation.speaker is not None else ():
            if addressee != quotation.speaker:
                yield str(quotation.speaker), addressee, Span(quotation.start, quotation.end)


def _talks_of(reading: Reading) -> Iterator[Meeting]:
    quotations = outermost(reading)
    starts = [quotation.start for quotation in quotations]
    for mention in whole_mentions(reading):
        at = bisect_right(starts, mention.start) - 1
        if at < 0 or mention.end > quotations[at].end:
            continue
        speaker = quotations[at].speaker
        if speaker is not None and mention.character is not None and mention.character != speaker:
            yield speaker, mention.character, Span(mention.start, mention.end)


def _meetings(reading: Reading, window: int) -> Iterator[Meeting]:
    """Each pair once for each paragraph in which one appears with the other there or at most `window - 1` before."""
    recent: deque[frozenset[str]] = deque(maxlen=max(1, window))
    chapter_of = chapter_finder(reading)
    chapter = 0
    for block, people in _appearances(reading):
        if block.role != "paragraph" or chapter_of(block.start) != chapter:
            recent.clear()
            chapter = chapter_of(block.start)
        if block.role != "paragraph":
            continue
        recent.append(people)
        around = sorted(frozenset().union(*recent))
        for n, one in enumerate(around):
            for other in around[n + 1 :]:
                if one in people or other in people:
                    yield one, other, Span(block.start, block.end)


def _appearances(reading: Reading) -> Iterator[tuple[Block, frozenset[str]]]:
    """The story's blocks, each with those who are mentioned in its narration or speak in it."""
    blocks = reading.story.blocks
    starts = [block.start for block in blocks]
    people: list[set[str]] = [set() for _ in blocks]
    quotations = outermost(reading)
    spoken = [quotation.start for quotation in quotations]
    for quotation in quotations:
        if quotation.speaker is not None and (at := bisect_right(starts, quotation.start) - 1) >= 0:
            people[at].add(quotation.speaker)
    for mention in reading.mentions:
        at = bisect_right(spoken, mention.start) - 1
        if mention.character is None or (at >= 0 and mention.end <= quotations[at].end):
            continue
        if (at := bisect_right(starts, mention.start) - 1) >= 0:
            people[at].add(mention.character)
    return ((block, frozenset(here)) for block, here in zip(blocks, people, strict=True))
