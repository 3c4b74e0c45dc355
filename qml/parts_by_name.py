"""Reservoir parts by name: objects of registered kinds, and cells with their sizes as flat parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from qml.cells.base import Cell
from qsim import registry
from qsim.errors import ParameterError, RegistryError, nearest

#: Flat parameters that belong to the circuits of a quantum cell, and what the circuits call them.
UNITS = {"layers": "layers", "init": "init", "init_scale": "scale", "reupload": "reupload"}


def made(kind: str, given: Any) -> Any:
    """An object of a registered kind.

    Args:
        kind: ``cell``, ``circuit`` or ``readout``.
        given: a registered name, a mapping with the key ``kind`` and parameters, or an object, which is
            returned as it is.

    Raises:
        ParameterError: an unknown name, or a parameter that is unknown, missing or out of its bounds.
    """
    try:
        return registry.build(kind, given)
    except RegistryError as error:
        raise ParameterError(str(error)) from None
    except (KeyError, TypeError) as error:
        raise ParameterError(f"{given!r} does not make a {kind}: {error}") from None


def make_cell(cell: Any, channels: int, settings: dict[str, Any]) -> Cell:
    """A cell for so many channels.

    Args:
        cell: a registered name, a mapping with the key ``kind`` and parameters, or a `Cell`, which is taken
            as it is.
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
    named = {"kind": cell} if isinstance(cell, str) else cell
    if not isinstance(named, Mapping) or "kind" not in named:
        raise ParameterError(
            f"`cell` must be a name, a mapping with a `kind`, or a Cell, not {cell!r}"
            f"{nearest('', registry.names('cell'))}"
        )
    kind = named["kind"]
    own = _parameters("cell", kind)
    units = {UNITS[name]: given.pop(name) for name in tuple(given) if name in UNITS and "units" in own}
    for name in given:
        if name not in own:
            known = nearest(name, own - {"channels"} | (UNITS.keys() if "units" in own else set()))
            raise ParameterError(f"a {kind} cell has no `{name}`{known}")
    if units:
        given["units"] = _with(given.get("units", "ring"), units)
    cell_made: Cell = made("cell", {**named, **given, "channels": channels})
    return cell_made


def _parameters(kind: str, name: Any) -> set[str]:
    try:
        return {field.name for field in dataclasses.fields(registry.lookup(kind, name))}
    except RegistryError as error:
        raise ParameterError(str(error)) from None


def _with(units: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """A description of circuits, with flat parameters of theirs put in."""
    described = {"kind": units} if isinstance(units, str) else units
    if not isinstance(described, Mapping):
        raise ParameterError(
            f"`{next(iter(settings))}` goes with the name of circuits: set it in the"
            f" {type(units).__name__} itself"
        )
    own = _parameters("circuit", described["kind"])
    for name in settings:
        if name not in own:
            raise ParameterError(f"{described['kind']} circuits have no `{name}`{nearest(name, own)}")
    return {**described, **settings}
