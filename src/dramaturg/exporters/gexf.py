"""Reading → GEXF 1.3: a network of the characters that changes from chapter to chapter, for Gephi.

Time is the chapter number. A person exists in the chapters of their spells, both ends included, and an edge's weight in
each chapter is a dynamic attribute. The edge's `weight` is the total, and its `evidence` lists the counted spans of the
text as `start-end start-end …`.
"""

from collections.abc import Iterable, Iterator

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

ABOUT = "character networks that change by chapter, for Gephi"
SUFFIX = ".gexf"
TYPES = {str: "string", int: "integer", bool: "boolean"}


def to_text(reading: Reading, *, network: str = "conversation", window: int = WINDOW_PARAGRAPHS) -> str:
    """The document.

    `network`: conversation, mention, copresence or kin
    `window`: for copresence: the number of paragraphs within which two people appear together
    """
    return "".join(_lines(reading, network_of(reading, network, window)))


def _lines(reading: Reading, network: Network) -> Iterator[str]:
    source = reading.story.source
    kind = "directed" if network.directed else "undirected"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n<meta>'
    yield f"<creator>dramaturg {content(reading.made_by.version)}</creator>"
    yield f"<description>{content(source.title or source.path)}: {network.name}</description></meta>\n"
    yield f'<graph mode="dynamic" timeformat="double" timerepresentation="interval" defaultedgetype="{kind}">\n'
    values = {name: type(value) for node in network.nodes[:1] for name, value in node_values(node).items()}
    names = [name for name in values if name != "label"]
    yield '<attributes class="node" mode="static">\n'
    yield from (f'<attribute id="{name}" title="{name}" type="{TYPES[values[name]]}"/>\n' for name in names)
    yield '</attributes>\n<attributes class="edge" mode="static">\n'
    yield '<attribute id="evidence" title="evidence" type="string"/>\n</attributes>\n'
    yield '<attributes class="edge" mode="dynamic">\n'
    yield '<attribute id="weight_in_chapter" title="weight_in_chapter" type="integer"/>\n</attributes>\n<nodes>\n'
    yield from (_node(node, names) for node in network.nodes)
    yield "</nodes>\n<edges>\n"
    yield from (_edge(number, edge) for number, edge in enumerate(network.edges))
    yield "</edges>\n</graph>\n</gexf>\n"


def _node(node: Node, names: list[str]) -> str:
    values = node_values(node)
    attribute_values = "".join(
        f"<attvalue{attributes(for_=name)} value={_attribute_literal(values[name])}/>" for name in names
    )
    given = attributes(id=node.character.id, label=values["label"])
    return f"<node{given}><attvalues>{attribute_values}</attvalues>{_spells(node.chapters)}</node>\n"


def _edge(number: int, edge: Edge) -> str:
    attribute_values = f'<attvalue for="evidence" value={_attribute_literal(format_spans(edge.evidence))}/>'
    attribute_values += "".join(
        f'<attvalue for="weight_in_chapter" value="{weight}" start="{chapter}.0" end="{chapter}.0"/>'
        for chapter, weight in edge.chapters
    )
    given = attributes(id=f"e{number}", source=edge.source, target=edge.target, weight=float(edge.weight))
    spells = _spells(chapter for chapter, _ in edge.chapters)
    return f"<edge{given}><attvalues>{attribute_values}</attvalues>{spells}</edge>\n"


def _attribute_literal(value: object) -> str:
    return attributes(value=value).removeprefix(" value=") or '""'


def _spells(chapters: Iterable[int]) -> str:
    """Chapters, in order, as spells of consecutive chapters."""
    runs: list[list[int]] = []
    for chapter in chapters:
        if runs and runs[-1][1] == chapter - 1:
            runs[-1][1] = chapter
        else:
            runs.append([chapter, chapter])
    spells = "".join(f'<spell start="{first}.0" end="{last}.0"/>' for first, last in runs)
    return f"<spells>{spells}</spells>" if runs else ""
