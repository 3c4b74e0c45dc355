"""What applications that make keys of blocks of slots have in common: one block after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocols.apps.base import App
from qsim.units import to_ps

if TYPE_CHECKING:
    from protocols.apps.base import Network
    from protocols.qkd.sessions import Sessions
    from qsim.model.rows import MetricRow, Row


class BlockRunner(App):
    """Sends block after block, as many as there are sessions wanted.

    Args:
        network: where it runs.
        parameters: with `block`, `sessions` and `source`.
        label: what it is called, also by its stream of random numbers.
        news: from the sending of a slot until what came of it is known, ps.

    Attributes:
        sessions: its sessions.
    """

    sessions: Sessions

    def __init__(self, network: Network, parameters: Any, label: str, news: int) -> None:
        super().__init__(network)
        self._rng = self.sim.array_stream(f"qkd/{label}/pulses")
        self._slots = int(parameters.block)
        self._lasts = to_ps(self._slots * parameters.source.slot_period_s)
        self._wanted: int | None = parameters.sessions
        self._news = news
        self._made = 0

    @property
    def done(self) -> bool:
        return self._wanted is not None and self._made >= self._wanted and not self.sessions.under_way

    def metrics(self) -> list[MetricRow]:
        """What the sessions have come to."""
        return self.sessions.metrics()

    def tables(self) -> dict[str, list[Row]]:
        """A row for each session."""
        return self.sessions.tables()

    def known(self, sent: int) -> None:
        """What came of the block that was sent from a time in ps on is known now; `begin` sends the next."""
        raise NotImplementedError

    def begin(self, sent: int) -> None:
        """A block is sent from a time in ps on, if one is wanted yet."""
        if self._wanted is None or self._made < self._wanted:
            self.sim.post_at(sent + self._lasts + self._news, self._known, sent)

    def _known(self, sent: int) -> None:
        self._made += 1
        self.known(sent)
