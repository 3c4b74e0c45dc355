"""Links named by their ends in overrides and sweeps, and what is taken out of a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import qsim
from qsim.documents.link_address import link_ends
from qsim.documents.paths import format_path, parse_path
from qsim.errors import ParameterError, ScenarioError
from qsim.scenario import from_document

RING: dict[str, Any] = {
    "run": {"duration": "1 s"},
    "topology": {"kind": "ring", "nodes": 5, "length": "10 km"},
}


def links(document: dict[str, Any], *overrides: str) -> dict[str, Any]:
    """The links of a scenario by name."""
    return {link.name: link for link in from_document(document, overrides=overrides).links}


def test_a_generated_link_is_changed_by_the_names_of_its_ends() -> None:
    changed = links(
        RING,
        "link(n1,n2).length=25 km",
        'link("n3", n2).midpoint=0.2',
        "link(n4,n0).detector=number-resolving",
    )
    assert {name: link.length for name, link in changed.items()} == {
        "n0-n1": 1e4, "n1-n2": 25e3, "n3-n2": 1e4, "n3-n4": 1e4, "n4-n0": 1e4
    }  # fmt: skip
    # Told from the other end, and a fraction of the length from there.
    assert changed["n3-n2"].midpoint == 0.2
    assert type(changed["n4-n0"].detector) is not type(changed["n0-n1"].detector)


def test_what_the_file_says_of_the_link_stays() -> None:
    document = RING | {"links": [{"between": ["n2", "n1"], "midpoint": 0.3}]}
    link = links(document, "link(n1,n2).length=1 km")["n2-n1"]
    assert (link.length, link.midpoint) == (1e3, 0.3)


def test_one_of_several_links_is_named() -> None:
    several = RING | {
        "links": [{"between": ["n0", "n1"]}, {"between": ["n0", "n1"], "name": "spare", "length": "3 km"}]
    }
    changed = links(several, "link(n0,n1,spare).length=4 km", "link(n1,n0,n0-n1).length=6 km")
    assert (changed["spare"].length, changed["n0-n1"].length) == (4e3, 6e3)
    with pytest.raises(ScenarioError, match=r"several links join 'n0' and 'n1': add the name"):
        links(several, "link(n0,n1).length=4 km")


def test_a_sweep_varies_a_generated_link() -> None:
    study = qsim.sweep(from_document(RING), {"link(n0,n1).length": ["1 km", "2 km"]})
    assert study.summary(columns="events")["link(n0,n1).length"].tolist() == [1000.0, 2000.0]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("link(n0,n2).length=5 km", "there is no link between 'n0' and 'n2'"),
        ("link(n0,x).length=5 km", "unknown node 'x'"),
        ("link(n0,n1)=3", r"say what of link\(n0,n1\) is set"),
        ("link(n0,n1).lenght=3", "unknown key .did you mean 'length'"),
        ("link(n0,n1,b,c).length=3", "addressed by its two ends"),
        ("link(n0,n1).length=-1", r"must be in \[0, inf\) m"),
        ("remove.nodes=[n9]", "there is no node 'n9'"),
        ("remove.links=[[n0,n2]]", "there is no link between 'n0' and 'n2'"),
        ("remove.links=[n0-n2]", "there is no link called 'n0-n2'"),
        ("remove.edges=[n0-n2]", "unknown key"),
        ("remove.nodes=[n0,n1,n2,n3,n4]", "there are no nodes"),
    ],
)
def test_what_does_not_exist_is_told(override: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        links(RING, override)


@pytest.mark.parametrize(
    "text", ["link(a,b).length", 'link("St. Ives, UK","b\\"c").arms[0].length', "link(a,b,c)"]
)
def test_addresses_are_read_as_they_are_written(text: str) -> None:
    assert format_path(parse_path(text)) == text


def test_names_in_quotes_may_hold_anything() -> None:
    assert link_ends('link( "a, b" ,c d)') == ("a, b", "c d")
    assert link_ends("links") is link_ends(3) is link_ends("link(a)") is link_ends("link()") is None
    with pytest.raises(ParameterError, match="two ends"):
        link_ends("link(a,b,c,d)")
    # Nothing that looks like the beginning of an address takes long to refuse.
    assert link_ends("link(" + " " * 5000) is link_ends("link(" + "a," * 3000) is None


def test_a_node_goes_with_its_links_and_a_link_alone() -> None:
    made = from_document(RING | {"remove": {"nodes": ["n2"], "links": [["n0", "n4"]]}})
    assert [node.name for node in made.nodes] == ["n0", "n1", "n3", "n4"]
    assert [link.name for link in made.links] == ["n0-n1", "n3-n4"]
    # The document says what is left, and reads back as the same.
    assert "remove" not in made.document
    assert from_document(made.document) == made
    assert list(links(RING, "remove.links=[n1-n2]")) == ["n0-n1", "n2-n3", "n3-n4", "n4-n0"]


def test_traffic_that_names_what_is_gone_is_told() -> None:
    traffic = [{"kind": "request", "initiator": "n0", "responder": "n2"}]
    with pytest.raises(ScenarioError, match="responder: unknown node 'n2'"):
        from_document(RING | {"traffic": traffic}, overrides=["remove.nodes=[n2]"])
    with pytest.raises(ScenarioError, match="there is no path from 'n0' to 'n2'"):
        from_document(RING | {"traffic": traffic}, overrides=["remove.links=[n1-n2, n2-n3]"])


def test_the_delays_of_a_map_go_with_its_nodes(tmp_path: Path) -> None:
    nodes = "".join(f'<node id="{name}"/>' for name in "abc")
    edges = "".join(
        f'<edge source="{a}" target="{b}"><data key="l">1000</data><data key="d">{delay}</data></edge>'
        for a, b, delay in (("a", "b", 0.001), ("b", "c", 0.002), ("a", "c", 0.003))
    )
    (tmp_path / "map.graphml").write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="l" for="edge" attr.name="length" attr.type="double"/>'
        '<key id="d" for="edge" attr.name="delay" attr.type="double"/>'
        f'<graph edgedefault="undirected">{nodes}{edges}</graph></graphml>'
    )
    document = {"run": {"duration": "1 s"}, "topology": {"kind": "graphml", "path": "map.graphml"}}
    whole = from_document(document, base=tmp_path)
    less = from_document(document, base=tmp_path, overrides=["remove.nodes=[c]"])
    assert less.classical.one_way.nodes == ("a", "b")  # type: ignore[union-attr]
    assert less.classical.one_way.table == ((0.0, 0.001), (0.001, 0.0))  # type: ignore[union-attr]
    assert len(whole.classical.one_way.nodes) == 3  # type: ignore[union-attr]


def test_a_script_removes_as_a_file_does() -> None:
    net = qsim.Network().use_topology("ring", nodes=5, length="10 km")
    net.remove(nodes=["n2"]).remove(links=["n4-n0", ("n0", "n1")])
    assert [link.name for link in net.scenario("1 s").links] == ["n3-n4"]
    again = qsim.Network.from_document(net.document("1 s"))
    assert again.scenario().links == net.scenario("1 s").links
