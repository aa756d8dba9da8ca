"""Reading → GraphML: a network of the characters, for most graph programs.

An edge has its `weight`, its weight by chapter (`chapters`: `1:4 3:2`) and the counted spans of the text (`evidence`:
`start-end start-end …`).
"""

from collections.abc import Iterator, Mapping

from dramaturg.exporters.common.networks import (
    WINDOW_PARAGRAPHS,
    Edge,
    Network,
    Node,
    format_spans,
    network_of,
    node_values,
)
from dramaturg.exporters.common.xml_text import attributes, content
from dramaturg.reading import Reading

ABOUT = "character networks for most graph programs"
SUFFIX = ".graphml"
NODE_KEYS = """label:string named:boolean kind:string pronouns:string narrator:boolean mentions:int quotations:int
words_spoken:int chapters:string""".split()
EDGE_KEYS = "weight:int chapters:string evidence:string".split()
OPENING = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def to_text(reading: Reading, *, network: str = "conversation", window: int = WINDOW_PARAGRAPHS) -> str:
    """The document.

    `network`: conversation, mention, copresence or kin
    `window`: for copresence: the number of paragraphs within which two people appear together
    """
    return "".join(_lines(network_of(reading, network, window)))


def _lines(network: Network) -> Iterator[str]:
    yield OPENING
    for where, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for name, _, type in (key.partition(":") for key in keys):
            yield f'<key id="{where}_{name}" for="{where}" attr.name="{name}" attr.type="{type}"/>\n'
    yield f'<graph id="{network.name}" edgedefault="{"directed" if network.directed else "undirected"}">\n'
    yield from map(_node, network.nodes)
    yield from map(_edge, network.edges)
    yield "</graph>\n</graphml>\n"


def _node(node: Node) -> str:
    values = {**node_values(node), "chapters": " ".join(map(str, node.chapters))}
    return f"<node{attributes(id=node.character.id)}>{_data('node', values)}</node>\n"


def _edge(edge: Edge) -> str:
    chapters = " ".join(f"{chapter}:{weight}" for chapter, weight in edge.chapters)
    values = {"weight": str(edge.weight), "chapters": chapters, "evidence": format_spans(edge.evidence)}
    return f"<edge{attributes(source=edge.source, target=edge.target)}>{_data('edge', values)}</edge>\n"


def _data(where: str, values: Mapping[str, str | int | bool]) -> str:
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}
    return "".join(f'<data key="{where}_{name}">{content(value)}</data>' for name, value in texts.items())
