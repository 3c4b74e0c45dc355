"""The light of a source in the middle at photon detail: pairs of photons, and ends that absorb one each.

A memory keeps one photon of those that reach it. Two memories that keep the photons of one pair share it;
photons of different pairs, of the background or of no light at all are not correlated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from hardware.clicks import Emitters
from qsim.kernel import Priority

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from hardware.heads import Window
    from hardware.light import Attempt, LightPath
    from hardware.memory import Memory
    from qsim.analytic.sources import End

_PHYSICS = Priority.PHYSICS
#: What a memory holds that has kept no photon of the source.
_NOISE = -1


class _TickLight:
    """Light that starts in the middle at a tick of the source; the ends wait for it."""

    __slots__ = ("_attempt", "_path", "_rng")

    #: No station sees anything.
    seen: ClassVar[Sequence[Window]] = ()

    def __init__(self, path: LightPath, attempt: Attempt) -> None:
        self._path = path
        self._attempt = attempt
        self._rng = path.sim.stream("source/" + path.name)

    def open(self, earliest: int) -> int:
        """Wait for a tick of the source."""
        self._path.sim.post_at(earliest, self._emit, priority=_PHYSICS)
        return earliest

    def send(self, memory: Memory) -> None:
        """Nothing: a memory waits for what comes."""

    def _emit(self) -> None:
        """The source ticks."""
        raise NotImplementedError


class SourceLight(_TickLight):
    """A source in the middle emits a pair, or none; each end absorbs its photon, or does not."""

    __slots__ = ("_pair_probability",)

    def __init__(self, path: LightPath, attempt: Attempt, pair_probability: float) -> None:
        super().__init__(path, attempt)
        self._pair_probability = pair_probability

    def _emit(self) -> None:
        """The source ticks."""
        attempt, path, sim = self._attempt, self._path, self._path.sim
        if attempt.over:
            return
        emitted = self._rng.random() < self._pair_probability
        if emitted and sim.trace is not None:
            path.station.emit("photon_emitted", memory="source", round=1)
        for memory in (attempt.down, attempt.up):
            port = path.port(memory.node)
            probability = port.efficiency if emitted else 0.0
            sim.post(port.flight, self._absorb, memory, probability, priority=_PHYSICS)

    def _absorb(self, memory: Memory, probability: float) -> None:
        """The instant at which one end's photon is due."""
        if self._attempt.over:
            return
        sim = self._path.sim
        caught = self._rng.random() < probability
        if sim.trace is not None:
            memory.node.emit("photon_arrived" if caught else "photon_lost", memory=memory.name)
        self._attempt.seen(memory.node, caught)


class PulseLight(_TickLight):
    """A source in the middle emits a number of pairs; each end keeps one photon, or noise, or nothing.

    Args:
        pairs: probability that a tick emits n = 0, 1, ... pairs.
        ends: the link's two ends.
        weight: of Φ+ in an emitted pair; the rest is white noise.
    """

    __slots__ = ("_ends", "_held", "_pairs", "_weight")

    def __init__(
        self,
        path: LightPath,
        attempt: Attempt,
        pairs: Sequence[float],
        ends: tuple[End, End],
        weight: float,
    ) -> None:
        super().__init__(path, attempt)
        self._pairs = pairs
        self._ends = ends
        self._weight = weight
        self._held: list[int | None] = []

    def _emit(self) -> None:
        """The source ticks."""
        attempt, path, sim = self._attempt, self._path, self._path.sim
        if attempt.over:
            return
        pairs = self._number()
        if pairs and sim.trace is not None:
            path.station.emit("photon_emitted", memory="source", round=1)
        for memory in (attempt.down, attempt.up):
            sim.post(path.port(memory.node).flight, self._absorb, memory, pairs, priority=_PHYSICS)

    def _number(self) -> int:
        """Draw how many pairs the tick emits."""
        left = self._rng.random()
        for pairs, share in enumerate(self._pairs):
            left -= share
            if left < 0:
                return pairs
        # Rounding may leave a hair.
        return len(self._pairs) - 1

    def _absorb(self, memory: Memory, pairs: int) -> None:
        """The instant at which one end's light is due."""
        attempt, path = self._attempt, self._path
        if attempt.over:
            return
        end = self._ends[0 if path.port(memory.node).first else 1]
        held = _kept(end, pairs, self._rng)
        if path.sim.trace is not None:
            memory.node.emit("photon_lost" if held is None else "photon_arrived", memory=memory.name)
        self._held.append(held)
        if len(self._held) == 2 and None not in self._held:
            same = self._held[0] == self._held[1] != _NOISE
            path.record(_werner(self._weight if same else 0.0))
        attempt.seen(memory.node, held is not None)


def _kept(end: End, pairs: int, rng: random.Random) -> int | None:
    """What a memory says that it holds: the number of a pair, noise (-1), or nothing (None)."""
    if end.early and rng.random() < end.early:
        return _NOISE
    arrived = [pair for pair in range(pairs) if rng.random() < end.efficiency]
    if arrived:
        return arrived[0] if len(arrived) == 1 else rng.choice(arrived)
    late = 1 - (1 - end.dark) * (1 - end.noise) / (1 - end.early)
    return _NOISE if late > 0 and rng.random() < late else None


def _werner(weight: float) -> Emitters:
    """A Werner pair before the correction to Φ+, of trace 1."""
    even, odd = (1 - weight) / 4, (1 + weight) / 4
    return Emitters(even, odd, odd, even, weight / 2)
