"""Where every pair of a run came from: heralds, swaps and purifications, by the pairs that there truly were.

A node names a pair by the number that it knows. Where swaps are made as soon as possible that number is often
one that a swap elsewhere has replaced already, and the far end may have moved. The event of a swap tells the
true pairs and ends beside, as nobody in the network can know them; this sink puts them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from qsim.errors import ResultError
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
        fidelity: when it was heralded, right after its swap, or when last purified.
        delivered_s, delivered_fidelity: when it was delivered, and with which fidelity; None if it was not.
        became: number of the pair that it went into by a swap or a purification; None where it ended itself.
    """

    pair: int
    made_s: float
    how: str
    place: str
    ends: tuple[str, str]
    fidelity: float
    parents: tuple[int, ...] = ()
    believed: tuple[int, ...] = ()
    delivered_s: float | None = None
    delivered_fidelity: float | None = None
    became: int | None = None


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
        >>> known, true = {"left": 1, "right": 2}, {"true_left": 1, "true_right": 2, "a": "a[0]", "b": "c[0]"}
        >>> lineage.emit(9, "pair_swapped", "b", **known, pair=3, success=True, **true, fidelity=0.73)
        >>> lineage.pairs[3].ends, lineage.pairs[3].parents
        (('a[0]', 'c[0]'), (1, 2))
    """

    def __init__(self) -> None:
        self.pairs: dict[int, PairRecord] = {}
        self.lost_swaps: list[tuple[float, str, tuple[int, int]]] = []

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
            self._make(now, "heralded", entity, fields)
        elif event == "pair_swapped":
            self._swap(now, entity, fields)
        elif event == "pair_purified" and fields["success"]:
            self._purify(fields)
        elif event == "pair_delivered" and fields["pair"] in self.pairs:
            record = self.pairs[fields["pair"]]
            record.delivered_s, record.delivered_fidelity = now, fields["fidelity"]

    def close(self) -> None:
        """Nothing is left open."""

    def swaps(self) -> list[dict[str, Any]]:
        """One row a swap that joined two pairs, in order, ready for a data frame.

        The row has time_s, node, pair, left and right (the true parents), believed_left and believed_right,
        a and b (the memories at the far ends), fidelity (right after the swap, or when last purified),
        waited_s (from the making of the elder of the two pairs to the swap), and delivered_s and
        delivered_fidelity where that very pair was delivered.
        """
        return [
            {
                "time_s": record.made_s, "node": record.place, "pair": record.pair,
                "left": record.parents[0], "right": record.parents[1],
                "believed_left": record.believed[0], "believed_right": record.believed[1],
                "a": record.ends[0], "b": record.ends[1], "fidelity": record.fidelity,
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

    def _make(self, now: float, how: str, place: str, fields: dict[str, Any]) -> PairRecord:
        ends = fields["a"], fields["b"]
        made = PairRecord(fields["pair"], now, how, place, ends, fields["fidelity"])
        self.pairs[made.pair] = made
        return made

    def _swap(self, now: float, node: str, fields: dict[str, Any]) -> None:
        believed, true = (fields["left"], fields["right"]), (fields["true_left"], fields["true_right"])
        whole = fields["a"] is not None and fields["b"] is not None
        if not fields["success"] or not whole or not self.pairs.keys() >= set(true):
            self.lost_swaps.append((now, node, believed))
            return
        made = self._make(now, "swapped", node, fields)
        made.believed, made.parents = believed, true
        for parent in true:
            self.pairs[parent].became = made.pair

    def _purify(self, fields: dict[str, Any]) -> None:
        kept, spent = (self.pairs.get(fields[name]) for name in ("kept", "sacrificed"))
        if kept is None or spent is None or spent.pair in kept.parents:
            return
        kept.parents += (spent.pair,)
        kept.fidelity, spent.became = fields["fidelity"], kept.pair


def _words(record: PairRecord) -> str:
    """A pair in one line."""
    ends = " - ".join(record.ends)
    said = f"pair {record.pair}: {record.how} at {record.place}, {record.made_s:.9g} s, {ends}"
    said += f", fidelity {record.fidelity:.4f}"
    if record.delivered_s is not None:
        said += f"; delivered at {record.delivered_s:.9g} s with {record.delivered_fidelity:.4f}"
    stale = [name for name, true in zip(record.believed, record.parents, strict=False) if name != true]
    return said + (f"; the node knew {' and '.join(map(str, stale))}" if stale else "")
