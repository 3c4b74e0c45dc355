"""Programs in a scenario: which program each role runs, where, and how often.

Example::

    traffic:
      - kind: programs
        roles:
          control: {kind: remote-gate-control, node: n0}
          target: {kind: remote-gate-target, node: n2}
        rounds: 100
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from hardware.processor import LocalProcessor
from protocols.apps.request import RequestApp
from protocols.programs.company import ProgramCompany
from qsim import registry
from qsim.errors import ParameterError, StateError, nearest
from qsim.parameters import Declared, OfKind, Param
from qsim.quantum.directions import direction
from qsim.quantum.registers.targets import TARGETS, known_target
from qsim.registry import register

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext


@dataclass(frozen=True, kw_only=True)
class CompanyApp(Declared):
    """What applications of programs over the network's pairs have in common."""

    memories: Annotated[
        int, Param("memories at each end for the pairs of two roles, so how many they can hold at once", ge=1)
    ] = 1
    fidelity: Annotated[
        float, Param("least fidelity of a pair that is handed to the programs", ge=0, le=1)
    ] = 0.0
    register: Annotated[str, Param("how joint states are held, a registered register")] = "auto"
    retry: Annotated[
        float | None, Param("time after a refusal at which to ask again; left out, give up", unit="s", gt=0)
    ] = None

    def install(self, network: Network) -> ProgramCompany:
        """Set the programs up on a network."""
        return ProgramCompany(network, self)  # type: ignore[arg-type]


@register("app", "programs")
@dataclass(frozen=True)
class ProgramsApp(CompanyApp):
    """Runs a program for each role, as often as told, over pairs that the network makes between the roles."""

    roles: Annotated[Any, OfKind("program", "the program of each role, by the name of the role", named=True)]
    rounds: Annotated[
        int | None, Param("how often each program is run; left out, until the end of the run", ge=1)
    ] = 1
    target: Annotated[
        str | None,
        Param(
            "state by name (`ghz`, ...) with which the qubits that the programs return are compared, each "
            "as of its own return; in the order of the roles"
        ),
    ] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if not isinstance(self.roles, Mapping) or not self.roles:
            raise ParameterError(
                "`roles` must name the roles, each with its program, as in "
                "`alice: {kind: teleport-sender, node: n0}`"
            )

    @property
    def label(self) -> str:
        """What the company is called in tables."""
        return f"programs {' '.join(self.roles)}"

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        yield from state_faults(context, self.register)
        if self.target is not None and not known_target(self.target):
            yield "target", f"unknown state '{self.target}'{nearest(self.target, TARGETS)}"
        for role, program in self.roles.items():
            yield from node_faults(context, f"roles.{role}.node", program.node)
            for name in program.speaks_to():
                if name not in self.roles:
                    yield (
                        f"roles.{role}",
                        f"its program speaks to the role '{name}', which is empty{nearest(name, self.roles)}",
                    )


def state_faults(context: CheckContext, name: str) -> Iterable[tuple[str, str]]:
    """A register that is not registered, and a formalism whose pairs are no quantum states."""
    known = registry.names("register")
    if name not in known:
        yield "register", f"unknown register '{name}'{nearest(name, known)}"
    try:
        context.formalism.werner(1.0).measured(0, direction("z"), 0.0)
    except StateError as error:
        yield "", f"the formalism '{context.run.formalism}' cannot follow programs: {error}"


def pair_faults(
    context: CheckContext, ends: Iterable[tuple[str, str]], memories: int, fidelity: float
) -> Iterable[tuple[str, str]]:
    """What a request for pairs between connected nodes would be refused for, told once."""
    found = (
        fault
        for one, other in ends
        if one != other and context.connected(one, other) and other in context.nodes
        for fault in RequestApp(one, other, memories=memories, fidelity=fidelity).check(context)
    )
    yield from dict.fromkeys(found)


def node_faults(context: CheckContext, key: str, name: str) -> Iterable[tuple[str, str]]:
    """A node that does not exist, or that cannot run a program."""
    if name not in context.nodes:
        yield key, f"unknown node '{name}'{nearest(name, context.nodes)}"
    elif not isinstance(context.nodes[name].processor, LocalProcessor):
        yield key, f"the processor of '{name}' makes no local operations"
