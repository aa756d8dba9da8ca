"""Networks: what is counted, and what networkx reads of the files."""

from io import BytesIO
from typing import Any

import pytest
from foreign import few, readings
from handmade import ferry, make, person, said
from hypothesis import given

from dramaturg import Reading
from dramaturg.errors import UsageError
from dramaturg.exporters import render
from dramaturg.exporters.common.networks import network_of, to_networkx
from dramaturg.exporters.common.xml_text import clean

networkx: Any = pytest.importorskip("networkx")
each_network = pytest.mark.parametrize("name", ["conversation", "mention", "copresence"])


def edges(reading: Reading, name: str, **options: int) -> list[tuple[str, str, int]]:
    return [(edge.source, edge.target, edge.weight) for edge in network_of(reading, name, **options).edges]


def test_a_conversation_counts_what_one_says_to_another() -> None:
    assert edges(ferry(), "conversation") == [("ann", "bo", 2), ("bo", "ann", 2)]


def test_a_mention_is_of_somebody_else_in_speech() -> None:
    assert edges(ferry(), "mention") == [("ann", "bo", 1)]


def test_those_who_appear_near_one_another_are_together() -> None:
    text = "A Title\n\nAnn came.\n\nIt rained.\n\nBo came.\n\n* * *\n\nCy came.\n"
    reading = make(text, [person("ann", "Ann"), person("bo", "Bo"), person("cy", "Cy")])

    assert edges(reading, "copresence") == [("ann", "bo", 1)]
    assert edges(reading, "copresence", window=2) == []


def test_an_edge_has_its_weight_by_chapter_and_its_places() -> None:
    (edge, _) = network_of(ferry(), "conversation").edges

    assert edge.chapters == ((1, 2),)
    assert [ferry().text_of(span) for span in edge.evidence] == ["“Is the ferry late?”", "“Then we wait, Bo.”"]


def test_an_unknown_network_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="copresence, conversation, mention"):
        network_of(ferry(), "enmity")


def test_nobody_talks_to_themselves() -> None:
    reading = make("“Ann, Ann,” said Ann.\n", [person("ann", "Ann")], [said("ann", "ann")])

    assert edges(reading, "conversation") == edges(reading, "mention") == []


@each_network
@few
@given(reading=readings())
def test_networkx_reads_what_is_written(name: str, reading: Reading) -> None:
    graph = to_networkx(network_of(reading, name))
    gexf = networkx.read_gexf(BytesIO(str(render(reading, "gexf", network=name)).encode()), version="1.3")
    graphml = networkx.read_graphml(BytesIO(str(render(reading, "graphml", network=name)).encode()))

    for read in (gexf, graphml):
        assert read.is_directed() == graph.is_directed() == (name != "copresence")
        assert set(read.nodes) == set(graph.nodes) == {character.id for character in reading.characters}
        assert weights(read) == weights(graph)
        for node, data in read.nodes(data=True):
            assert data["label"] == clean(graph.nodes[node]["label"])
            assert data["narrator"] == graph.nodes[node]["narrator"]


def weights(graph: Any) -> dict[frozenset[str] | tuple[str, str], float]:
    return {
        (a, b) if graph.is_directed() else frozenset((a, b)): float(data["weight"])
        for a, b, data in graph.edges(data=True)
    }


@few
@given(readings())
def test_weights_add_up(reading: Reading) -> None:
    for name in ("conversation", "mention", "copresence"):
        for edge in network_of(reading, name).edges:
            assert edge.weight == len(edge.evidence) == sum(weight for _, weight in edge.chapters)
            assert edge.source != edge.target
