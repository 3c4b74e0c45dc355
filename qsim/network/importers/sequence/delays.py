"""The classical side of a SeQUeNCe configuration: delays between nodes, and between nodes and stations.

SeQUeNCe gives every ordered pair a channel of its own: ``cchannels`` one direction, ``cconnections`` both,
and the table of older files (``cconnections_table``, ``cchannels_table``) all pairs at once. A positive
``delay`` counts, in picoseconds; otherwise the ``distance`` at 2e8 m/s does, 1000 m when that is missing too.
The station of a ``qconnection`` is half the mean delay of its two nodes away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from qsim.errors import NetworkError
from qsim.network.importers import delay_channels
from qsim.network.importers.delay_channels import SPEED
from qsim.network.importers.sequence.key_links import KeyLink
from qsim.network.importers.sequence.links import Join
from qsim.network.importers.sequence.unread_keys import Section, is_number
from qsim.units import PS_PER_S

#: Length of a classical channel that has neither delay nor distance, m.
DISTANCE: Final = 1000.0

#: Tables of round trips: that of the 2020 files and of versions 0.2 have two names.
TABLES: Final = ("cconnections_table", "cchannels_table")
_FAR: Final = ("destination", "node2")

_Delays = dict[tuple[str, str], float]


def section(
    top: Section, names: Sequence[str], joins: Sequence[Join], keyed: Sequence[KeyLink] = ()
) -> dict[str, Any]:
    """The section ``classical`` of the new document.

    Args:
        top: the configuration.
        names: the nodes, in order.
        joins: the links.
        keyed: the pairs of nodes that make keys, whose fibre no link follows.

    Raises:
        NetworkError: a malformed channel or table.
    """
    table = next((top.section(key) for key in TABLES if key in top), None)
    labels, rows = _table(table) if table else ([], [])
    delays = _one_way(labels, rows)
    paths: dict[tuple[str, str], Section] = {}
    for channel in top.sections("cchannels"):
        pair = channel.text(channel.first_of("source", "node1")), channel.text(channel.first_of(*_FAR))
        delays[pair] = _delay(channel)
        paths[pair] = channel
    for connection in top.sections("cconnections"):
        pair = connection.text("node1"), connection.text("node2")
        delays[pair] = delays[pair[1], pair[0]] = _delay(connection)
        paths[pair] = paths[pair[1], pair[0]] = connection
        if "type" in connection:
            connection.harmless("type", "SeQUeNCe does not read it", "left out")
    known = frozenset(names)
    between = {pair: delay for pair, delay in delays.items() if known.issuperset(pair)}
    _stray(names, joins, paths)
    for link in keyed:
        _beside_light(top, link, between)
    _missing(top, names, between)
    if table is not None and known.issuperset(labels) and not paths:
        made = {"round_trip": {"nodes": labels, "table": [[time / PS_PER_S for time in row] for row in rows]}}
    else:
        if table is not None and not known.issuperset(labels):
            table.changed("labels", "not all of them are nodes", "the delays between nodes")
        links = [join.entry for join in joins]
        made = delay_channels.section(names, links, between, top.keys.report, "cchannels")
    station = _station(joins, delays, paths)
    return made | ({"station": station} if station == "half" else {})


def _beside_light(top: Section, link: KeyLink, delays: _Delays) -> None:
    """Messages beside the pulses of a key: given where the file does not, and told where they differ."""
    pair = link.ends
    light = link.length / SPEED
    if pair not in delays and pair[::-1] not in delays:
        delays[pair] = light
        top.keys.report.assumed(
            link.section.path,
            "no classical channel joins its nodes",
            f"messages take {light:.6g} s, as light",
        )
    told = delays.get(pair, delays.get(pair[::-1], light))
    if abs(told - light) > 1 / PS_PER_S:
        top.keys.report.changed(
            link.section.path,
            None,
            "light takes from node to node what a classical message takes",
            f"{told:.6g} s instead of {light:.6g} s",
        )


def _stray(names: Sequence[str], joins: Sequence[Join], paths: dict[tuple[str, str], Section]) -> None:
    """Report channels that join neither two nodes nor a node and its station."""
    arms = {frozenset((join.station, arm.node)) for join in joins for arm in (join.first, join.second)}
    known = frozenset(names)
    for pair, channel in paths.items():
        if not known.issuperset(pair) and frozenset(pair) not in arms:
            channel.dropped_whole("it joins neither two nodes nor a node and its station", "left out")


def _delay(channel: Section) -> float:
    """The delay of one channel, s."""
    delay = channel.number("delay", 0)
    distance = channel.number("distance", DISTANCE, least=0)
    if delay > 0:
        return delay / PS_PER_S
    if "distance" not in channel:
        channel.keys.report.assumed(
            channel.at("distance"),
            "neither a delay nor a distance is given",
            f"{DISTANCE:g} m, as SeQUeNCe does",
        )
    return distance / SPEED


def _table(table: Section) -> tuple[list[str], list[list[float]]]:
    """Labels and round trips of a table, ps."""
    if table.text("type", "RT") != "RT":
        raise table.fault("type", "RT, a table of round-trip times")
    labels, rows = table.whole_table("labels"), table.whole_table("table")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise table.fault("labels", "a list of names")
    size = len(labels)
    if not isinstance(rows, list) or len(rows) != size or not all(_is_row(row, size) for row in rows):
        raise NetworkError(
            f"{table.keys.report.source}: {table.at('table')}: expected {size} rows of {size} times, "
            "one for each label"
        )
    return labels, rows


def _one_way(labels: Sequence[str], rows: Sequence[Sequence[float]]) -> _Delays:
    """One-way delays, s: a quarter of the round trips in both directions."""
    return {
        (a, b): (rows[i][j] + rows[j][i]) / 4 / PS_PER_S
        for i, a in enumerate(labels)
        for j, b in enumerate(labels)
        if i != j
    }


def _is_row(row: object, size: int) -> bool:
    return isinstance(row, list) and len(row) == size and all(map(is_number, row))


def _missing(top: Section, names: Sequence[str], delays: _Delays) -> None:
    told = {frozenset(pair) for pair in delays if pair[0] != pair[1]}
    gaps = len(names) * (len(names) - 1) // 2 - len(told)
    if not gaps:
        return
    # Found after no more pairs than are told.
    a, b = next(pair for pair in combinations(names, 2) if frozenset(pair) not in told)
    more = f" and {gaps - 1} other pairs" if gaps > 1 else ""
    top.keys.report.assumed(
        "cchannels", f"no channel between '{a}' and '{b}'{more}", "delays along the shortest fibre path"
    )


@dataclass(frozen=True, slots=True)
class _Need:
    """The delay between a node and a station as SeQUeNCe has it, and as the rules of a scenario would.

    Attributes:
        want: s.
        offers: by rule, s.
        where: the part of the configuration that makes it so.
        key: the key there; empty when it follows from the part as a whole.
    """

    want: float
    offers: dict[str, float]
    where: Section
    key: str

    def misses(self, rule: str) -> bool:
        """Whether a rule is off by more than rounding."""
        return abs(self.want - self.offers[rule]) > 2 / PS_PER_S


def _station(joins: Sequence[Join], delays: _Delays, paths: dict[tuple[str, str], Section]) -> str:
    """How far stations are from their nodes: the rule nearest to the file.

    A link that the rule does not serve gets a `station_delay` of its own; where its two ends are not equally
    far from the station, the mean, which is reported.
    """
    by_join = [(join, list(_needs(join, delays, paths))) for join in joins]
    needs = [need for _, found in by_join for need in found]
    errors = {rule: sum(abs(need.want - need.offers[rule]) for need in needs) for rule in ("fibre", "half")}
    rule = "half" if errors["half"] < errors["fibre"] else "fibre"
    why = "a link has one delay between its nodes and the station"
    for join, found in by_join:
        if not any(need.misses(rule) for need in found):
            continue
        wanted = {round(need.want * PS_PER_S) for need in found}
        mean = sum(need.want for need in found) / len(found)
        join.entry["station_delay"] = found[0].want if len(wanted) == 1 else mean
        for need in found if len(wanted) > 1 else ():
            need.where.changed(need.key, why, f"{mean:.6g} s instead of {need.want:.6g} s")
    return rule


def _needs(join: Join, delays: _Delays, paths: dict[tuple[str, str], Section]) -> Iterator[_Need]:
    pair = join.first.node, join.second.node
    both = [delays[key] for key in (pair, pair[::-1]) if key in delays]
    half = sum(both) / len(both) / 2 if both else (join.first.length + join.second.length) / SPEED / 2
    for arm in (join.first, join.second):
        offers = {"fibre": arm.length / SPEED, "half": half}
        if not join.station:
            # Where half the delay is nothing, SeQUeNCe's channel goes by its length.
            yield _Need(half or offers["fibre"], offers, arm.section, "")
            continue
        for channel in ((join.station, arm.node), (arm.node, join.station)):
            if channel in paths:
                where = paths[channel]
                yield _Need(delays[channel], offers, where, "delay" if "delay" in where else "distance")
