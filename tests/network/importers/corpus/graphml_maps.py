"""GraphML: keys and defaults, nested graphs, editors, XML that is odd or refused."""

from __future__ import annotations

import gzip

from tests.network.importers.corpus.parts import Map, edge, graphml, key, node

KM = key("k", "edge", "length_km", "double")
AB = node("a") + node("b")
TOWNS = (key("la", "node", "Latitude", "double"), key("lo", "node", "Longitude", "double"))
ZURICH, BERN = node("Zurich", la=47.38, lo=8.54), node("Bern", la=46.95, lo=7.45)
PIXELS = '<key id="g" for="node" yfiles.type="nodegraphics"/>'
LINES = '<key id="h" for="edge" yfiles.type="edgegraphics"/>'


def shape(identifier: str, x: float, y: float, label: str, kind: str = "ShapeNode") -> str:
    """A node as yEd writes it."""
    inner = (
        f'<data key="g"><y:{kind}><y:Geometry height="30" width="30" x="{x}" y="{y}"/>'
        f"<y:NodeLabel>{label}</y:NodeLabel></y:{kind}></data>"
    )
    return node(identifier, inner)


def line(source: str, target: str, label: str) -> str:
    """An edge as yEd writes it."""
    inner = f'<data key="h"><y:PolyLineEdge><y:EdgeLabel>{label}</y:EdgeLabel></y:PolyLineEdge></data>'
    return f'<edge source="{source}" target="{target}">{inner}</edge>'


def nest(identifier: str, inner: str, group: bool = False, default: str = "undirected") -> str:
    """A node that holds a graph."""
    kind = ' yfiles.foldertype="group"' if group else ""
    graph = f'<graph id="{identifier}:" edgedefault="{default}">{inner}</graph>'
    return f'<node id="{identifier}"{kind}>{graph}</node>'


