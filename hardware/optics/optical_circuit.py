"""An assembly compiled: from the modes of its sources to the moments at which its detectors may click.

Light is followed from each source, earliest first, and what comes to one port at one instant along several
ways is added up. What is left is one matrix for each detector and instant, from the modes that the sources
send in a slot.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from math import exp, pi, sqrt
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np

from qsim.errors import ParameterError
from qsim.units import SPEED_OF_LIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from hardware.optics.optical_assembly import Assembly
    from hardware.optics.optical_part import Emission, Packet, Route, SourceMode

    #: Amplitudes of H and V at a port by the marks of the light, each of shape (2, modes).
    Marked = dict[tuple[str, ...], NDArray[np.complex128]]

#: Amplitude below which light in a loop is let go.
FAINT = 1e-6
#: Most ways that are followed.
_MOST = 100_000


class Outlet(NamedTuple):
    """A detector at one of the moments of a slot at which light may reach it."""

    detector: str
    time_ps: int


@dataclass(frozen=True)
class Circuit:
    """A compiled assembly.

    Attributes:
        emissions: what each source sends in a slot, by name.
        rows: from the modes of all sources to H and V at each outlet: matrices of shape (2, n), one for
            each part of the light that does not interfere with the others.
        overlaps: of the wave packets of the n modes, shape (n, n).
    """

    emissions: dict[str, Emission]
    rows: dict[Outlet, list[NDArray[np.complex128]]]
    overlaps: NDArray[np.float64]

    @classmethod
    def of(cls, assembly: Assembly) -> Circuit:
        """Compile an assembly.

        Raises:
            ParameterError: light goes round a loop without loss.
        """
        emissions = {name: part.emission() for name, part in assembly.sources.items()}
        packets = {name: part.packet() for name, part in assembly.sources.items()}
        rows: dict[Outlet, dict[tuple[str, ...], NDArray[np.complex128]]] = defaultdict(dict)
        first, total = 0, sum(len(emission.modes) for emission in emissions.values())
        for name, emission in emissions.items():
            flight = _Flight(assembly, packets[name].wavelength)
            for outlet, marked in flight.run(name, emission.modes).items():
                for mark, part in marked.items():
                    row = rows[outlet].setdefault(mark, np.zeros((2, total), dtype=np.complex128))
                    row[:, first : first + part.shape[1]] += part
            first += len(emission.modes)
        kept = {outlet: list(rows[outlet].values()) for outlet in sorted(rows)}
        modes = [(name, mode.family) for name, emission in emissions.items() for mode in emission.modes]
        return cls(emissions, kept, overlaps(packets, modes))

    @cached_property
    def outlets(self) -> tuple[Outlet, ...]:
        """The outlets, by detector and time."""
        return tuple(self.rows)

    def weight(self, outlet: Outlet) -> NDArray[np.complex128]:
        """Photons that reach an outlet as a form in the modes of the sources, shape (n, n)."""
        total = sum(row.conj().T @ row for row in self.rows[outlet])
        return np.asarray(total * self.overlaps, dtype=np.complex128)


class _Flight:
    """The light of one wavelength on its way through an assembly."""

    def __init__(self, assembly: Assembly, wavelength: float) -> None:
        self._follows = assembly.follows
        self._detectors = set(assembly.detectors)
        self._ways: dict[str, list[tuple[str, Route]]] = defaultdict(list)
        for name, part in assembly.parts.items():
            for route in part.routes(wavelength):
                self._ways[f"{name}.{route.into}"].append((name, route))
        # Of light that comes to several ports at one instant, the port that others follow goes first.
        self._order = {port: place for place, port in enumerate(nx.topological_sort(assembly.graph(True)))}
        whole = assembly.graph(False)
        self._looped = {
            port
            for several in nx.strongly_connected_components(whole)
            if len(several) > 1
            for port in several
        }

    def run(self, source: str, modes: tuple[SourceMode, ...]) -> dict[Outlet, Marked]:
        """Amplitudes at each outlet for each mode of a source."""
        waiting: dict[tuple[int, int, str], Marked] = {}
        queue: list[tuple[int, int, str]] = []
        found: dict[Outlet, Marked] = {}

        def arrive(time: int, out: str, marked: Marked) -> None:
            port = self._follows.get(out)
            if port is None:
                return
            key = time, self._order[port], port
            if key not in waiting:
                waiting[key] = {}
                heapq.heappush(queue, key)
            for mark, part in marked.items():
                known = waiting[key].get(mark)
                waiting[key][mark] = part if known is None else known + part

        for place, mode in enumerate(modes):
            part = np.zeros((2, len(modes)), dtype=np.complex128)
            part[mode.polarisation, place] = 1
            arrive(mode.time_ps, f"{source}.{mode.port}", {(): part})
        for step in count():
            if not queue:
                return found
            if step > _MOST:
                raise ParameterError(f"the light of '{source}' goes round a loop without loss")
            key = heapq.heappop(queue)
            time, _, port = key
            marked = waiting.pop(key)
            if port.partition(".")[0] in self._detectors:
                found[Outlet(port.partition(".")[0], time)] = marked
                continue
            if port in self._looped and max(np.abs(part).max() for part in marked.values()) < FAINT:
                continue
            for name, route in self._ways[port]:
                arrive(time + route.delay_ps, f"{name}.{route.out}", passed(name, route, marked))
        raise AssertionError("counting has no end")


def passed(name: str, route: Route, marked: Marked) -> Marked:
    """Light at the end of a route through a part of a name."""
    if not route.mark:
        return {mark: route.jones @ part for mark, part in marked.items()}
    return {(*mark, f"{name}.{route.mark}"): route.jones @ part for mark, part in marked.items()}


def overlaps(packets: Mapping[str, Packet], modes: Sequence[tuple[str, int]]) -> NDArray[np.float64]:
    """Overlaps of the wave packets of some modes, each of a source and a family; shape (n, n)."""
    table = np.eye(len(modes))
    for one, (name, family) in enumerate(modes):
        for other, (their, theirs) in enumerate(modes):
            if name == their:
                table[one, other] = float(family == theirs)
            elif family == theirs == 0:
                table[one, other] = overlap(packets[name], packets[their])
    return table


def overlap(one: Packet, other: Packet) -> float:
    """Overlap of the wave packets of two sources, 1 for light that is alike.

    For Gaussian spectra of standard deviations σ and σ' (rad/s), a difference Δ of the centres and a delay τ:
    ``sqrt(2σσ'/(σ²+σ'²)) exp(-[Δ²/4 + σ²σ'²τ²]/(σ²+σ'²))``, whose square is the visibility of the dip of
    Hong, Ou and Mandel. Where neither bandwidth is stated, light of one wavelength is alike.

    References:
        Hong, Ou, Mandel, Phys. Rev. Lett. 59, 2044 (1987).
    """
    alike = sqrt((1 - one.own) * (1 - other.own))
    apart = SPEED_OF_LIGHT / one.wavelength - SPEED_OF_LIGHT / other.wavelength
    apart = 2 * pi * (apart + one.detuning - other.detuning)
    late = one.offset - other.offset
    widths = [2 * pi * (packet.bandwidth or one.bandwidth or other.bandwidth) for packet in (one, other)]
    if not any(widths):
        return alike if apart == 0 == late else 0.0
    square = widths[0] ** 2 + widths[1] ** 2
    shift = apart**2 / 4 + (widths[0] * widths[1] * late) ** 2
    return alike * sqrt(2 * widths[0] * widths[1] / square) * exp(-shift / square)
