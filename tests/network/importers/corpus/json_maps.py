"""Node-link JSON of NetworkX, with positions of every kind."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.network.importers.corpus.parts import Map, node_link

NODES: list[dict[str, Any]] = [{"id": 0, "name": "A"}, {"id": 1, "name": "B"}]


def placed(*positions: tuple[float, float]) -> list[dict[str, Any]]:
    """Nodes with positions."""
    return [{"id": place, "name": "ABC"[place], "pos": list(xy)} for place, xy in enumerate(positions)]


def join(first: int = 0, second: int = 1, **said: Any) -> dict[str, Any]:
    """An edge."""
    return {"source": first, "target": second, **said}


MAPS = (
    Map("links.json", node_link(NODES, [join(length_km=2)], "links"), "A B", (2,)),
    Map("edges.json", node_link(NODES, [join(length_km=2)]), "A B", (2,)),
    Map("packed.json.gz", gzip.compress(node_link(NODES, [join(length_km=2)]).encode()), "A B", (2,)),
    Map(
        "comments.json",
        '{"nodes": [{"id": "http://a"}, {"id": "b, ]"},], // two\n"links": [{"source": "http://a", '
        '"target": "b, ]", "length_km": 2 /* km, ] */},]}',
        "http://a|b, ]",
        (2,),
    ),
    Map(
        "multigraph.json",
        node_link(NODES, [join(length_km=2, key=0), join(length_km=1, key=0)], multigraph=True),
        "A B",
        (1,),
        ("dropped edges[A, B]",),
    ),
    Map(
        "parallel.json",
        node_link(NODES, [join(length_km=2), join(length_km=1)]),
        "A B",
        (1,),
        ("dropped edges[A, B]",),
    ),
    Map(
        "directed.json",
        node_link(NODES, [join(length_km=2), join(1, 0, length_km=2)], directed=True),
        "A B",
        (2,),
    ),
    Map(
        "degrees_shown.json",
        node_link(placed((8.54, 47.38), (7.45, 46.95)), [join(dist=97)]),
        "A B",
        (97,),
        ("assumed nodes[*].position", "assumed edges[A, B].dist"),
        places=(47.38, 8.54),
    ),
    Map(
        "kilometres_shown.json",
        node_link(placed((0, 0), (30, 40), (300, 400)), [join(dist=50), join(1, 2, dist=460)]),
        "A B C",
        (50, 460),
        ("assumed nodes[*].position", "assumed edges[A, B].dist", "assumed edges[B, C].dist"),
        places=(0, 0),
    ),
    Map(
        "metres_shown.json",
        node_link(placed((0, 0), (30, 40)), [join(length="55 m")]),
        "A B",
        (0.055,),
        ("assumed nodes[*].position",),
        places=(0, 0),
    ),
    Map(
        "degrees_suspected.json",
        node_link(placed((8.54, 47.38), (7.45, 46.95)), [join()]),
        "A B",
        (95.27,),
        ("changed nodes[*].position", "assumed edges[A, B].length"),
        places=(47.38, 8.54),
    ),
    Map(
        "layout.json",
        node_link(placed((0.3, -1.0), (1.0, 0.25)), [join()]),
        "A B",
        (10,),
        ("dropped nodes[*].position", "assumed edges[A, B].length"),
        nowhere=True,
    ),
    Map(
        "plane.json",
        node_link(placed((3000, 4000), (0, 0)), [join()]),
        "A B",
        (5,),
        ("assumed nodes[*].position", "assumed edges[A, B].length"),
        places=(3000, 4000),
    ),
    Map(
        "both_places.json",
        node_link(
            [
                {"id": "A", "lat": 47.38, "lon": 8.54, "x": 5, "y": 900},
                {"id": "B", "lat": 46.95, "lon": 7.45, "x": 7, "y": 3},
            ],
            [join("A", "B")],  # type: ignore[arg-type]
        ),
        "A B",
        (95.27,),
        ("harmless nodes[*].position", "assumed edges[A, B].length"),
        places=(47.38, 8.54),
    ),
    Map(
        "words.json",
        node_link(NODES, [join(length="far")]),
        "A B",
        (10,),
        ("dropped edges[A, B].length", "assumed edges[A, B].length"),
    ),
    Map("memories.json", node_link([{"id": "a", "memories": 3}, {"id": "b"}], []), "a b", memories={"a": 3}),
    Map(
        "to_nowhere.json", node_link(NODES, [join(0, 5)]), refused=r"edges\[0\].target: there is no node '5'"
    ),
    Map("same_ids.json", node_link([NODES[0], NODES[0]], []), refused="two nodes have the id '0'"),
    Map("odd_id.json", node_link([{"id": {"a": 1}}], []), refused="no node-link graph"),
    Map("nothing.json", node_link([], []), refused="the graph has no nodes"),
    Map("no_graph.json", json.dumps({"nodes": [1, 2], "links": []}), refused="not a SeQUeNCe configuration"),
)
