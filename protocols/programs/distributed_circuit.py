"""Circuits over several nodes: each node holds its qubits, and gates between nodes are teleported.

A CNOT or a phase flip between nodes uses one pair and a bit each way (`protocols.programs.remote_gates`).
Every node goes through the steps that concern it in the order of the circuit, so gates on other qubits run
side by side.

References:
    Eisert, Jacobs, Papadopoulos and Plenio, Phys. Rev. A 62, 052317 (2000).
    Yimsiriwattana and Lomonaco, Proc. SPIE 5436, 360 (2004).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any

from protocols.programs.program_app import CompanyApp, node_faults, pair_faults, state_faults
from protocols.programs.remote_gates import control_gate, target_gate
from qsim.errors import ParameterError
from qsim.model.program_kind import Program
from qsim.parameters import Param
from qsim.quantum.registers.circuit_steps import Step, ideal_ket, read_steps
from qsim.registry import register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from protocols.local.qubit import Qubit
    from protocols.programs.program_node import ProgramNode
    from qsim.model.check_context import CheckContext

#: Gates that two nodes can make together.
_REMOTE = ("cx", "cz")


@dataclass(frozen=True)
class CircuitPart(Program):
    """What one node does of a circuit."""

    steps: Annotated[tuple[Step, ...], Param("the whole circuit")]
    placement: Annotated[Any, Param("the node of each qubit, by the qubit's name")]

    def run(self, node: ProgramNode) -> Generator[Any, Any, dict[str, Qubit]]:
        """Prepares the node's qubits in |0>, makes its steps, and returns the qubits by name."""
        own = {qubit: node.prepare("0") for qubit, name in self.placement.items() if name == self.node}
        for step in self.steps:
            homes = [self.placement[qubit] for qubit in step.qubits]
            if self.node not in homes:
                continue
            if len(set(homes)) == 1:
                yield from node.gate(step.gate, *(own[qubit] for qubit in step.qubits))
            elif homes[0] == self.node:
                yield from control_gate(node, homes[1], own[step.qubits[0]])
            else:
                yield from target_gate(node, homes[0], own[step.qubits[1]], step.gate.name)
        return own


@register("app", "circuit")
@dataclass(frozen=True)
class CircuitApp(CompanyApp):
    """Runs a circuit whose qubits are spread over nodes, with teleported gates between them."""

    circuit: Annotated[
        Any,
        Param(
            "steps in order: a gate, its qubits, the angle of a turn (rad), such as [cx, 0, 1], [rz, 1, 0.3]"
        ),
    ]
    placement: Annotated[Any, Param("the node of each qubit, by the qubit's name")]
    rounds: Annotated[
        int | None, Param("how often the circuit is run; left out, until the end of the run", ge=1)
    ] = 1

    def __post_init__(self) -> None:
        CompanyApp.__post_init__(self)
        if not isinstance(self.placement, Mapping) or not self.placement:
            raise ParameterError("`placement` must name the node of each qubit, as in {q0: n0, q1: n2}")
        names = {str(qubit): node for qubit, node in self.placement.items()}
        object.__setattr__(self, "placement", names)
        for place, step in enumerate(self.steps):
            between = {names[qubit] for qubit in step.qubits}
            if len(between) > 1 and step.gate.name not in _REMOTE:
                raise ParameterError(
                    f"`circuit[{place}]`: `{step.gate.name}` between the nodes"
                    f" {' and '.join(sorted(between))}; nodes make {' and '.join(_REMOTE)} together"
                )

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The circuit."""
        return tuple(read_steps(self.circuit, tuple(self.placement)))

    @property
    def pairs(self) -> int:
        """Pairs that one run of the circuit uses."""
        return sum(len({self.placement[qubit] for qubit in step.qubits}) > 1 for step in self.steps)

    @property
    def label(self) -> str:
        """What it is called in tables."""
        return f"circuit on {' '.join(self.roles)}, {self.pairs} pair{'s' * (self.pairs != 1)} a round"

    @cached_property
    def roles(self) -> dict[str, Program]:
        """The part of each node, by its name."""
        nodes = dict.fromkeys(self.placement.values())
        return {node: CircuitPart(node, self.steps, self.placement) for node in nodes}

    @property
    def target(self) -> NDArray[np.complex128]:
        """What the circuit makes without errors, its qubits in the order of the nodes' parts."""
        ordered = [qubit for node in self.roles for qubit, home in self.placement.items() if home == node]
        return ideal_ket(self.steps, ordered)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        yield from state_faults(context, self.register)
        for qubit, node in self.placement.items():
            yield from node_faults(context, f"placement.{qubit}", node)
        for node in self.roles:
            if node in context.nodes:
                yield from self._room(node, context)
        for place, step in enumerate(self.steps):
            one, *other = (self.placement[qubit] for qubit in step.qubits)
            if other and {one, *other} <= set(context.nodes) and not context.connected(one, other[0]):
                yield f"circuit[{place}]", f"there is no path from '{one}' to '{other[0]}'"
        order = list(self.roles)
        between = [{self.placement[qubit] for qubit in step.qubits} for step in self.steps]
        ends = [(one, other) for one, other in combinations(order, 2) if {one, other} in between]
        yield from pair_faults(context, ends, self.memories, self.fidelity)

    def _room(self, node: str, context: CheckContext) -> Iterable[tuple[str, str]]:
        own = sum(home == node for home in self.placement.values())
        peers = {
            home
            for step in self.steps
            for home in (self.placement[qubit] for qubit in step.qubits)
            if node in {self.placement[qubit] for qubit in step.qubits} and home != node
        }
        wanted, count = own + len(peers) * self.memories, context.nodes[node].count
        if count < wanted:
            yield (
                "placement",
                (
                    f"'{node}' needs {wanted} memories, one for each of its {own} qubits and"
                    f" {self.memories} for the pairs with each of {len(peers)} nodes, and has {count}"
                ),
            )
