"""From the specification of a network to its nodes, stations, links and delays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from hardware.classical import ClassicalNetwork
from hardware.link import Link
from hardware.link_physics import LinkPhysics
from hardware.station import HeraldingStation
from protocols.generation.continuous_handshake import ContinuousHandshake
from qsim import registry
from qsim.errors import NetworkError, ParameterError, StateError, nearest
from qsim.model.shortest_paths import LinkGraph
from qsim.model.specs import default_name

if TYPE_CHECKING:
    from hardware.link import Segment
    from hardware.node import QuantumNode
    from protocols.context import Context
    from qsim.model.specs import ClassicalSpec, DelayTable, ScenarioSpec


def fibre_graph(scenario: ScenarioSpec) -> LinkGraph:
    """The links by the length of their fibre, which messages follow."""
    return LinkGraph((*link.between, link.length) for link in scenario.links)


def is_routed_alike(scenario: ScenarioSpec, links: Sequence[Link], nodes: Iterable[QuantumNode]) -> bool:
    """Whether pairs go as messages do: every node relays, and every fibre is a link of its own."""
    return (
        len(links) == len(scenario.links)
        and all(node.spec.relays for node in nodes)
        and all(
            (link.first.name, link.second.name, link.length) == (*spec.between, spec.length)
            for link, spec in zip(links, scenario.links, strict=True)
        )
    )


def build_classical(context: Context, scenario: ScenarioSpec, lengths: LinkGraph) -> ClassicalNetwork:
    """The classical network of a scenario, along the fibre of `fibre_graph`."""
    spec = scenario.classical
    return ClassicalNetwork(context.sim, spec, _given_delays(spec), lengths.distance)


def build_links(
    context: Context,
    scenario: ScenarioSpec,
    parts: Iterable[Segment],
    nodes: Mapping[str, QuantumNode],
    classical: ClassicalNetwork,
) -> list[Link]:
    """The links at work, each with its station; a station of a node serves all segments that meet there."""
    parts = list(parts)
    slots: dict[str, int] = {}
    names = [station_name(part) for part in parts]
    for name, part in zip(names, parts, strict=True):
        longest = max(fibre.slot_ps() for link in part.links for _, fibre in link.fibres)
        slots[name] = max(longest, slots.get(name, 0))
    stations: dict[str, HeraldingStation] = {}
    physics = LinkPhysics(context.formalism)
    links = []
    for name, part in zip(names, parts, strict=True):
        if name not in stations:
            hardware = part.hardware
            # Each noise photon takes either output of the beam splitter.
            stations[name] = HeraldingStation(
                context.sim, name, classical, hardware.detectors, slots[name], sum(hardware.background) / 2
            )
        _connect_station(classical, part, name, scenario.classical)
        link = Link(part, tuple(nodes[node] for node in part.nodes), stations[name], physics)
        _check_period(link)
        links.append(link)
    _check_physics(links)
    if context.detail == "photon":
        # Where no light ends at the station, its detectors see nothing that matters.
        used = {link.station.name: None for link in links if link.ends_at_station}
        for name in used:
            stations[name].switch_on()
    return links


def _check_period(link: Link) -> None:
    """Refuse a stated period of attempts that the link cannot keep, before the run rather than in it."""
    handshake = link.handshake
    if isinstance(handshake, ContinuousHandshake) and handshake.attempt_period is not None:
        try:
            handshake.spacing(link)
        except ParameterError as error:
            raise ParameterError(f"link '{link.name}': {error}") from None


def _check_physics(links: Iterable[Link]) -> None:
    """Refuse what a link model cannot work out, or works out wrongly, before the run rather than in it.

    Of links that differ in their arms alone, the one that loses the least light and the one that loses the
    most are worked out. The exact calculation of all would take a large random network longer than the rest
    of its set-up; which losses of arms a model rules out, it says in `LinkModel.faults_on`.
    """
    alike: dict[tuple[object, ...], tuple[Link, Link]] = {}
    for link in links:
        hardware = link.hardware
        # By identity: devices of a user's own need not be hashable.
        devices = (link.model, hardware.first, hardware.second, *hardware.detectors)
        kind = (*map(id, devices), *map(bool, hardware.background), *hardware.wavelengths)
        worst, best = alike.get(kind, (link, link))
        alike[kind] = min(worst, link, key=_transmission), max(best, link, key=_transmission)
    for link in dict.fromkeys(link for pair in alike.values() for link in pair):
        try:
            _ = link.state
        except (ParameterError, StateError) as error:
            model = registry.name_of(type(link.model))
            raise ParameterError(f"link '{link.name}', link model '{model}': {error}") from error


def _transmission(link: Link) -> float:
    return link.hardware.transmission_first * link.hardware.transmission_second


def check_place(links: Iterable[Link], nodes: Collection[str], at: str | None) -> None:
    """Refuse a name that nothing can happen to.

    Raises:
        NetworkError: no node, link or heralding station is called so.
    """
    if at is None or at in nodes:
        return
    known = [*nodes]
    for link in links:
        known += [link.name, link.station.name]
        # Detectors bear the name of their station and a number.
        known += [f"{link.station.name}.{index}" for index in (0, 1)]
    if at not in known:
        raise NetworkError(f"no node, link or station '{at}'{nearest(at, known)}")


def station_name(part: Segment) -> str:
    """Name of the heralding station of a segment."""
    if part.station is not None:
        place, number = part.station
        return f"{part.nodes[place]}|{number}"
    between = "|".join(part.nodes)
    usual = part.name == default_name(part.nodes)
    return between if usual else f"{between}|{part.name}"


def _given_delays(spec: ClassicalSpec) -> dict[tuple[str, str], float]:
    """Propagation delays in seconds that the scenario states; explicit channels win over tables."""
    given: dict[tuple[str, str], float] = {}
    if spec.round_trip is not None:
        given.update(_table(spec.round_trip, halved=True))
    if spec.one_way is not None:
        given.update(_table(spec.one_way, halved=False))
    for channel in spec.channels:
        a, b = channel.between
        given[a, b] = given[b, a] = channel.delay
    return given


def _table(table: DelayTable, halved: bool) -> dict[tuple[str, str], float]:
    delays: dict[tuple[str, str], float] = {}
    for i, a in enumerate(table.nodes):
        for j, b in enumerate(table.nodes):
            if i != j:
                there, back = table.table[i][j], table.table[j][i]
                delays[a, b] = (there + back) / 4 if halved else there
    return delays


def _connect_station(network: ClassicalNetwork, part: Segment, station: str, spec: ClassicalSpec) -> None:
    """State the delays between a station and the two ends that it serves."""
    first, second = part.nodes[0], part.nodes[-1]
    link = part.links[0]
    for node, other, arm in ((first, second, 0), (second, first, 1)):
        if part.station is not None:
            delay = network.propagation(node, part.nodes[part.station[0]])
        elif link.station_delay is not None:
            delay = link.station_delay
        elif spec.station == "half":
            delay = network.propagation(node, other) / 2
        else:
            delay = link.arm(arm)[0] / spec.speed
        network.connect(node, station, delay)
