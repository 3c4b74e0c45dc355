"""What goes down and when, and what becomes of the flows that it hits: a scenario's section ``faults``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol

from qsim.errors import ParameterError
from qsim.model.distance import gap_on_globe, gap_on_plane
from qsim.parameters import Declared, Param

#: Stands for every link, or every node, each going down by itself.
ALL: Final = "all"


class Placed(Protocol):
    """A node, as outages see it: a `qsim.model.specs.NodeSpec`."""

    @property
    def position(self) -> tuple[float, float] | None:
        """Planar coordinates, m."""
        ...

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees."""
        ...

    @property
    def banks(self) -> Mapping[str, Any]:
        """The memories by name of their bank."""
        ...


class Joining(Protocol):
    """A link, as outages see it: a `qsim.model.specs.LinkSpec`."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def between(self) -> tuple[str, str]:
        """Names of its two nodes."""
        ...


@dataclass(frozen=True, slots=True)
class CircleSpec(Declared):
    """A place where all fibre is cut."""

    radius: Annotated[float, Param("radius of the circle", unit="m", gt=0)]
    position: Annotated[
        tuple[float, float] | None, Param("its centre on the plane of the nodes' `position`", unit="m")
    ] = None
    coordinates: Annotated[
        tuple[float, float] | None, Param("its centre as latitude and longitude in degrees")
    ] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if (self.position is None) == (self.coordinates is None):
            raise ParameterError(
                "`CircleSpec` takes its centre by `position` or by `coordinates`, one of them"
            )

    def cuts(self, link: Joining, nodes: Mapping[str, Placed]) -> bool | None:
        """Whether the straight line between the ends of a link passes through; None without their places."""
        one, other = (nodes[end] for end in link.between)
        if self.position is not None:
            if one.position is None or other.position is None:
                return None
            return gap_on_plane(self.position, one.position, other.position) <= self.radius
        assert self.coordinates is not None
        if one.coordinates is None or other.coordinates is None:
            return None
        return gap_on_globe(self.coordinates, one.coordinates, other.coordinates) <= self.radius


@dataclass(frozen=True, slots=True)
class OutageSpec(Declared):
    """One thing, or all that a circle cuts, going down and coming up: by a schedule, or by mean times."""

    link: Annotated[
        str | tuple[str, str] | None,
        Param(
            "a link by its name or its two ends (all links between them go down as one), with the light and "
            "the messages along it; or 'all'"
        ),
    ] = None
    node: Annotated[
        str | None, Param("name of a node, with its memories and all that runs on it; or 'all'")
    ] = None
    bank: Annotated[str | None, Param("a bank of memories of `node`, instead of the whole node")] = None
    channel: Annotated[
        tuple[str, str] | None, Param("two nodes between which classical messages are lost")
    ] = None
    circle: Annotated[CircleSpec | None, Param("a circle; all links that pass through it go down as one")] = (
        None
    )
    down: Annotated[float | None, Param("when it goes down", unit="s", ge=0)] = None
    up: Annotated[
        float | None, Param("when it comes up again; left out, not within the run", unit="s", gt=0)
    ] = None
    mean_up: Annotated[
        float | None,
        Param("mean time for which it is up, drawn anew each time (exponential)", unit="s", gt=0, le=1e12),
    ] = None
    mean_down: Annotated[
        float | None,
        Param("mean time for which it is down, drawn anew each time (exponential)", unit="s", gt=0, le=1e12),
    ] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        named = [key for key in ("link", "node", "channel", "circle") if getattr(self, key) is not None]
        if len(named) != 1:
            got = ", ".join(f"`{key}`" for key in named) or "none"
            raise ParameterError(f"an outage is of one `link`, `node`, `channel` or `circle`, got {got}")
        if self.bank is not None and self.node is None:
            raise ParameterError("a `bank` belongs to a `node`: name it beside")
        mean = self.mean_up is not None, self.mean_down is not None
        if self.down is None and self.up is None:
            if not all(mean):
                raise ParameterError(
                    "an outage needs times: `down` and perhaps `up`, or `mean_up` and `mean_down`"
                )
        elif any(mean):
            raise ParameterError("an outage has a schedule or mean times, not both")
        elif self.down is None:
            raise ParameterError("`up` without `down`: say when it goes down")
        elif self.up is not None and self.up <= self.down:
            raise ParameterError(f"`up` must be after `down` at {self.down:g} s, got {self.up:g} s")

    @property
    def about(self) -> str:
        """What goes down, in words."""
        if self.link is not None:
            return f"link {self.link if isinstance(self.link, str) else '-'.join(self.link)}"
        if self.node is not None:
            return f"node {self.node}" if self.bank is None else f"bank {self.node}/{self.bank}"
        if self.channel is not None:
            return "channel " + "|".join(sorted(self.channel))
        circle = self.circle
        assert circle is not None
        x, y = circle.position or circle.coordinates or (0.0, 0.0)
        return f"circle {x:g},{y:g},{circle.radius:g}"

    def parts(
        self, nodes: Mapping[str, Placed], links: Iterable[Joining]
    ) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
        """What goes down by itself: the name of its random stream, and the elements that it is made of.

        Args:
            nodes: all nodes by name.
            links: all links.

        Yields:
            A name, and for each element its kind and names: ``("link", "a-b")``, ``("bank", "a", "memory")``.
        """
        links = list(links)
        if self.link == ALL and all(link.name != ALL for link in links):
            yield from ((f"link {link.name}", (("link", link.name),)) for link in links)
        elif self.node == ALL and ALL not in nodes:
            chosen = [name for name in nodes if self.bank is None or self.bank in nodes[name].banks]
            yield from ((f"{self._kind} {name}", (self._element(name),)) for name in chosen)
        elif self.circle is not None:
            cut = (("link", link.name) for link in links if self.circle.cuts(link, nodes))
            yield self.about, tuple(cut)
        elif self.link is not None:
            names = self.links_named(links)
            yield f"link {', '.join(names)}", tuple(("link", name) for name in names)
        else:
            yield self.about, (self._element(self.node or ""),)

    def links_named(self, links: Iterable[Joining]) -> list[str]:
        """The names of the links that it is of; one that no link has, where there is none."""
        if self.link is None or isinstance(self.link, str):
            return [] if self.link is None else [self.link]
        ends = set(self.link)
        return [link.name for link in links if set(link.between) == ends] or ["-".join(self.link)]

    @property
    def _kind(self) -> str:
        return "node" if self.bank is None else "bank"

    def _element(self, name: str) -> tuple[str, ...]:
        if self.channel is not None:
            return ("channel", *self.channel)
        return ("node", name) if self.bank is None else ("bank", name, self.bank)


@dataclass(frozen=True, slots=True)
class FaultsSpec(Declared):
    """Outages, and what becomes of the flows that they hit."""

    outages: Annotated[tuple[OutageSpec, ...], Param("what goes down and when")] = ()
    on_fault: Annotated[
        str,
        Param(
            "what becomes of a request whose path is at fault: it has failed ('fail'), is made again after "
            "`retry` ('retry'), or is made again at once along a path without what is known to be at fault "
            "('reroute'), as long as its window is open",
            choices=("fail", "retry", "reroute"),
        ),
    ] = "fail"
    retry: Annotated[
        float, Param("pause before a request is made again, where none is found at once", unit="s", gt=0)
    ] = 1.0
    detection: Annotated[
        float,
        Param(
            "time after which the nodes at either end of a link, or the node of a bank, take it for dead",
            unit="s",
            ge=0,
        ),
    ] = 10e-3
    timeout: Annotated[
        float,
        Param(
            "silence after which a node takes its neighbour for dead; a reservation waits for its answer as "
            "long for each link to go, and the way there and back",
            unit="s",
            gt=0,
        ),
    ] = 1.0

    def __bool__(self) -> bool:
        """Whether anything goes down."""
        return bool(self.outages)


def outage_of(given: Mapping[str, Any]) -> OutageSpec:
    """An outage of what a script says; a circle may be a mapping.

    Raises:
        ParameterError: it is none.
    """
    unknown = sorted(set(given) - set(OutageSpec.__dataclass_fields__))
    if unknown:
        raise ParameterError(f"an outage has no `{unknown[0]}`")
    circle = given.get("circle")
    if isinstance(circle, Mapping):
        given = {**given, "circle": CircleSpec(**circle)}
    return OutageSpec(**given)
