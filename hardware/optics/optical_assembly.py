"""Optical parts and the wires between their ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, Protocol

import networkx as nx

from hardware.optics.light_detector import LightDetector
from hardware.optics.optical_part import OpticalSource
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import define_kind, register

_ARROW = "->"


class AssemblyModel(Protocol):
    """Parts that are wired, by hand or ready; registered under the kind "assembly"."""

    def wired(self) -> Assembly:
        """Parts and wires."""
        ...


define_kind("assembly", AssemblyModel, "how-to/optical-bench.md")


@register("assembly", "wired")
@dataclass(frozen=True)
class Assembly(Declared):
    """Parts by name, and wires such as ``laser.out -> splitter.a``.

    Raises:
        ParameterError: a wire between ports that do not exist or are taken, a port that is neither wired nor
            open, a loop that takes no time, or a detector that no light reaches or that reads what nobody
            writes.
    """

    parts: Annotated[Mapping[str, Any], OfKind("optic", "the parts by name", named=True)]
    wires: Annotated[tuple[str, ...], Param("wires from an output to an input, `part.port -> part.port`")]
    open: Annotated[
        tuple[str, ...],
        Param("ports that are left open: nothing but vacuum enters, and light that leaves is lost"),
    ] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.follows
        self._refuse_unconnected()
        self._refuse_instant_loops()
        self._refuse_strangers()

    @cached_property
    def follows(self) -> dict[str, str]:
        """The input that each wired output leads to, both as `part.port`."""
        follows: dict[str, str] = {}
        for wire in self.wires:
            out, arrow, into = (each.strip() for each in wire.partition(_ARROW))
            if not arrow:
                raise ParameterError(f"`Assembly.wires`: write '{wire}' as `part.port -> part.port`")
            for end, ports in ((out, self._ports("outputs")), (into, self._ports("inputs"))):
                if end not in ports:
                    side = "output" if end is out else "input"
                    raise ParameterError(
                        f"`Assembly.wires`: '{wire}': there is no {side} '{end}'{nearest(end, ports)}"
                    )
            if out in follows or into in follows.values():
                raise ParameterError(f"`Assembly.wires`: '{wire}': one of its ports has a wire already")
            follows[out] = into
        return follows

    def wired(self) -> Assembly:
        """Itself."""
        return self

    def with_parameters(self, changes: Mapping[str, Any]) -> Assembly:
        """The same wires with other values of some parameters, named `part.parameter`.

        Raises:
            ParameterError: there is no such part or parameter, or a value is out of bounds.
        """
        parts = dict(self.parts)
        for where, value in changes.items():
            name, _, parameter = where.partition(".")
            if name not in parts or not hasattr(parts[name], parameter):
                known = [f"{part}.{key}" for part, each in parts.items() for key in vars(each)]
                raise ParameterError(f"there is no parameter '{where}'{nearest(where, known)}")
            parts[name] = replace(parts[name], **{parameter: value})
        changed: Assembly = object.__new__(type(self))
        # Wires and ports are as they were, and have been checked.
        for key, value in {**vars(self), "parts": parts}.items():
            object.__setattr__(changed, key, value)
        return changed

    @property
    def sources(self) -> dict[str, OpticalSource]:
        """The parts that send light, by name."""
        return {name: part for name, part in self.parts.items() if isinstance(part, OpticalSource)}

    @property
    def detectors(self) -> dict[str, LightDetector]:
        """The parts in which light ends, by name."""
        return {name: part for name, part in self.parts.items() if isinstance(part, LightDetector)}

    def graph(self, instant: bool) -> nx.DiGraph:
        """Ports, wires, and the routes through parts.

        Args:
            instant: whether to leave out routes that take time.
        """
        graph = nx.DiGraph(list(self.follows.items()))
        wavelength = next((part.packet().wavelength for part in self.sources.values()), 1550e-9)
        for name, part in self.parts.items():
            for route in part.routes(wavelength):
                if not (instant and route.delay_ps):
                    graph.add_edge(f"{name}.{route.into}", f"{name}.{route.out}")
        return graph

    def _ports(self, side: str) -> list[str]:
        return [f"{name}.{port}" for name, part in self.parts.items() for port in getattr(part, side)]

    def _refuse_unconnected(self) -> None:
        wired = {*self.follows, *self.follows.values()}
        ports = self._ports("outputs") + self._ports("inputs")
        for port in self.open:
            if port not in ports or port in wired:
                trouble = "has a wire" if port in wired else f"is no port{nearest(port, ports)}"
                raise ParameterError(f"`Assembly.open`: '{port}' {trouble}")
        loose = [port for port in ports if port not in wired and port not in self.open]
        if loose:
            raise ParameterError(
                f"`Assembly.wires`: not connected: {', '.join(loose)}; wire them, or name them under `open`"
            )

    def _refuse_instant_loops(self) -> None:
        try:
            loop = nx.find_cycle(self.graph(instant=True))
        except nx.NetworkXNoCycle:
            return
        way = f" {_ARROW} ".join(end for end, _ in loop)
        raise ParameterError(
            f"`Assembly.wires`: light would go round in no time: {way}; a loop needs a delay line"
        )

    def _refuse_strangers(self) -> None:
        for name, part, senders in self._lit():
            if not senders:
                raise ParameterError(f"`Assembly.wires`: no light can reach the detector '{name}'")
            for sender in senders:
                written = getattr(self.parts[sender], "encoding", None)
                if part.encoding is not None and written != part.encoding:
                    raise ParameterError(
                        f"`Assembly.parts`: the detector '{name}' reads the encoding '{part.encoding}', and "
                        f"the light of '{sender}' that reaches it has '{written}'"
                    )

    def _lit(self) -> Iterator[tuple[str, LightDetector, list[str]]]:
        """Each detector, and the sources whose light reaches it."""
        graph = self.graph(instant=False)
        starts = {
            name: [f"{name}.{port}" for port in part.outputs if f"{name}.{port}" in graph]
            for name, part in self.sources.items()
        }
        for name, part in self.detectors.items():
            before = nx.ancestors(graph, f"{name}.in") if f"{name}.in" in graph else set()
            yield name, part, [sender for sender, ports in starts.items() if before.intersection(ports)]
