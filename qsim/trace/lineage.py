"""Where every pair of a run came from: heralds, swaps and purifications, by the pairs that there truly were.

A node names a pair by the number that it knows. Where swaps are made as soon as possible that number is often
one that a swap elsewhere has replaced already, and the far end may have moved. This sink follows all of them
at once, as nobody in the network can, and tells of each swap the true pairs beside the believed ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from qsim.errors import ResultError
from qsim.trace.pair_ends import node_of
from qsim.units import to_s


@dataclass(slots=True)
class PairRecord:
    """One pair, from its making to its end.

    Attributes:
        pair: its number.
        made_s: when it was made, s.
        how: "heralded" or "swapped".
        place: the link that heralded it, or the node that swapped.
        ends: the two memories that share it at its making, named ``node[index]``.
        parents: numbers of the pairs that it was made of, and of those sacrificed to purify it.
        believed: the numbers by which the swapping node knew its parents; empty for a heralded pair.
        fidelity: when it was heralded or last purified; None where the trace does not tell.
        delivered_s, delivered_fidelity: when it was delivered, and with which fidelity; None if it was not.
        became: number of the pair that it went into by a swap or a purification; None where it ended itself.
    """

    pair: int
    made_s: float
    how: str
    place: str
    ends: tuple[str, str]
    parents: tuple[int, ...] = ()
    believed: tuple[int, ...] = ()
    fidelity: float | None = None
    delivered_s: float | None = None
    delivered_fidelity: float | None = None
    became: int | None = None
    held: list[str] = field(default_factory=list, repr=False)


class Lineage:
    """A sink that keeps the ancestry of every pair.

    Attributes:
        pairs: every pair that was made, by its number.
        lost_swaps: swaps that joined nothing, since a half had gone before or the operation failed: time in
            s, node, and the numbers by which it knew the pairs.

    Example:
        >>> lineage = Lineage()
        >>> lineage.emit(0, "pair_heralded", "a-b", pair=1, a="a[0]", b="b[0]", attempts=3, fidelity=0.9)
        >>> lineage.emit(5, "pair_heralded", "b-c", pair=2, a="b[1]", b="c[0]", attempts=1, fidelity=0.8)
        >>> lineage.emit(9, "pair_swapped", "b", left=1, right=2, pair=3, success=True)
        >>> lineage.pairs[3].ends, lineage.pairs[3].parents
        (('a[0]', 'c[0]'), (1, 2))
    """

    def __init__(self) -> None:
        self.pairs: dict[int, PairRecord] = {}
        self.lost_swaps: list[tuple[float, str, tuple[int, int]]] = []
        # What each number that a node may use stands for by now, and who holds which half.
        self._now: dict[int, int] = {}
        self._names: dict[int, list[int]] = {}
        self._at: dict[str, int] = {}

    @classmethod
    def of(cls, events: Iterable[tuple[int, str, str, dict[str, Any]]]) -> Lineage:
        """The lineage of a trace that has been kept, as by `qsim.trace.sinks.MemorySink`."""
        sink = cls()
        for time_ps, event, entity, fields in events:
            sink.emit(time_ps, event, entity, **fields)
        return sink

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        """Take one event of a trace; those that concern no pair change nothing."""
        now = to_s(time_ps)
        if event == "pair_heralded":
            made = PairRecord(fields["pair"], now, "heralded", entity, (fields["a"], fields["b"]))
            made.fidelity = fields["fidelity"]
            self._keep(made, [made.pair])
        elif event == "pair_swapped":
            self._swap(now, entity, fields)
        elif event == "pair_purified" and fields["success"]:
            self._purify(fields)
        elif event == "half_moved":
            self._move(f"{entity}[{fields['source']}]", f"{entity}[{fields['target']}]")
        elif event == "memory_changed" and not fields["pair"]:
            self._free(f"{entity}[{fields['memory']}]")
        elif event == "pair_delivered":
            record = self.pairs.get(self._now.get(fields["pair"], fields["pair"]))
            if record is not None:
                record.delivered_s, record.delivered_fidelity = now, fields["fidelity"]

    def close(self) -> None:
        """Nothing is left open."""

    def swaps(self) -> list[dict[str, Any]]:
        """One row a swap that joined two pairs, in order, ready for a data frame.

        The row has time_s, node, pair, left and right (the true parents), believed_left and believed_right,
        a and b (the memories at the far ends), waited_s (from the making of the elder of the two pairs to
        the swap), and delivered_s and delivered_fidelity where that very pair was delivered.
        """
        return [
            {
                "time_s": record.made_s, "node": record.place, "pair": record.pair,
                "left": record.parents[0], "right": record.parents[1],
                "believed_left": record.believed[0], "believed_right": record.believed[1],
                "a": record.ends[0], "b": record.ends[1],
                "waited_s": record.made_s - min(self.pairs[parent].made_s for parent in record.parents[:2]),
                "delivered_s": record.delivered_s, "delivered_fidelity": record.delivered_fidelity,
            }
            for record in self.pairs.values()
            if record.how == "swapped"
        ]  # fmt: skip

    def ancestry(self, pair: int) -> list[PairRecord]:
        """A pair and all that it was made of, children before their parents.

        Raises:
            ResultError: there was no such pair.
        """
        return [record for _, record in self._walk(pair)]

    def tree(self, pair: int) -> str:
        """The ancestry of a pair as text, what it was made of further in.

        Raises:
            ResultError: there was no such pair.
        """
        return "\n".join(f"{'  ' * depth}{_words(record)}" for depth, record in self._walk(pair))

    def _walk(self, pair: int) -> Iterator[tuple[int, PairRecord]]:
        if pair not in self.pairs:
            raise ResultError(f"the trace has no pair {pair}; it has {len(self.pairs)} pairs")
        waiting = [(0, pair)]
        while waiting:
            depth, number = waiting.pop()
            record = self.pairs[number]
            yield depth, record
            waiting += [(depth + 1, parent) for parent in reversed(record.parents)]

    def _keep(self, made: PairRecord, names: list[int]) -> None:
        made.held = list(made.ends)
        self.pairs[made.pair] = made
        self._names[made.pair] = names
        for name in names:
            self._now[name] = made.pair
        for end in made.ends:
            self._at[end] = made.pair

    def _swap(self, now: float, node: str, fields: dict[str, Any]) -> None:
        believed = fields["left"], fields["right"]
        parents = [self.pairs.get(self._now.get(number, -1)) for number in believed]
        far = [[end for end in record.held if node_of(end) != node] if record else [] for record in parents]
        left, right = parents
        if not fields["success"] or left is None or right is None or [len(ends) for ends in far] != [1, 1]:
            self.lost_swaps.append((now, node, believed))
            return
        made = PairRecord(fields["pair"], now, "swapped", node, (far[0][0], far[1][0]))
        made.parents, made.believed = (left.pair, right.pair), believed
        names = [made.pair]
        for record in (left, right):
            record.became = made.pair
            for end in record.held:
                self._at.pop(end, None)
            names += self._names.pop(record.pair)
        self._keep(made, names)

    def _purify(self, fields: dict[str, Any]) -> None:
        kept, spent = (self.pairs.get(self._now.get(fields[name], -1)) for name in ("kept", "sacrificed"))
        if kept is None or spent is None or spent.pair in kept.parents:
            return
        kept.parents += (spent.pair,)
        kept.fidelity, spent.became = fields["fidelity"], kept.pair

    def _move(self, source: str, target: str) -> None:
        pair = self._at.pop(source, None)
        if pair is not None:
            held = self.pairs[pair].held
            held[held.index(source)] = target
            self._at[target] = pair

    def _free(self, memory: str) -> None:
        pair = self._at.pop(memory, None)
        if pair is not None:
            self.pairs[pair].held.remove(memory)


def _words(record: PairRecord) -> str:
    """A pair in one line."""
    ends = " - ".join(record.ends)
    said = f"pair {record.pair}: {record.how} at {record.place}, {record.made_s:.9g} s, {ends}"
    if record.fidelity is not None:
        said += f", fidelity {record.fidelity:.4f}"
    if record.delivered_s is not None:
        said += f"; delivered at {record.delivered_s:.9g} s with {record.delivered_fidelity:.4f}"
    stale = [name for name, true in zip(record.believed, record.parents, strict=False) if name != true]
    return said + (f"; the node knew {' and '.join(map(str, stale))}" if stale else "")
