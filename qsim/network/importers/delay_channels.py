"""The classical section of a document, from delays between pairs of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any, Final

from qsim.network.loss_report import LossReport

#: Signal speed of pairs without a delay of their own, m/s: the scenario's default, and SeQUeNCe's.
SPEED: Final = 2e8


def section(
    names: Sequence[str],
    links: Iterable[Mapping[str, Any]],
    delays: Mapping[tuple[str, str], float],
    report: LossReport,
    path: str,
) -> dict[str, Any]:
    """The shortest way to write the given delays.

    Delays of all pairs become a table, and so do delays that differ between the two directions; otherwise
    each pair becomes a channel, and the pairs without one are left to the scenario, which follows the
    shortest fibre path.

    Args:
        names: the nodes, in order.
        links: the links, with `between` and `length` in metres.
        delays: one-way delays of ordered pairs, s. A pair given in one direction only holds in both.
        report: takes note of what a document cannot say.
        path: where the delays come from in the source.

    Returns:
        The document's section ``classical``; empty without delays.
    """
    both = dict(delays)
    for (a, b), delay in delays.items():
        both.setdefault((b, a), delay)
    symmetric = all(both[b, a] == delay for (a, b), delay in both.items())
    complete = len(both) == len(names) * (len(names) - 1)
    if symmetric and not (complete and len(names) > 2):
        return _channels(both)
    if not complete:
        completed = _completed(names, links, both)
        if completed is None:
            report.changed(
                path,
                None,
                "delays differ by direction and some nodes have no fibre path",
                "took the mean of both",
            )
            return _channels({(a, b): (both[a, b] + both[b, a]) / 2 for a, b in both})
        both = completed
    table = [[0.0 if a == b else both[a, b] for b in names] for a in names]
    return {"one_way": {"nodes": list(names), "table": table}}


def _channels(delays: Mapping[tuple[str, str], float]) -> dict[str, Any]:
    seen: set[frozenset[str]] = set()
    channels = []
    for (a, b), delay in delays.items():
        if frozenset((a, b)) not in seen:
            seen.add(frozenset((a, b)))
            channels.append({"between": [a, b], "delay": delay})
    return {"channels": channels} if channels else {}


def _completed(
    names: Sequence[str], links: Iterable[Mapping[str, Any]], delays: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float] | None:
    """Delays of all pairs, missing ones along the shortest fibre path; None when there is no such path."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_weighted_edges_from((*link["between"], link["length"]) for link in links)
    full = dict(delays)
    for source, distances in nx.all_pairs_dijkstra_path_length(graph):
        for target, distance in distances.items():
            full.setdefault((source, target), distance / SPEED)
    pairs = permutations(names, 2)
    return full if all(pair in full for pair in pairs) else None
