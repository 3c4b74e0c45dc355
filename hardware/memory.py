"""Quantum memories: what they are made of, and the life of one memory.

`AtomicMemory` declares the parameters of a node's memories. `Memory` is one of them while a simulation runs:
it moves through `MemoryState` along the transitions of `TRANSITIONS` and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from hardware.emitter import EmitterParameters
from qsim.errors import LifecycleError, ParameterError, StateError
from qsim.parameters import OfKind, Param
from qsim.quantum.noise import MemoryNoise
from qsim.registry import define_kind, register
from qsim.units import PS_PER_S, to_ps, to_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hardware.classical import Node
    from hardware.disturbance import Disturbance
    from hardware.emission import Emission
    from qsim.kernel import Simulator
    from qsim.model.check_context import CheckContext
    from qsim.quantum.group import Group
    from qsim.quantum.pair import EntangledPair

#: The kernel's clock tick, s: what is over sooner never lasts at all.
_TICK = 1 / PS_PER_S


class MemoryModel(Protocol):
    """What a link and a node ask of the memories at an end; registered under the kind "memory".

    Attributes:
        count: memories at the node.
        efficiency: probability that an excitation puts a photon into the fibre, or that an arriving photon is
            absorbed.
        initial_fidelity: of a freshly heralded pair between two such memories, photonic errors apart.
        wavelength: of the light that they emit or absorb, m.
    """

    @property
    def count(self) -> int: ...

    @property
    def efficiency(self) -> float: ...

    @property
    def initial_fidelity(self) -> float: ...

    @property
    def wavelength(self) -> float: ...

    def noise(self) -> MemoryNoise | None:
        """The law by which a stored qubit decays; None when it keeps for ever."""
        ...

    def emission(self) -> Emission:
        """What the memory's emitter sends to a station."""
        ...

    def period_ps(self) -> int:
        """Least time between two excitations, ps."""
        ...


define_kind("memory", MemoryModel, "how-to/device.md")


