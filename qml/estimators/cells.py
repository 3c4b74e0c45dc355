"""Cells by name, their sizes and units given as flat parameters."""

from __future__ import annotations

import dataclasses
from typing import Any

from qml.cells.base import Cell
from qml.cells.classical_cells import ESN, GRU, LSTM, RNN
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN, QuantumCell
from qml.maps.circuit import CircuitUnits
from qsim.errors import ParameterError, nearest

#: The cells that can be asked for by name.
CELLS: dict[str, type[Cell]] = {cls.name: cls for cls in (QRNN, QLSTM, QGRU, RNN, LSTM, GRU, ESN)}

#: Flat parameters that belong to the circuits of a quantum cell, and what the circuits call them.
_UNITS = {"layers": "layers", "init": "init", "init_scale": "scale", "reupload": "reupload"}


def make_cell(cell: Any, channels: int, settings: dict[str, Any]) -> Cell:
    """A cell for so many channels.

    Args:
        cell: one of the names in `CELLS`, or a `Cell`, which is taken as it is.
        channels: numbers that come into the cell at each step.
        settings: sizes and units; those that are None are left to the cell.

    Raises:
        ParameterError: an unknown name, a setting that this cell does not have, or settings beside a `Cell`.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    if isinstance(cell, Cell):
        if given:
            raise ParameterError(
                f"`{next(iter(given))}` goes with a cell's name: set it in the {type(cell).__name__} itself"
            )
        return cell
    if not isinstance(cell, str):
        raise ParameterError(f"`cell` must be a name or a Cell, not {cell!r}{nearest('', CELLS)}")
    if cell not in CELLS:
        raise ParameterError(f"unknown cell '{cell}'{nearest(cell, CELLS)}")
    kind = CELLS[cell]
    own = {field.name for field in dataclasses.fields(kind)}
    units = {}
    if issubclass(kind, QuantumCell):
        units = {_UNITS[name]: given.pop(name) for name in tuple(given) if name in _UNITS}
    for name in given:
        if name not in own:
            known = own - {"channels", "units"} | (_UNITS.keys() if issubclass(kind, QuantumCell) else set())
            raise ParameterError(f"a {cell} cell has no `{name}`{nearest(name, known)}")
    if units:
        given["units"] = CircuitUnits(**units)
    return kind(channels=channels, **given)
