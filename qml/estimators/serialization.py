"""Objects as words and arrays, and back: only kinds that are listed here, none of which runs code."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.cells.bank import Bank
from qml.cells.classical_cells import ESN, GRU, LSTM, RNN
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN
from qml.engines.base import State
from qml.engines.choice import EngineChoice
from qml.maps.affine import TanhUnits
from qml.maps.circuit import CircuitUnits
from qml.readouts import GradientReadout, LinearReadout, RecursiveReadout, RidgeReadout
from qml.reservoir import Reservoir, ReservoirState
from qml.scaling import Scaler
from qsim.errors import ResultError

#: Readouts that are stored with what they have learnt.
_READOUTS: dict[str, type[LinearReadout]] = {
    cls.kind: cls for cls in (RidgeReadout, GradientReadout, RecursiveReadout)
}
#: Dataclasses that are stored field by field.
_CELLS: tuple[type[Any], ...] = (QRNN, QLSTM, QGRU, RNN, LSTM, GRU, ESN, CircuitUnits, TanhUnits)
_DRIVEN: tuple[type[Any], ...] = (EngineChoice, Bank, Reservoir, ReservoirState, State)
_RECORDS = {kind.__name__: kind for kind in (*_CELLS, *_DRIVEN)}
#: What stands in the place of an object: a mapping with this key, which says what it is.
_KIND = "is"

Arrays = dict[str, NDArray[Any]]


def encode(where: str, value: Any, arrays: Arrays) -> Any:
    """Write a value as JSON.

    Args:
        where: the name of the value, for its arrays and for errors.
        value: what is stored.
        arrays: its arrays are added here.

    Raises:
        ResultError: it is of a kind that cannot be stored.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {_KIND: kind, "items": [encode(f"{where}.{k}", item, arrays) for k, item in enumerate(value)]}
    if isinstance(value, dict):
        return {_KIND: "dict", "items": _encode_items(where, value, arrays)}
    if isinstance(value, np.ndarray):
        return _encode_array(where, value, arrays)
    if isinstance(value, np.random.Generator) and isinstance(value.bit_generator, np.random.PCG64):
        return {_KIND: "generator", "state": value.bit_generator.state}
    if type(value) is Scaler:
        return {_KIND: "scaler", "items": value.to_dict()}
    if type(value) in _READOUTS.values():
        fitted = hasattr(value, "weights_")
        items = _encode_items(where, value.to_dict() if fitted else _fields(value), arrays)
        return {_KIND: "readout", "kind": value.kind, "fitted": fitted, "items": items}
    if type(value) in _RECORDS.values():
        return {_KIND: type(value).__name__, "items": _encode_items(where, _fields(value), arrays)}
    raise ResultError(
        f"`{where}` is a {type(getattr(value, 'regressor', value)).__name__}, which cannot be saved as plain "
        "numbers: regressors are saved where they are 'ridge', 'gradient' or 'recursive', cells and circuits "
        "where they are qsim's own, random_state where it is a whole number (pickle saves anything, for "
        "those who trust you)"
    )


def decode(stored: Any, arrays: Arrays) -> Any:
    """Read what `encode` wrote.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it was changed; `ParameterError` is a ValueError.
    """
    if stored is None or isinstance(stored, bool | int | float | str):
        return stored
    kind = stored[_KIND]
    if kind == "array":
        return _decode_array(stored, arrays)
    if kind == "generator":
        generator = np.random.PCG64()
        generator.state = stored["state"]
        return np.random.Generator(generator)
    items = stored["items"]
    if kind == "words":
        return np.array(items, dtype=object)
    if kind == "scaler":
        return Scaler.from_dict(items)
    if kind in ("tuple", "list"):
        decoded = [decode(item, arrays) for item in items]
        return tuple(decoded) if kind == "tuple" else decoded
    named = {key: decode(item, arrays) for key, item in items.items()}
    if kind == "dict":
        return named
    if kind == "readout":
        cls = _READOUTS[stored["kind"]]
        return cls.from_dict(named) if stored["fitted"] else cls(**named)
    return _RECORDS[kind](**named)


def _fields(record: Any) -> dict[str, Any]:
    """What a dataclass was made from; what a cache remembers is no part of it."""
    fields = (field.name for field in dataclasses.fields(record) if field.init and field.name != "cache")
    return {name: getattr(record, name) for name in fields}


def _encode_items(where: str, items: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    return {key: encode(f"{where}.{key}", item, arrays) for key, item in items.items()}


def _encode_array(where: str, array: NDArray[Any], arrays: Arrays) -> dict[str, Any]:
    if array.dtype == object:
        return {_KIND: "words", "items": [str(word) for word in array]}
    arrays[where] = array
    return {_KIND: "array", "name": where, "shape": list(array.shape), "type": array.dtype.str}


def _decode_array(stored: dict[str, Any], arrays: Arrays) -> NDArray[Any]:
    array = arrays[stored["name"]]
    if list(array.shape) != stored["shape"] or array.dtype.str != stored["type"]:
        raise ValueError(
            f"'{stored['name']}' is an array {array.dtype.str} of shape {array.shape} where "
            f"{stored['type']} of shape {tuple(stored['shape'])} was stored"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"'{stored['name']}' holds numbers that are not finite")
    return array
