"""The log of delivered pairs: five numbers a pair, kept by column."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from qsim.model.pair_table import PairTable
from qsim.units import to_s

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Columns(NamedTuple):
    """Columns under way: a flow's number, both times of use, fidelity and age, in SI units."""

    flow: array[int]
    initiator_time_s: array[float]
    responder_time_s: array[float]
    fidelity: array[float]
    age_s: array[float]


def _fresh() -> _Columns:
    return _Columns(array("q"), array("d"), array("d"), array("d"), array("d"))


class PairLog:
    """Delivered pairs in the order of their delivery, 40 bytes each.

    Example:
        >>> log = PairLog()
        >>> log.add(7, (1_000_000, 2_000_000), 0.9, 500_000)
        >>> row = log.table({7: 0})[0]
        >>> row.flow, row.time_s, row.age_s
        (0, 2e-06, 1.5e-06)
    """

    def __init__(self) -> None:
        self._open = _fresh()
        #: What a table has been made of; it shares these arrays, so that they may not grow any more.
        self._closed: list[_Columns] = []

    def add(self, flow: int, used: tuple[int, int], fidelity: float, born: int) -> None:
        """Write down a pair.

        Args:
            flow: number of its flow.
            used: when the initiator and the responder used it, ps.
            fidelity: of the state that the uses saw.
            born: when the storage of its oldest half began, ps.
        """
        flows, initiator, responder, fidelities, ages = self._open
        first, second = used
        flows.append(flow)
        initiator.append(to_s(first))
        responder.append(to_s(second))
        fidelities.append(fidelity)
        ages.append(to_s((second if second > first else first) - born))

    def table(self, places: Mapping[int, int]) -> PairTable:
        """The pairs so far; `places` gives the place of each flow in the tables of flows by its number."""
        if self._open.flow:
            self._closed.append(self._open)
            self._open = _fresh()
        parts = [_placed(columns, places) for columns in self._closed]
        return parts[0] if len(parts) == 1 else PairTable.joined(parts)


def _placed(columns: _Columns, places: Mapping[int, int]) -> PairTable:
    """The table of some columns, whose flows are those of `places`."""
    import numpy as np

    cells: dict[str, NDArray[Any]] = {
        name: np.frombuffer(getattr(columns, name), dtype=getattr(columns, name).typecode)
        for name in columns._fields
    }
    # Rounding to seconds keeps the order of the picoseconds, so the later of both is that of the times in s.
    cells["time_s"] = np.maximum(cells["initiator_time_s"], cells["responder_time_s"])
    numbers = np.array(sorted(places), dtype=np.int64)
    ordered = np.array([places[number] for number in sorted(places)], dtype=np.int64)
    cells["flow"] = ordered[np.searchsorted(numbers, cells["flow"])]
    return PairTable(cells)
