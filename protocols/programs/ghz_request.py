"""Requests for GHZ states of several users, made at a hub: ``{kind: ghz, hub: h, users: [a, b, c]}``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from protocols.programs.company import ProgramCompany
from protocols.programs.ghz_row import GhzRow
from protocols.programs.program_app import CompanyApp, node_faults, pair_faults, state_faults
from qsim import registry
from qsim.model.program_kind import Program
from qsim.parameters import Param
from qsim.registry import register

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from qsim.model.check_context import CheckContext
    from qsim.model.rows import Row


class GhzCompany(ProgramCompany):
    """The programs of one request, which has a row of its own."""

    parameters: GhzApp

    def tables(self) -> dict[str, list[Row]]:
        found, request = self.findings, self.parameters
        last = {user: found.mean(request.hub, f"waited for {user}") or 0.0 for user in request.users}
        status = "refused" if self.refused else "completed" if self.done else "open"
        row = GhzRow(
            hub=request.hub,
            users=request.users,
            states=found.rounds,
            wanted=request.states,
            rate_hz=found.rate,
            fidelity_mean=found.fidelity.mean,
            wait_mean_s=found.mean(request.hub, "waiting time [s]"),
            storage_mean_s=found.mean(request.hub, "storage at the hub [s]"),
            waited_for=max(last, key=lambda user: last[user]) if found.rounds else "",
            lost=found.lost,
            status=status,
        )
        return {"ghz-requests": [row]}


@register("app", "ghz")
@dataclass(frozen=True)
class GhzApp(CompanyApp):
    """Asks for GHZ states of several users, from pairs of a hub with each of them.

    The hub joins the pairs as soon as it has one with every user, or each as soon as it comes. A state
    counts when all users have corrected their qubits; each is used then, and the fidelity is that of the
    state with every qubit as of its own use.
    """

    hub: Annotated[str, Param("node that joins the pairs")]
    users: Annotated[tuple[str, ...], Param("nodes that want the state, at least two")]
    states: Annotated[int | None, Param("states wanted; left out, as many as the run gives", ge=1)] = None
    early: Annotated[bool, Param("whether the hub joins each pair as soon as it comes")] = False
    parties: Annotated[
        int | None,
        Param("users of each state, the first of all that have pairs: a switch; left out, all of them", ge=2),
    ] = None
    keep: Annotated[
        bool,
        Param("whether a switch keeps the pairs of the others for its next state; else it has no memory"),
    ] = True

    target: ClassVar[str] = "ghz"

    def install(self, network: Network) -> ProgramCompany:
        return GhzCompany(network, self)

    @property
    def rounds(self) -> int | None:
        """How often the programs are run."""
        return self.states

    @property
    def label(self) -> str:
        """What the request is called in tables."""
        return f"ghz {self.hub}: {' '.join(self.users)}"

    @property
    def roles(self) -> dict[str, Program]:
        """The programs of the hub and the users, by the names of their nodes."""
        if self.parties is not None:
            switch: Any = registry.lookup("program", "ghz-switch")
            served: Any = registry.lookup("program", "ghz-switch-user")
            return {
                self.hub: switch(self.hub, users=self.users, parties=self.parties, keep=self.keep),
                **{name: served(name, hub=self.hub) for name in self.users},
            }
        hub: Any = registry.lookup("program", "ghz-hub")
        user: Any = registry.lookup("program", "ghz-user")
        return {
            self.hub: hub(self.hub, users=self.users, early=self.early),
            **{name: user(name, hub=self.hub) for name in self.users},
        }

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        yield from state_faults(context, self.register)
        yield from node_faults(context, "hub", self.hub)
        if len(set(self.users)) < 2:
            yield "users", f"a GHZ state has at least two users, got {list(self.users)}"
        if self.parties is not None and self.parties > len(self.users):
            yield "parties", f"must be at most {len(self.users)}, all users, got {self.parties}"
        if self.parties is not None and self.early:
            yield "early", "a switch joins pairs when enough have come: leave it out beside `parties`"
        for place, name in enumerate(self.users):
            yield from node_faults(context, f"users[{place}]", name)
            if name == self.hub:
                yield f"users[{place}]", f"'{name}' is the hub, which keeps no qubit of the state"
            elif name in self.users[:place]:
                yield f"users[{place}]", f"'{name}' is named twice"
            elif {name, self.hub} <= set(context.nodes) and not context.connected(self.hub, name):
                yield f"users[{place}]", f"there is no path from '{self.hub}' to '{name}'"
        if self.hub in context.nodes:
            count, wanted = context.nodes[self.hub].count, len(self.users) * self.memories
            if count < wanted:
                yield "hub", f"'{self.hub}' needs {wanted} memories, {self.memories} a user, and has {count}"
        ends = [(self.hub, name) for name in self.users]
        yield from pair_faults(context, ends, self.memories, self.fidelity)