MAPS = (
    Map("plain.graphml", graphml(KM, AB, edge("a", "b", k=12.5)), "a b", (12.5,)),
    Map(
        "defaults.graphml",
        graphml(
            key("m", "node", "memories", "int", "7"),
            key("k", "edge", "length_km", "double", "25"),
            node("a"),
            node("b", m=3),
            node("c"),
            edge("a", "b"),
            edge("b", "c", k=8),
        ),
        "a b c",
        (25, 8),
        memories={"a": 7, "b": 3, "c": 7},
    ),
    Map(
        "default_of_all.graphml",
        graphml(key("u", "all", "length_km", "double", "4"), AB, edge("a", "b")),
        "a b",
        (4,),
        ("harmless nodes[*].length_km",),
    ),
    Map(
        "default_text.graphml",
        graphml(key("k", "edge", "length", "string", " 30 km "), AB, edge("a", "b")),
        "a b",
        (30,),
    ),
    Map(
        "default_empty.graphml",
        graphml(key("m", "node", "memories", "int", ""), KM, AB, edge("a", "b", k=1)),
        "a b",
        (1,),
    ),
    Map(
        "spaces.graphml",
        graphml(
            key("x", "node", "active", "boolean"),
            key("m", "node", "memories", "int", "7"),
            KM,
            node("a", x=" true ", m=" 5 "),
            node("b", x="0", m=""),
            edge("a", "b", k="\n 12.5 "),
        ),
        "a b",
        (12.5,),
        ("harmless nodes[*].active",),
        memories={"a": 5, "b": 7},
    ),
    Map(
        "empty_length.graphml",
        graphml(KM, AB, edge("a", "b", k="")),
        "a b",
        (10,),
        ("assumed edges[a, b].length",),
    ),
    Map(
        "nested.graphml",
        graphml(
            KM, nest("a", node("a1") + node("a2") + edge("a1", "a2", k=1)), node("b"), edge("a1", "b", k=10)
        ),
        "a1 a2 b",
        (1, 10),
        ("harmless nodes[a]",),
    ),
    Map(
        "nested_and_named.graphml",
        graphml(KM, nest("a", node("a1") + edge("a", "a1", k=1)), node("b"), edge("a", "b", k=10)),
        "a a1 b",
        (1, 10),
    ),
    Map(
        "nested_twice.graphml",
        graphml(KM, nest("o", nest("i", node("x")) + node("y")), edge("x", "y", k=3)),
        "x y",
        (3,),
        ("harmless nodes[o]", "harmless nodes[i]"),
    ),
    Map(
        "nested_directed.graphml",
        graphml(KM, nest("a", node("x") + node("y") + edge("x", "y", k=3), default="directed")),
        "x y",
        (3,),
        ("changed graph[a:].edgedefault", "harmless nodes[a]"),
    ),
    Map(
        "in_an_edge.graphml",
        graphml(
            KM,
            AB,
            '<edge source="a" target="b"><data key="k">9</data><graph edgedefault="undirected">'
            '<node id="c"/></graph></edge>',
        ),
        "a b c",
        (9,),
    ),
    Map(
        "edge_ids.graphml",
        graphml(
            KM,
            AB,
            edge("a", "b", 'id="0"', k=10),
            edge("b", "a", 'id="0"', k=30),
            edge("a", "b", 'id="0"', k=20),
            directed=True,
        ),
        "a b",
        (10,),
        ("harmless edges[0].id", "dropped edges[a, b]", "changed edges[b, a].length"),
    ),
    Map(
        "edge_ids_undirected.graphml",
        graphml(KM, AB, edge("a", "b", 'id="e"', k=20), edge("a", "b", 'id="e"', k=10)),
        "a b",
        (10,),
        ("harmless edges[e].id", "dropped edges[a, b]"),
    ),
    Map(
        "one_way.graphml",
        graphml(KM, AB, edge("a", "b", k=5), directed=True),
        "a b",
        (5,),
        ("assumed edges[a, b]",),
    ),
    Map(
        "itself.graphml",
        graphml(KM, AB, edge("a", "a", k=5), edge("a", "b", k=6)),
        "a b",
        (6,),
        ("dropped edges[a, a]",),
    ),
    Map(
        "yed.graphml",
        graphml(
            PIXELS,
            LINES,
            shape("n0", 100, 200, "Alpha"),
            shape("n1", 160, 280, "Beta"),
            line("n0", "n1", "40 km"),
        ),
        "Alpha Beta",
        (40,),
        ("harmless nodes[n0]", "harmless nodes[n1]", "assumed edges[Alpha, Beta].label"),
        nowhere=True,
    ),
    Map(
        "yed_without_lengths.graphml",
        graphml(
            PIXELS,
            LINES,
            shape("n0", 0.5, 0.25, "A"),
            shape("n1", 16, 28, "B", "GenericNode"),
            line("n0", "n1", "fast"),
        ),
        "A B",
        (10,),
        (
            "harmless nodes[n0]",
            "harmless nodes[n1]",
            "assumed edges[A, B].length",
            "harmless nodes[*].shape_type",
            "harmless edges[*].label",
        ),
        nowhere=True,
    ),
    Map(
        "yed_group.graphml",
        graphml(
            KM,
            nest("g", node("g1") + node("g2") + edge("g1", "g2", k=5), group=True),
            node("c"),
            edge("g1", "c", k=40),
        ),
        "g1 g2 c",
        (5, 40),
        ("harmless nodes[g]",),
    ),
    Map(
        "yed_group_with_edge.graphml",
        graphml(KM, nest("g", node("g1"), group=True), node("c"), edge("g", "c", k=40), edge("g1", "c", k=7)),
        "g1 c",
        (7,),
        ("harmless nodes[g]", "dropped edges[g, c]"),
    ),
    Map(
        "yed_folder.graphml",
        graphml(
            KM,
            nest("g", node("g1"), group=True).replace('"group"', '"folder"'),
            node("c"),
            edge("g1", "c", k=7),
        ),
        "g1 c",
        (7,),
        ("harmless nodes[g]",),
    ),
    Map(
        "gephi.graphml",
        graphml(
            *(key(name, "node", name, "double") for name in "xyrgb"),
            KM,
            node("a", x=-12.5, y=30, r=255, g=0, b=0),
            node("b", x=80, y=-20, r=255, g=0, b=0),
            edge("a", "b", k=3),
        ),
        "a b",
        (3,),
        (
            "harmless nodes[a].x",
            "harmless nodes[b].x",
            "harmless nodes[*].r",
            "harmless nodes[*].g",
            "harmless nodes[*].b",
        ),
        nowhere=True,
    ),
    Map(
        "towns.graphml",
        graphml(*TOWNS, ZURICH, BERN, edge("Zurich", "Bern")),
        "Zurich Bern",
        (95.27,),
        ("assumed edges[Zurich, Bern].length",),
        places=(47.38, 8.54),
    ),
    Map(
        "degrees_as_xy.graphml",
        graphml(
            key("x", "node", "x", "double"),
            key("y", "node", "y", "double"),
            node("Zurich", x=8.54, y=47.38),
            node("Bern", x=7.45, y=46.95),
            edge("Zurich", "Bern"),
        ),
        "Zurich Bern",
        (95.27,),
        ("changed nodes[*].position", "assumed edges[Zurich, Bern].length"),
        places=(47.38, 8.54),
    ),
    Map(
        "metres_with_unit.graphml",
        graphml(
            key("x", "node", "x"),
            key("y", "node", "y"),
            node("a", x="3 m", y="4 m"),
            node("b", x="0 m", y="0 m"),
            edge("a", "b"),
        ),
        "a b",
        (0.005,),
        ("assumed edges[a, b].length",),
        places=(3, 4),
    ),
    Map(
        "doctype.graphml",
        graphml(
            KM, AB, edge("a", "b", k=2), head='<!DOCTYPE graphml SYSTEM "http://example.org/graphml.dtd">'
        ),
        "a b",
        (2,),
    ),
    Map(
        "doctype_inside.graphml",
        graphml(KM, AB, edge("a", "b", k=2), head="<!DOCTYPE graphml [<!ELEMENT graphml ANY>]>"),
        "a b",
        (2,),
    ),
    Map(
        "latin.graphml",
        graphml(KM, node("Zürich"), node("b"), edge("Zürich", "b", k=2))
        .replace("UTF-8", "ISO-8859-1")
        .encode("latin-1"),
        "Zürich b",
        (2,),
    ),
    Map(
        "utf16.graphml",
        graphml(KM, AB, edge("a", "b", k=2)).replace("UTF-8", "UTF-16").encode("utf-16"),
        "a b",
        (2,),
    ),
    Map("packed.graphml.gz", gzip.compress(graphml(KM, AB, edge("a", "b", k=2)).encode()), "a b", (2,)),
    Map(
        "without_namespace.graphml",
        '<graphml><key id="k" for="edge" attr.name="length_km" attr.type="double"><default>6</default></key>'
        '<graph edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph>'
        "</graphml>",
        "a b",
        (6,),
    ),
    Map(
        "same_labels.graphml",
        graphml(key("n", "node", "label"), KM, node("0", n="Graz"), node("1", n="Graz"), edge("0", "1", k=2)),
        "Graz 0|Graz 1",
        (2,),
        ("changed nodes[0].label", "changed nodes[1].label"),
    ),
    Map(
        "ports.graphml",
        graphml(KM, node("a", '<port name="north"/>'), node("b"), edge("a", "b", 'sourceport="north"', k=2)),
        "a b",
        (2,),
        ("harmless nodes[a].port",),
    ),
    Map(
        "bare_keys.graphml",
        graphml('<key id="length_km" for="edge"/>', AB, edge("a", "b", length_km=2)),
        "a b",
        (2,),
    ),
    Map(
        "same_ids.graphml",
        graphml(KM, AB, node("a"), edge("a", "b", k=2)),
        refused="two nodes have the id 'a'",
    ),
    Map(
        "to_nowhere.graphml", graphml(AB, edge("a", "c")), refused="an edge names a node that is not there: c"
    ),
    Map("empty.graphml", graphml(), refused="the graph has no nodes"),
    Map(
        "entity.graphml",
        graphml(AB, head='<!DOCTYPE g [<!ENTITY z "zz">]>'),
        refused="an entity is not accepted",
    ),
    Map(
        "two_graphs.graphml",
        graphml(AB).replace("</graph>", '</graph><graph edgedefault="directed"/>'),
        refused="expected GraphML with one graph, got <graphml> with 2",
    ),
    Map(
        "cut.graphml.gz", gzip.compress(graphml(AB).encode())[:-9], refused="damaged gzip: it ends too early"
    ),
    Map(
        "no_boolean.graphml",
        graphml(key("x", "node", "active", "boolean"), node("a", x="maybe")),
        refused="cannot be read: 'maybe'",
    ),
)
