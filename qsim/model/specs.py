"""What a scenario is made of, once read, checked and expanded.

These classes are the target of every front door: a file in YAML or JSON, the `qsim.Network` builder, a graph,
a SeQUeNCe configuration. All make one document, and it makes one `Scenario`: a script and a file that say the
same thing run the same simulation. Fields marked `OfKind` hold an instance of a class found in the registry
(in a file: ``memory: {kind: atomic, efficiency: 0.75}``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self

from qsim.model.fault_spec import FaultsSpec
from qsim.model.outcome import RunOutcome
from qsim.parameters import Declared, OfKind, Param

if TYPE_CHECKING:
    from qsim.model.sweep_spec import SweepSpec

#: The format of scenario documents that this version writes; those before it are read as well.
FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class RunSpec(Declared):
    """How long to run, and at which level of detail."""

    duration: Annotated[float, Param("simulated time", unit="s", gt=0)]
    seed: Annotated[int, Param("root seed of every random stream", ge=0)] = 0
    detail: Annotated[
        str,
        Param(
            "level of detail of heralded links: 'attempt' draws the number of attempts to the next herald, "
            "'photon' makes every emission, transit, click and message an event",
            choices=("attempt", "photon"),
        ),
    ] = "attempt"
    formalism: Annotated[str, Param("how pair states are represented, a registered formalism")] = (
        "bell-diagonal"
    )
    record_pairs: Annotated[bool, Param("keep one row for every delivered pair")] = False
    error_rates: Annotated[bool | None, Param("tell error rates of delivered pairs, and their key")] = None
    stop_when_done: Annotated[
        bool, Param("end the run as soon as every application has all it asked for")
    ] = False


@dataclass(frozen=True, slots=True)
class NodeSpec(Declared):
    """One node: what every registered kind of node (kind "node") derives from.

    A node has one bank of memories or several with names of their own. The policies that it states stand in
    place of the network's.
    """

    name: Annotated[str, Param("unique name of the node")]
    memory: Annotated[
        Any,
        OfKind(
            "memory",
            "the memories of the node: one bank, or several by name; links use the first unless they say so",
            default="atomic",
            named=True,
        ),
    ] = None
    processor: Annotated[
        Any, OfKind("processor", "what works on the memories: gates and measurements", default="gates")
    ] = None
    position: Annotated[
        tuple[float, float] | None, Param("planar coordinates (x, y) in metres", unit="m")
    ] = None
    coordinates: Annotated[
        tuple[float, float] | None, Param("geographic coordinates (latitude, longitude) in degrees")
    ] = None
    swapping: Annotated[Any | None, OfKind("swapping", "how the node swaps, if not as the network")] = None
    purification: Annotated[
        Any | None, OfKind("purification", "how the node purifies, if not as the network")
    ] = None
    cutoff: Annotated[Any | None, OfKind("cutoff", "when the node gives pairs up, if not as the network")] = (
        None
    )
    transfer: Annotated[
        Any | None,
        OfKind("transfer", "how halves are moved to other memories of the node; left out, they stay put"),
    ] = None

    #: Whether other nodes' entanglement may be routed through.
    relays: ClassVar[bool] = True

    @property
    def banks(self) -> Mapping[str, Any]:
        """The memories by name of their bank; a single bank is called "memory"."""
        one = self.memory  # as a rule of a declared class, which is seen sooner than that it is no mapping
        return one if not isinstance(one, Declared) and isinstance(one, Mapping) else {"memory": one}

    @property
    def count(self) -> int:
        """The number of memories in all banks."""
        return sum(bank.count for bank in self.banks.values())


@dataclass(frozen=True, slots=True)
class ArmSpec(Declared):
    """One arm of a link: the fibre from a node to the heralding station."""

    length: Annotated[float | None, Param("length of the arm", unit="m", ge=0)] = None
    fibre: Annotated[
        Any | None, OfKind("fibre", "the fibre of the arm, if not as the link's", usual="single-mode")
    ] = None
    converter: Annotated[
        Any | None,
        OfKind(
            "converter",
            "what converts the light at the node, if not as the link's",
            usual="frequency-converter",
        ),
    ] = None
    insertion_loss: Annotated[
        float | None, Param("loss of connectors and splices, if not as the link's", unit="dB", ge=0)
    ] = None


#: An arm that states nothing of its own.
_AS_THE_LINK: Final = ArmSpec()


@dataclass(frozen=True, slots=True)
class LinkSpec(Declared):
    """One fibre link between two nodes, with a heralding station on the way."""

    between: Annotated[tuple[str, str], Param("names of the two nodes")]
    length: Annotated[float, Param("length of fibre between the two nodes", unit="m", ge=0)]
    name: Annotated[
        str, Param("unique name; left out, the names of the two nodes with a hyphen between them")
    ] = ""
    fibre: Annotated[Any, OfKind("fibre", "the fibre of both arms", default="single-mode")] = None
    arms: Annotated[
        tuple[ArmSpec, ArmSpec] | None,
        Param("the two arms where they differ, that of the first node first, instead of `midpoint`"),
    ] = None
    converter: Annotated[
        Any | None,
        OfKind(
            "converter",
            "what converts light between memory and fibre at both nodes",
            usual="frequency-converter",
        ),
    ] = None
    insertion_loss: Annotated[
        float,
        Param(
            "loss of connectors and splices in each arm, or in the whole of a fibre between a node without "
            "memories and another",
            unit="dB",
            ge=0,
        ),
    ] = 0.0
    detector: Annotated[
        Any, OfKind("detector", "the detectors of the heralding station", default="threshold")
    ] = None
    second_detector: Annotated[
        Any | None,
        OfKind(
            "detector", "the detector at the station's second output, if not as the first", usual="threshold"
        ),
    ] = None
    link_model: Annotated[
        Any, OfKind("link-model", "how the link makes entanglement", default="barrett-kok")
    ] = None
    midpoint: Annotated[
        float,
        Param(
            "position of the heralding station, as a fraction of the length from the first node", ge=0, le=1
        ),
    ] = 0.5
    station_delay: Annotated[
        float | None,
        Param(
            "one-way classical delay between either node and the station, instead of the network's rule",
            unit="s",
            ge=0,
        ),
    ] = None
    banks: Annotated[
        tuple[str, str] | None,
        Param("the banks of memories used at the two nodes; left out, the first of each"),
    ] = None

    def fill_in(self) -> None:
        """A link without a name is called by its nodes."""
        if not self.name:
            object.__setattr__(self, "name", default_name(self.between))

    @property
    def detectors(self) -> tuple[Any, Any]:
        """The detectors at the two outputs of the station."""
        return self.detector, self.detector if self.second_detector is None else self.second_detector

    def arm(self, place: int) -> tuple[float, Any]:
        """Length in metres and fibre of an arm.

        Args:
            place: 0 for the arm of the first node, 1 for that of the second.
        """
        arm = self.arms[place] if self.arms else _AS_THE_LINK
        share = 1 - self.midpoint if place else self.midpoint
        return self.length * share if arm.length is None else arm.length, arm.fibre or self.fibre

    def loss(self, place: int) -> float:
        """Loss of connectors and splices in an arm, dB; `place` as in `arm`."""
        own = self.arms[place].insertion_loss if self.arms else None
        return self.insertion_loss if own is None else own

    def converter_at(self, place: int) -> Any | None:
        """What converts the light at one of the two nodes; `place` as in `arm`."""
        return (self.arms[place].converter if self.arms else None) or self.converter

    def bank(self, place: int, banks: Iterable[str]) -> str:
        """The bank that the link uses at an end: the one it names, or the first.

        Args:
            place: 0 for the first node, 1 for the second.
            banks: names of that node's banks.
        """
        return self.banks[place] if self.banks else next(iter(banks))

    @property
    def fibres(self) -> tuple[tuple[float, Any], ...]:
        """The pieces of fibre that the link is made of, each with its length in metres."""
        return (self.arm(0), self.arm(1)) if self.arms else ((self.length, self.fibre),)

    @property
    def losses(self) -> tuple[float, ...]:
        """Loss of connectors and splices in each of `fibres`, dB."""
        return (self.loss(0), self.loss(1)) if self.arms else (self.insertion_loss,)


def default_name(between: Sequence[str]) -> str:
    """The name of a link that is given none."""
    return "-".join(between)


@dataclass(frozen=True, slots=True)
class RemoveSpec(Declared):
    """What is taken out of the network that topology, nodes and links make."""

    nodes: Annotated[tuple[str, ...], Param("names of nodes, whose links go with them")] = ()
    links: Annotated[
        tuple[tuple[str, str] | str, ...],
        Param("links, each by its two ends (all between them) or by its name"),
    ] = ()


@dataclass(frozen=True, slots=True)
class ChannelSpec(Declared):
    """The classical channel between one pair of nodes, in both directions."""

    between: Annotated[tuple[str, str], Param("names of the two nodes")]
    delay: Annotated[float, Param("one-way propagation delay", unit="s", ge=0)]


@dataclass(frozen=True, slots=True)
class DelayTable(Declared):
    """A square table of delays between named nodes."""

    nodes: Annotated[tuple[str, ...], Param("names of rows and columns, in order")]
    table: Annotated[tuple[tuple[float, ...], ...], Param("delays, row to column", unit="s", ge=0)]


@dataclass(frozen=True, slots=True)
class ClassicalSpec(Declared):
    """The classical network.

    A pair of nodes without a delay of its own is served along the shortest fibre path.
    """

    channels: Annotated[tuple[ChannelSpec, ...], Param("explicit channels")] = ()
    one_way: Annotated[DelayTable | None, Param("table of one-way delays")] = None
    round_trip: Annotated[
        DelayTable | None,
        Param("table of measured round-trip times; the one-way delay is the mean of both directions, halved"),
    ] = None
    speed: Annotated[float, Param("signal speed along fibre", unit="m/s", gt=0)] = 2e8
    processing: Annotated[float, Param("processing time added to every message", unit="s", ge=0)] = 0.0
    transmission: Annotated[float, Param("transmission time added to every message", unit="s", ge=0)] = 0.0
    station: Annotated[
        str,
        Param(
            "delay between a node and a heralding station: 'fibre' from the arm's length, "
            "'half' of the delay between the two end nodes",
            choices=("fibre", "half"),
        ),
    ] = "fibre"
    loss: Annotated[
        float,
        Param(
            "probability that a datagram is lost; messages are repeated until they are acknowledged, but a "
            "link's own hand-shakes and announcements are not, see `links`",
            ge=0,
            lt=1,
        ),
    ] = 0.0
    retransmission: Annotated[
        float,
        Param(
            "time after which a message that is not acknowledged is sent again, and a negotiation of a link "
            "given up, in addition to the time that it takes; no less than the round trip",
            unit="s",
            gt=0,
        ),
    ] = 10e-3
    duplication: Annotated[
        float | None, Param("probability that a datagram arrives twice; left out, none does", ge=0, le=1)
    ] = None
    jitter: Annotated[
        float | None,
        Param(
            "greatest delay of a datagram beyond that of its channel, drawn uniformly, so that one may "
            "overtake another; left out, none is delayed",
            unit="s",
            ge=0,
        ),
    ] = None
    links: Annotated[
        bool | None,
        Param(
            "whether hand-shakes and announcements of links are datagrams on these channels too, at detail "
            "'photon'; left out, they keep time with the light and are never lost"
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class ProtocolsSpec(Declared):
    """The protocols of every node that states none of its own."""

    swapping: Annotated[Any, OfKind("swapping", "how and in which order routers swap", default="nested")] = (
        None
    )
    purification: Annotated[
        Any, OfKind("purification", "how pairs below the target fidelity are purified", default="bbpssw")
    ] = None
    cutoff: Annotated[
        Any, OfKind("cutoff", "when pairs are given up because of their age", default="none")
    ] = None
    routing: Annotated[Any, OfKind("routing", "how paths are found", default="shortest-path")] = None
    reservation: Annotated[
        Any, OfKind("reservation", "how nodes promise their memories to requests", default="hop-by-hop")
    ] = None
    control: Annotated[
        Any | None,
        OfKind(
            "control",
            "who decides which request is served, and when; left out, 'distributed': the nodes of each path",
        ),
    ] = None
    allocation: Annotated[
        Any | None,
        OfKind(
            "allocation",
            "how many memories may be promised at once, and how that follows the load; left out, all that "
            "are installed",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class ScenarioSpec:
    """A checked, expanded scenario, as what simulates it sees it.

    Attributes:
        document: the plain document (text, numbers, lists and mappings) that this scenario was made from,
            defaults filled in; it can be written to YAML and read back.
        source: where the document came from, for messages.
        faults: what goes down and when.
        notes: what an imported topology could not express, one sentence each.
        sweep: what `qsim.sweep` varies; no part of the document, which is that of a single run.
        outcome: the class of what a run of it gives back.
    """

    name: str
    run_spec: RunSpec
    nodes: tuple[NodeSpec, ...]
    links: tuple[LinkSpec, ...]
    classical: ClassicalSpec
    protocols: ProtocolsSpec
    traffic: tuple[Any, ...]
    document: Mapping[str, Any] = field(repr=False)
    faults: FaultsSpec = field(default_factory=FaultsSpec)
    source: str = field(default="<scenario>", compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)
    sweep: SweepSpec | None = field(default=None, compare=False, repr=False)
    outcome: ClassVar[type[RunOutcome]] = RunOutcome

    def with_seed(self, seed: int) -> Self:
        """The same scenario with another root seed."""
        document = {**self.document, "run": {**self.document["run"], "seed": seed}}
        return replace(self, run_spec=replace(self.run_spec, seed=seed), document=document)
