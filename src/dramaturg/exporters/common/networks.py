"""Networks of a reading's characters: who appears with whom, who talks to whom, who talks about whom.

- `copresence`, undirected: both appear (are mentioned in narration, or speak) within a few paragraphs of one scene.
  Weight: the paragraphs in which the second of them appears.
- `conversation`, directed: the first says something to the second. Weight: quotations.
- `mention`, directed: the first talks about the second. Weight: mentions in speech.
- `kin`, directed: the first is kin of the second. Weight: 1; the evidence says what.

Each edge has its weight in every chapter, and the spans of the text that it was counted from.
"""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dramaturg.errors import UsageError
from dramaturg.exporters.common.chapters import chapter_finder
from dramaturg.exporters.common.extras import require
from dramaturg.exporters.common.mentions import outermost_quotations, whole_mentions
from dramaturg.reading import Character, Reading
from dramaturg.story import Block, Span

WINDOW_PARAGRAPHS = 3  # an appearance, the reply, and the reply to that


@dataclass(frozen=True, slots=True)
class Node:
    """A character in a network. `chapters` are the numbers of the chapters they appear in, in order."""

    character: Character
    chapters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between two characters, given by id. In an undirected network, `source` sorts before `target`.

    `chapters` are pairs of chapter number and weight, in order; the weights add up to `weight`. `evidence` are the
    spans that were counted.
    """

    source: str
    target: str
    weight: int
    chapters: tuple[tuple[int, int], ...]
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """A network. `nodes` are in the order of the reading, `edges` by descending weight.

    Chapters count from 1. Text before the first chapter, and a story without chapters, is chapter 0.
    """

    name: str
    directed: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


Contact = tuple[str, str, Span]  # source, target, and the place in the text


def network_of(reading: Reading, name: str, window: int = WINDOW_PARAGRAPHS) -> Network:
    """The copresence, conversation, mention or kin network of a reading. `window`, in paragraphs, is for copresence.

    Raises UsageError if there is no network with this name.
    """
    kinds: dict[str, tuple[bool, Callable[[], Iterator[Contact]]]] = {
        "copresence": (False, lambda: _copresences(reading, window)),
        "conversation": (True, lambda: _addressings(reading)),
        "mention": (True, lambda: _mentions_in_speech(reading)),
        "kin": (True, lambda: _kin(reading)),
    }
    if name not in kinds:
        raise UsageError(f"there is no network “{name}”. There are: {', '.join(kinds)}.")
    directed, find = kinds[name]
    return Network(name, directed, _nodes(reading), _edges(reading, find()))


def to_networkx(network: Network) -> Any:
    """A networkx DiGraph, or Graph if the network is undirected, with the same attributes as in GraphML.

    Edges also have `chapters` (a dict) and `evidence` (a list of (start, end)). Raises MissingExtra if networkx is not
    installed.
    """
    networkx = require("networkx", "networks")
    graph = (networkx.DiGraph if network.directed else networkx.Graph)(name=network.name)
    for node in network.nodes:
        graph.add_node(node.character.id, **node_values(node), chapters=list(node.chapters))
    for edge in network.edges:
        evidence = [(span.start, span.end) for span in edge.evidence]
        graph.add_edge(edge.source, edge.target, weight=edge.weight, chapters=dict(edge.chapters), evidence=evidence)
    return graph


def node_values(node: Node) -> dict[str, str | int | bool]:
    """The attributes of a character in a network."""
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


def format_spans(spans: Iterable[Span]) -> str:
    """Spans in one string: `start-end start-end`."""
    return " ".join(f"{span.start}-{span.end}" for span in spans)


def _nodes(reading: Reading) -> tuple[Node, ...]:
    chapter_of = chapter_finder(reading)
    chapters: dict[str, set[int]] = defaultdict(set)
    for mention in reading.mentions:
        if mention.character is not None:
            chapters[mention.character].add(chapter_of(mention.start))
    for quotation in reading.quotations:
        for id in (quotation.speaker, *quotation.addressees):
            if id is not None:
                chapters[id].add(chapter_of(quotation.start))
    return tuple(Node(character, tuple(sorted(chapters[character.id]))) for character in reading.characters)


def _kin(reading: Reading) -> Iterator[Contact]:
    for fact in reading.facts:
        if fact.kind == "kin" and fact.of is not None:
            yield fact.person, fact.of, Span(fact.start, fact.end)


def _edges(reading: Reading, contacts: Iterable[Contact]) -> tuple[Edge, ...]:
    chapter_of = chapter_finder(reading)
    found: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for source, target, span in contacts:
        found[source, target].append(span)
    edges = []
    for (source, target), spans in found.items():
        chapters = Counter(chapter_of(span.start) for span in spans)
        edges.append(Edge(source, target, len(spans), tuple(sorted(chapters.items())), tuple(spans)))
    return tuple(sorted(edges, key=lambda edge: (-edge.weight, edge.source, edge.target)))


def _addressings(reading: Reading) -> Iterator[Contact]:
    for quotation in reading.quotations:
        for addressee in quotation.addressees if quotation.speaker is not None else ():
            if addressee != quotation.speaker:
                yield str(quotation.speaker), addressee, Span(quotation.start, quotation.end)


def _mentions_in_speech(reading: Reading) -> Iterator[Contact]:
    quotations = outermost_quotations(reading)
    starts = [quotation.start for quotation in quotations]
    for mention in whole_mentions(reading):
        at = bisect_right(starts, mention.start) - 1
        if at < 0 or mention.end > quotations[at].end:
            continue
        speaker = quotations[at].speaker
        if speaker is not None and mention.character is not None and mention.character != speaker:
            yield speaker, mention.character, Span(mention.start, mention.end)


def _copresences(reading: Reading, window: int) -> Iterator[Contact]:
    """Each pair, once for each paragraph in which one appears and the other does so at most `window - 1` before."""
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
        nearby = sorted(frozenset().union(*recent))
        for n, source in enumerate(nearby):
            for target in nearby[n + 1 :]:
                if source in people or target in people:
                    yield source, target, Span(block.start, block.end)


def _appearances(reading: Reading) -> Iterator[tuple[Block, frozenset[str]]]:
    """The story's blocks, each with the characters who are mentioned in its narration or speak in it."""
    blocks = reading.story.blocks
    starts = [block.start for block in blocks]
    people: list[set[str]] = [set() for _ in blocks]
    quotations = outermost_quotations(reading)
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
