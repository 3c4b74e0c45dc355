"""An allocation at work: limits in the calendars, meters at the initiators, decisions at the controller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from protocols.grown import Grown
from protocols.network.limit import Limit
from protocols.resource.accounts import AccountBook
from protocols.resource.active_budget import BudgetControl, NodeLimits
from protocols.resource.allocation_row import AllocationRow
from protocols.resource.division import divide
from protocols.resource.load_meter import LoadMeter, LoadReport
from qsim.kernel import Priority
from qsim.model.rows import MetricRow
from qsim.units import to_s

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hardware.classical import Node
    from hardware.link import Link
    from hardware.node import QuantumNode
    from hardware.outages import Outages
    from protocols.flow import Flow, FlowOwner
    from protocols.network.network_view import NetworkView
    from protocols.resource.accounts import Account, Pool
    from qsim.kernel import Simulator

#: Epochs after which a request that was not repeated in between is taken for a new one.
_REMEMBERED = 10


class SettingOut(Protocol):
    """How requests set out, a `protocols.runtime.foresight.Foresight`."""

    def ways(self, flow: Flow) -> Sequence[Flow]:
        """The paths on which the request of a flow sets out now, each as a flow."""
        ...


class AllocationNetwork(Protocol):
    """What an allocation sees of the simulation, a `protocols.runtime.network.NetworkRuntime`.

    Attributes:
        sim: the simulator.
        nodes: nodes by name, in order.
        links: links at work.
        view: what has been promised.
        outages: what is down.
        foresight: how requests set out.
    """

    sim: Simulator
    outages: Outages
    foresight: SettingOut
    nodes: dict[str, QuantumNode]
    links: list[Link]
    view: NetworkView

    def note(self, text: str, like: Hashable = None) -> None:
        """Leave a sentence for the readers of the result."""
        ...


class Foresight(Protocol):
    """What an allocation makes of the loads that it is told of."""

    def loads(self, measured: Sequence[float]) -> Sequence[float] | None:
        """The loads by which to divide the budgets, when one more epoch is over.

        Args:
            measured: memories wanted on average in that epoch, for each account; of an initiator whose
                report of it has not come, in the last that it has reported.

        Returns:
            For each account; None leaves the limits as they are.
        """
        ...

    def findings(self) -> Mapping[str, float]:
        """What there is to tell of it, pure numbers by name."""
        ...


class Allocator:
    """Holds limits over accounts, and moves them as a foresight says.

    Without a foresight the limits stay as they are, and the load is only recorded.

    Args:
        network: the network.
        accounts, pools: what has limits, and what shares a budget.
        weights: what the limits to begin with are in proportion to, once `exponent` is applied.
        least: no limit is below it.
        exponent: limits are in proportion to this power of weights and loads.
        epoch: over which loads are averaged, ps.
    """

    def __init__(
        self,
        network: AllocationNetwork,
        accounts: Sequence[Account],
        pools: Sequence[Pool],
        weights: Sequence[float],
        least: int,
        exponent: float,
        epoch: int,
    ) -> None:
        self._network = network
        self._sim = network.sim
        self._accounts, self._pools = accounts, pools
        self._least, self._exponent, self._epoch = least, exponent, epoch
        self._book = AccountBook(accounts)
        self._meters: Grown[QuantumNode, LoadMeter] = Grown(
            lambda _: LoadMeter(self._book, _REMEMBERED * epoch)
        )
        self._limits = [Limit(level) for level in self._levels(weights)]
        for account, limit in zip(accounts, self._limits, strict=True):
            network.view.calendars[account.node].limits[account.key] = limit
        self._epochs = 0
        self._rows: list[AllocationRow] = []
        self._control: BudgetControl | None = None
        self._foresight: Foresight | None = None
        # The newest report of each initiator, and those of epochs not decided on, in the order of arrival.
        self._reports: list[tuple[Node, LoadReport]] = []
        # Whose last report named any load.
        self._loaded: set[QuantumNode] = set()
        self._sim.post_at(epoch, self._tick, priority=Priority.OBSERVE)

    def follow(
        self, foresight: Foresight, home: QuantumNode, delay: int, outage: int, threshold: int
    ) -> None:
        """Let the limits follow a foresight.

        Args:
            foresight: says by which loads to divide.
            home: node of the controller.
            delay: from a decision until it takes effect, ps.
            outage: for how long a memory that moves serves nobody, ps.
            threshold: fewer memories than these are not worth a change.
        """
        levels = [limit.final for limit in self._limits]
        outages = self._network.outages
        self._control = BudgetControl(home, self._accounts, self._pools, levels, delay, outage, outages)
        self._foresight, self._home, self._threshold = foresight, home, threshold
        self._levels_wanted = levels
        home.on(LoadReport, self._on_report)
        nodes = dict.fromkeys(account.node for account in self._accounts)
        names = [account.name for account in self._accounts]
        for node in nodes:
            NodeLimits(node, home, self._limits, names, outages)
        # By then all reports are there, unless some were lost on the way and are repeated.
        self._wait = max(node.delay_to(home) for node in self._network.nodes.values() if node.memories) + 1

    def offered(self, owner: FlowOwner, flow: Flow) -> None:
        """A request has been issued: it counts on the path or paths on which it sets out, whoever decides."""
        ways = self._network.foresight.ways(flow)
        self._meters[flow.request.initiator].count(owner, flow.request, ways, self._sim.now)

    def tables(self) -> dict[str, tuple[AllocationRow, ...]]:
        """Limits and loads of all epochs so far, the one that is not over included."""
        now, start = self._sim.now, self._epochs * self._epoch
        last = self._rows_of(start, now, self._load(start, now)) if now > start else ()
        return {"allocation": (*self._rows, *last)}

    def metrics(self) -> list[MetricRow]:
        """What the allocation has to tell of itself."""
        if self._control is None or self._foresight is None:
            return []
        found = {"moved": float(self._control.moved), **self._foresight.findings()}
        return [MetricRow("allocation", name, "1", 1, value, None) for name, value in found.items()]

    def _levels(self, weights: Sequence[float]) -> list[int]:
        """The limits that are in proportion to weights, one for each account."""
        levels: list[int] = []
        for pool in self._pools:
            own = [weights[place] ** self._exponent for place in pool.places]
            most = [self._accounts[place].installed for place in pool.places]
            levels += divide(pool.budget, own, self._least, most)
        return levels

    def _tick(self) -> None:
        """An epoch is over: record it, and let every initiator report."""
        number, now = self._epochs, self._sim.now
        start = number * self._epoch
        self._rows += self._rows_of(start, now, self._load(start, now))
        if self._foresight is not None:
            for node, meter in self._meters.items():
                loads = meter.load(start, now)
                # Silence means that there is still no load: that it has gone is said, and said again where
                # what is said may be lost for good.
                if loads or node in self._loaded or self._network.outages.in_play:
                    node.send(self._home, LoadReport(number, loads))
                (self._loaded.add if loads else self._loaded.discard)(node)
            self._sim.post(self._wait, self._decide, number)
        for meter in self._meters.values():
            meter.forget(now)
        for limit in self._limits:
            limit.forget(now)
        self._epochs += 1
        self._sim.post(self._epoch, self._tick, priority=Priority.OBSERVE)

    def _load(self, start: int, end: int) -> list[float]:
        total = [0.0] * len(self._accounts)
        for meter in self._meters.values():
            for place, load in meter.load(start, end).items():
                total[place] += load
        return total

    def _rows_of(self, start: int, end: int, loads: Sequence[float]) -> list[AllocationRow]:
        return [
            AllocationRow(
                start_s=to_s(start),
                end_s=to_s(end),
                node=account.node.name,
                link="" if account.link is None else account.link.name,
                limit=limit.mean(start, end),
                offered=load,
            )
            for account, limit, load in zip(self._accounts, self._limits, loads, strict=True)
        ]

    def _on_report(self, source: Node, message: LoadReport) -> None:
        self._reports.append((source, message))

    def _decide(self, number: int) -> None:
        """Say where the limits are to go, by what has been reported of an epoch.

        An initiator whose report of it has not come yet counts with the newest that has.
        """
        assert self._foresight is not None
        assert self._control is not None
        if self._network.outages.is_down(self._home):
            return  # Nothing is decided there.
        newest: dict[Node, LoadReport] = {}
        for source, report in self._reports:
            if report.epoch <= number and (source not in newest or newest[source].epoch < report.epoch):
                newest.pop(source, None)
                newest[source] = report
        coming = (each for each in self._reports if each[1].epoch > number)
        self._reports = [*newest.items(), *coming]
        measured = [0.0] * len(self._accounts)
        for report in newest.values():
            for place, load in report.loads.items():
                measured[place] += load
        loads = self._foresight.loads(measured)
        if loads is None:
            return
        levels = self._levels(loads)
        changes = (abs(a - b) for a, b in zip(levels, self._levels_wanted, strict=True))
        if sum(changes) >= 2 * self._threshold:
            self._levels_wanted = levels
            self._control.aim(levels)
