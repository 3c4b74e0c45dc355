"""One link under test: a generation session whose pairs are used up the moment they are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hardware.memory import Memory
from qsim.kernel import TraceSink
from qsim.quantum.pair import EntangledPair
from qsim.scenario import from_document

Fields = Mapping[str, Any]


def document(detail: str = "attempt", count: int = 1, **fields: Any) -> dict[str, Any]:
    """A scenario of two nodes and one link.

    Args:
        detail: level of detail.
        count: memories at each node.
        **fields: `memory`, `fibre`, `detector`, `generation`, `classical`; `cutoff` of all nodes; `length`,
            `midpoint`, `station_delay` and `second_detector` of the link; `nodes`, its two ends.
    """
    nodes = fields.get("nodes", ["alice", "bob"])
    parts = {part: fields[part] for part in ("fibre", "detector", "generation") if part in fields}
    of_link = ("midpoint", "station_delay", "second_detector")
    place = {key: fields[key] for key in of_link if key in fields}
    return {
        "run": {"duration": 1e6, "detail": detail},
        "nodes": nodes,
        "defaults": {"memory": {"count": count, **fields.get("memory", {})}, **parts},
        "links": [{"between": list(nodes), "length": fields.get("length", "20 km"), **place}],
        "classical": fields.get("classical", {}),
        "protocols": {"cutoff": fields.get("cutoff", "none")},
    }


class Workbench:
    """A session at work.

    Args:
        detail: level of detail.
        fields: of the scenario, see `document`; also `backwards`, for a flow from second end to first.
        seed: root seed.
        up, down: memories offered at the upstream and the downstream end.
        together: whether both halves of a pair go back to work when both ends know of it; otherwise each
            does as soon as its own end knows.
        trace: where trace events go.

    Attributes:
        waits: time from both memories being free to the later herald, of each herald, ps.
        pairs: numbers of the pairs heralded.
        last_pair: the upstream and the downstream memory of the last one.
    """

    def __init__(
        self,
        detail: str,
        fields: Fields | None = None,
        *,
        seed: int = 0,
        up: int = 1,
        down: int = 1,
        together: bool = False,
        trace: TraceSink | None = None,
    ) -> None:
        given = fields or {}
        engine = from_document(document(detail, max(up, down, 1), **given)).engine(seed=seed, trace=trace)
        (self.link,) = engine.links
        self.sim = engine.sim
        ends = (self.link.first, self.link.second)
        self.upstream, self.downstream = ends[::-1] if given.get("backwards") else ends
        make = self.link.handshake.session(self.link, detail)
        self.session = make(engine.context, self.link, self.upstream, self._report, self._report)
        self.waits: list[int] = []
        self.pairs: list[int] = []
        self.last_pair: tuple[Memory, ...] = ()
        self._together = together
        self._wanted = 0
        self._free_since: dict[Memory, int] = {}
        self._known: dict[EntangledPair, tuple[Memory, int]] = {}
        for memory in (*self.upstream.memories[:up], *self.downstream.memories[:down]):
            self.offer(memory)

    def run(self, heralds: int) -> list[int]:
        """Run until so many pairs have been heralded, and give their waits."""
        self._wanted = heralds
        self.sim.run()
        return self.waits

    def offer(self, memory: Memory) -> None:
        """Put a free memory to work."""
        self._free_since[memory] = self.sim.now
        self.session.offer(memory)

    def _report(self, memory: Memory) -> None:
        pair = memory.pair
        assert pair is not None
        since = self._free_since[memory]
        if pair not in self._known:
            self._known[pair] = memory, since
            if not self._together:
                self._put_back(memory)
            return
        other, others_since = self._known.pop(pair)
        self.waits.append(self.sim.now - max(since, others_since))
        self.pairs.append(pair.id)
        self.last_pair = (memory, other) if memory.node is self.upstream else (other, memory)
        if self._together:
            self._put_back(other)
        self._put_back(memory)
        if len(self.waits) == self._wanted:
            self.sim.stop()

    def _put_back(self, memory: Memory) -> None:
        memory.clear()
        self.offer(memory)