@register("memory", "atomic")
@dataclass(frozen=True)
class AtomicMemory(EmitterParameters):
    """Emissive memories, such as single atoms or ions in a cavity: a spin that can be made to emit a photon.

    A subclass registered under another name is a new memory: override `noise`, or give it parameters of its
    own.

    Raises:
        ParameterError: a parameter out of bounds, or t2 greater than 2 t1.
    """

    count: Annotated[int, Param("memories at the node", ge=1, le=100_000)] = 10
    efficiency: Annotated[
        float,
        Param(
            "probability that an excitation puts a photon into the fibre, or with a source in the middle of "
            "the link, that an arriving photon is absorbed",
            ge=0,
            le=1,
            source="SeQUeNCe default",
        ),
    ] = 1.0
    frequency: Annotated[
        float, Param("highest rate of excitations of one memory", unit="Hz", gt=0, source="SeQUeNCe default")
    ] = 80e6
    initial_fidelity: Annotated[
        float,
        Param(
            "fidelity of a freshly heralded pair between two such memories, photonic errors apart; "
            "the rest is white noise",
            ge=0.25,
            le=1,
        ),
    ] = 1.0
    t1: Annotated[float | None, Param("energy relaxation time", unit="s", ge=_TICK)] = None
    t2: Annotated[float | None, Param("total coherence time, at most 2 t1", unit="s", ge=_TICK)] = None
    depolarising_time: Annotated[float | None, Param("time constant of depolarising", unit="s", ge=_TICK)] = (
        None
    )
    dephasing_time: Annotated[float | None, Param("time constant of pure dephasing", unit="s", ge=_TICK)] = (
        None
    )
    pauli_x: Annotated[float, Param("rate of bit flips", unit="Hz", ge=0)] = 0.0
    pauli_y: Annotated[float, Param("rate of bit-and-phase flips", unit="Hz", ge=0)] = 0.0
    pauli_z: Annotated[float, Param("rate of phase flips", unit="Hz", ge=0)] = 0.0
    relaxes_to: Annotated[
        str,
        Param(
            "the state that energy relaxation leads to: 'dark', so that the bright one decays, or 'bright'",
            choices=("dark", "bright"),
        ),
    ] = "dark"
    decay: Annotated[
        Any | None,
        OfKind("decay", "dephasing that is not exponential, beside that of the constants above"),
    ] = None
    initialisation_time: Annotated[
        float, Param("time that it takes to initialise the memory before each attempt", unit="s", ge=0)
    ] = 0.0
    dephasing_attempts: Annotated[
        float | None,
        Param(
            "number of attempts of the node's other memories after which the coherence of a stored half has "
            "fallen to 1/e; left out, they do not disturb it",
            gt=0,
        ),
    ] = None
    wavelength: Annotated[
        float, Param("wavelength of the light that is emitted or absorbed", unit="m", gt=0)
    ] = 1550e-9

    def __post_init__(self) -> None:
        # Not super(): a dataclass(slots=True) subclass is a new class, which the zero-argument form misses.
        EmitterParameters.__post_init__(self)
        if self.t1 is not None and self.t2 is not None and self.t2 > 2 * self.t1 * (1 + 1e-12):
            raise ParameterError(
                f"`{type(self).__name__}.t2` must be at most 2 t1 = {2 * self.t1:g} s, got {self.t2:g} s"
            )

    def noise(self) -> MemoryNoise | None:
        """The law by which a stored qubit decays; None when it keeps for ever."""
        return self._law

    @cached_property
    def _law(self) -> MemoryNoise | None:
        law = MemoryNoise.thermal(self.t1, self.t2)
        if self.depolarising_time is not None:
            law = law.plus(MemoryNoise.depolarising(self.depolarising_time))
        if self.dephasing_time is not None:
            law = law.plus(MemoryNoise.dephasing(self.dephasing_time))
        law = law.plus(MemoryNoise.pauli(self.pauli_x, self.pauli_y, self.pauli_z))
        if self.relaxes_to == "bright":
            law = law.relaxing_to_one()
        if self.decay is not None:
            law = law.plus(MemoryNoise(dephasing_laws=(self.decay,)))
        return None if law.ideal else law

    def period_ps(self) -> int:
        """Least time between two excitations, picoseconds."""
        return to_ps(1 / self.frequency)

    def check(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """Note a law of decay that the formalism cannot follow."""
        law = self.noise()
        if law is None and self.dephasing_attempts is not None:
            law = MemoryNoise.dephasing(1.0)
        if law is None:
            return
        try:
            context.formalism.werner(1.0).decayed(law.between(0.0, _TICK), None, _TICK)
        except StateError as error:
            yield "", f"decays, and the formalism '{context.run.formalism}' cannot follow: {error}"


def initialisation_ps(model: MemoryModel) -> int:
    """Time that a memory needs before each attempt, picoseconds; 0 for a model that states none."""
    return to_ps(getattr(model, "initialisation_time", 0.0))


class MemoryState(IntEnum):
    """Where a memory is in its life."""

    #: holds nothing and takes part in nothing
    FREE = 0
    #: takes part in attempts to generate a pair
    GENERATING = 1
    #: holds one half of a pair that nobody is operating upon
    ENTANGLED = 2
    #: its pair takes part in a purification
    PURIFYING = 3
    #: its pair takes part in a swap that awaits consent, or is being made
    SWAPPING = 4
    #: its pair has been handed to an application
    HELD = 5
    #: its half is being moved to another memory of the node, or one is being moved here
    TRANSFERRING = 6
    #: its qubit belongs to a program, which operates on it
    LOCAL = 7


_F, _G, _E, _P, _S, _H, _T, _L = MemoryState
#: The life cycle: from each state, where a memory may go.
TRANSITIONS: dict[MemoryState, frozenset[MemoryState]] = {
    _F: frozenset({_G, _T, _L}),
    _G: frozenset({_E, _F}),
    _E: frozenset({_P, _S, _H, _T, _F}),
    _P: frozenset({_E, _F}),
    _S: frozenset({_E, _F}),
    _H: frozenset({_F, _L}),
    _T: frozenset({_E, _F}),
    _L: frozenset({_F, _E}),
}
_ALLOWED = tuple(tuple(to in TRANSITIONS[state] for to in MemoryState) for state in MemoryState)


@dataclass(slots=True, eq=False, repr=False)
class Memory:
    """One memory of a node.

    Attributes:
        node: where it is.
        index: its place in the node's array.
        state: where it is in its life.
        noise: decay law of a stored qubit, or None; a memory that is disturbed has one.
        disturbance: what attempts at the node do to a stored qubit, or None.
        pair: the pair whose half it holds, as it physically is; None unless it holds one.
        group: the group that its qubit belongs to; None where it holds half of a pair, or nothing.
        pair_id: number by which the node knows it; a swap elsewhere changes `pair` at once, this by news.
        newest_id: the greatest pair number that the memory has known; numbers grow with time.
        heralded_id: the number that the pair it holds, or held last, was heralded with, alike at both ends.
        partner: the memory that the node believes to hold the other half.
        links: how many links lie between the two, as far as the node knows.
        ready_at: earliest next excitation, ps.
        deadline: when the pair is given up, ps; None for never.
        since: time of the last change of state, ps.
        entangled_ps: total time spent holding a pair so far, ps.
        retrieval: probability that a half comes out after it was stored for a time in s; None for always.
        serves: numbers of the flows that its pair may serve, where memories serve links; None for any.
    """

    node: Node
    index: int
    noise: MemoryNoise | None
    disturbance: Disturbance | None = None
    state: MemoryState = _F
    pair: EntangledPair | None = None
    group: Group | None = None
    pair_id: int = 0
    newest_id: int = 0
    heralded_id: int = 0
    partner: Memory | None = None
    links: int = 1
    ready_at: int = 0
    deadline: int | None = None
    since: int = 0
    entangled_ps: int = 0
    retrieval: Callable[[float], float] | None = None
    serves: frozenset[int] | None = None

    @property
    def name(self) -> str:
        """``node[index]``."""
        return f"{self.node.name}[{self.index}]"

    @property
    def fidelity(self) -> float:
        """Fidelity, at this instant, of the pair whose half the memory holds.

        Raises:
            LifecycleError: it holds none.
        """
        return self._held().fidelity(self.node.sim.now)

    @property
    def age(self) -> float:
        """Time since the storage of the oldest half in the pair whose half the memory holds began, s.

        Raises:
            LifecycleError: it holds none.
        """
        return to_s(self.node.sim.now - self._held().born)

    def comes_out(self) -> bool:
        """Whether the half comes out of the memory now, where it may fail to."""
        if self.retrieval is None:
            return True
        sim = self.node.sim
        if self.group is not None:
            stored = self.group.stored(self)
        else:
            pair = self._held()
            stored = pair.stored[0 if pair.first is self else 1]
        return sim.stream("retrieval/" + self.node.name).random() < self.retrieval(to_s(sim.now - stored))

    def _held(self) -> EntangledPair:
        if self.pair is None:
            raise LifecycleError(f"memory {self.name} holds no half of a pair; it is {self.state.name}")
        return self.pair

    def move(self, state: MemoryState) -> None:
        """Change state along the life cycle.

        Raises:
            LifecycleError: there is no such transition.
        """
        if not _ALLOWED[self.state][state]:
            raise LifecycleError(f"memory {self.name} cannot go from {self.state.name} to {state.name}")
        self._enter(state, self.node.sim)

    def hold(self, pair_id: int, partner: Memory, deadline: int | None) -> None:
        """Learn that an attempt has succeeded: the memory holds one half of a pair.

        Args:
            pair_id: the number of the pair.
            partner: the memory with the other half.
            deadline: when the pair is to be given up, ps; None for never.

        Raises:
            LifecycleError: the memory was not generating.
        """
        if self.state is not _G:
            raise LifecycleError(f"memory {self.name} cannot go from {self.state.name} to ENTANGLED")
        sim = self.node.sim
        self.pair_id = self.newest_id = self.heralded_id = pair_id
        self.partner, self.links = partner, 1
        self.deadline = deadline
        self.entangled_ps -= sim.now
        self._enter(_E, sim)

    def rename(self, pair_id: int, partner: Memory, deadline: int | None) -> None:
        """Learn that a swap elsewhere has replaced the pair.

        Args:
            pair_id: number of the new pair.
            partner: the memory at its other end.
            deadline: when it is to be given up, ps; None for never.
        """
        self.pair_id = self.newest_id = pair_id
        self.partner = partner
        self.deadline = deadline

    def take_over(self, source: Memory) -> None:
        """Receive the half that another memory of the node holds; that one becomes free.

        Raises:
            LifecycleError: one of the two was not transferring.
        """
        if source.state is not _T or self.state is not _T:
            raise LifecycleError(f"memory {self.name} cannot take over what {source.name} holds")
        sim = self.node.sim
        self.pair, self.partner, self.deadline = source.pair, source.partner, source.deadline
        self.pair_id, self.newest_id = source.pair_id, source.newest_id
        self.heralded_id, self.links = source.heralded_id, source.links
        source.clear()
        self.entangled_ps -= sim.now
        self._enter(_E, sim)

    def clear(self) -> None:
        """Let go of whatever the memory holds and become free; without effect on a free memory."""
        if self.state is _F:
            return
        sim = self.node.sim
        if self.group is not None:
            self.group.discard(self)
        # A memory to which a half is being moved knows no pair yet.
        if self.pair_id:
            self.entangled_ps += sim.now
        self.pair = None
        self.partner = None
        self.pair_id = 0
        self.deadline = None
        self._enter(_F, sim)

    def _enter(self, state: MemoryState, sim: Simulator) -> None:
        self.state = state
        self.since = sim.now
        if sim.trace is not None:
            sim.trace.emit(
                sim.now,
                "memory_changed",
                self.node.name,
                memory=self.index,
                state=state.name,
                pair=self.pair_id,
            )
