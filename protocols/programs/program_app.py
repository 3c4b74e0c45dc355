"""Programs in a scenario: which program each role runs, where, and how often.

Example::

    traffic:
      - kind: programs
        roles:
          alice: {kind: remote-cnot-control, node: n0}
          bob: {kind: remote-cnot-target, node: n2}
        rounds: 100
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from hardware.processor import LocalProcessor
from protocols.programs.company import ProgramCompany
from qsim import registry
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext


@register("app", "programs")
@dataclass(frozen=True)
class ProgramsApp(Declared):
    """Runs a program for each role, as often as told, over pairs that the network makes between the roles."""

    roles: Annotated[Any, OfKind("program", "the program of each role, by the name of the role", named=True)]
    rounds: Annotated[
        int | None, Param("how often each program is run; left out, until the end of the run", ge=1)
    ] = 1
    memories: Annotated[
        int, Param("memories at each end for the pairs of two roles, so how many they can hold at once", ge=1)
    ] = 1
    fidelity: Annotated[float, Param("least fidelity of a pair that is handed to them", ge=0, le=1)] = 0.0
    register: Annotated[str, Param("how joint states are held, a registered register")] = "auto"
    target: Annotated[
        str | None,
        Param(
            "state by name (`ghz`, ...) with which the qubits that the programs return are compared, each "
            "as of its own return; in the order of the roles"
        ),
    ] = None
    retry: Annotated[
        float | None, Param("time after a refusal at which to ask again; left out, give up", unit="s", gt=0)
    ] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if not isinstance(self.roles, Mapping):
            raise ParameterError(
                "`roles` must name the roles, each with its program, as in "
                "`alice: {kind: teleport-sender, node: n0}`"
            )

    def install(self, network: Network) -> ProgramCompany:
        return ProgramCompany(network, self.company())

    def company(self) -> ProgramsApp:
        """The programs to run; an application that derives from this one makes them of its parameters."""
        return self

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        known = registry.names("register")
        if self.register not in known:
            yield "register", f"unknown register '{self.register}'{nearest(self.register, known)}"
        nodes = {}
        for role, program in self.roles.items():
            if program.node not in context.nodes:
                yield (
                    f"roles.{role}.node",
                    f"unknown node '{program.node}'{nearest(program.node, context.nodes)}",
                )
            else:
                nodes[role] = program.node
                if not isinstance(context.nodes[program.node].processor, LocalProcessor):
                    yield f"roles.{role}.node", f"the processor of '{program.node}' makes no local operations"
            for name in program.speaks_to():
                if name not in self.roles:
                    yield (
                        f"roles.{role}",
                        f"its program speaks to the role '{name}', which is empty{nearest(name, self.roles)}",
                    )
