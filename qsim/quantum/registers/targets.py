"""Pure states that registers are compared with, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from qsim.errors import StateError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Most qubits of a ket that is written out.
_MOST = 20
_NORMALISED = 1e-6


def _ghz(qubits: int) -> list[str]:
    return ["X" * qubits, *(_letters(qubits, {k: "Z", k + 1: "Z"}) for k in range(qubits - 1))]


def _graph(qubits: int, edges: Sequence[tuple[int, int]]) -> list[str]:
    generators = []
    for qubit in range(qubits):
        beside = {b if a == qubit else a: "Z" for a, b in edges if qubit in (a, b)}
        generators.append(_letters(qubits, {**beside, qubit: "X"}))
    return generators


def _letters(qubits: int, at: dict[int, str]) -> str:
    return "".join(at.get(k, "I") for k in range(qubits))


#: Signed generators of the stabilizer of each named state that is no graph state, by its number of qubits.
_GENERATORS: Final[dict[str, Callable[[int], list[str]]]] = {
    "ghz": _ghz,
    "phi+": lambda _: ["XX", "ZZ"],
    "phi-": lambda _: ["-XX", "ZZ"],
    "psi+": lambda _: ["XX", "-ZZ"],
    "psi-": lambda _: ["-XX", "-ZZ"],
}
_GRID: Final = re.compile(r"grid-([1-9]\d{0,3})x([1-9]\d{0,3})")
#: All names of targets; those of grids say their rows and columns, as in ``grid-2x3``.
TARGETS: Final = (*_GENERATORS, "w", "cluster", "ring", "grid-2x3")


def known_target(name: str) -> bool:
    """Whether a target has this name.

    Example:
        >>> [known_target(name) for name in ("ghz", "grid-3x4", "grid")]
        [True, True, False]
    """
    return name in TARGETS or _GRID.fullmatch(name) is not None


def grid_edges(rows: int, columns: int) -> list[tuple[int, int]]:
    """Edges of a grid whose qubits are numbered row by row.

    Example:
        >>> grid_edges(2, 2)
        [(0, 1), (0, 2), (1, 3), (2, 3)]
    """
    edges = []
    for place in range(rows * columns):
        if (place + 1) % columns:
            edges.append((place, place + 1))
        if place + columns < rows * columns:
            edges.append((place, place + columns))
    return edges


def graph_edges(name: str, qubits: int) -> list[tuple[int, int]] | None:
    """Edges of a graph state by name: ``cluster`` (a line), ``ring``, ``grid-2x3``; None for other names.

    Raises:
        StateError: the graph is of another number of qubits.
    """
    grid = _GRID.fullmatch(name)
    if grid is not None:
        rows, columns = map(int, grid.groups())
        if rows * columns != qubits:
            raise StateError(f"the state '{name}' is of {rows * columns} qubits, got {qubits}")
        return grid_edges(rows, columns)
    if name not in ("cluster", "ring"):
        return None
    line = [(k, k + 1) for k in range(qubits - 1)]
    if name == "cluster":
        return line
    if qubits < 3:
        raise StateError(f"a ring has at least 3 qubits, got {qubits}")
    return [*line, (qubits - 1, 0)]


def generators(name: str, qubits: int) -> list[str] | None:
    """Generators of the stabilizer of a named state, such as ``-XX``; None for ``w``, which has none.

    Raises:
        StateError: no target has the name, or it is of another number of qubits.
    """
    if not known_target(name):
        raise StateError(f"there is no target state {name!r}; there are {', '.join(TARGETS)}, or a ket")
    if qubits < 1 or (name in ("phi+", "phi-", "psi+", "psi-") and qubits != 2):
        raise StateError(f"the state {name!r} is of {'2' if qubits else 'at least 1'} qubits, got {qubits}")
    edges = graph_edges(name, qubits)
    if edges is not None:
        return _graph(qubits, edges)
    return None if name == "w" else _GENERATORS[name](qubits)


def target_ket(target: NDArray[np.complex128] | str, qubits: int) -> NDArray[np.complex128]:
    """A target as a ket, shape (2**qubits,).

    Raises:
        StateError: as for `generators`; a ket has the wrong shape or is not normalised.
    """
    if isinstance(target, str):
        return _named(target, qubits)
    ket = np.asarray(target, dtype=np.complex128)
    if ket.shape != (2**qubits,):
        raise StateError(f"a ket of {qubits} qubits has shape ({2**qubits},), got {ket.shape}")
    if abs(float(np.sum(np.abs(ket) ** 2)) - 1) > _NORMALISED:
        raise StateError(f"a target ket must have norm 1, got {sqrt(float(np.sum(np.abs(ket) ** 2))):.6g}")
    return ket


def _named(name: str, qubits: int) -> NDArray[np.complex128]:
    found = generators(name, qubits)
    if qubits > _MOST:
        raise StateError(f"a ket is written out to {_MOST} qubits, got {qubits}")
    places = np.arange(2**qubits)
    if name == "w":
        ket = np.zeros(2**qubits, dtype=np.complex128)
        ket[1 << np.arange(qubits)] = 1 / sqrt(qubits)
        return ket
    edges = graph_edges(name, qubits)
    if edges is not None:
        bits = (places[:, None] >> np.arange(qubits - 1, -1, -1)) & 1
        signs = sum((bits[:, a] * bits[:, b] for a, b in edges), np.zeros(len(places), dtype=np.int64))
        return np.asarray((1.0 - 2 * (signs % 2)) / sqrt(len(places)), dtype=np.complex128)
    ket = np.zeros(2**qubits, dtype=np.complex128)
    odd = found is not None and any(each.startswith("-") and "Z" in each for each in found)
    sign = -1 if found is not None and any(each.startswith("-") and "X" in each for each in found) else 1
    first = 1 if odd else 0
    ket[first], ket[len(ket) - 1 - first] = 1, sign
    return np.asarray(ket / sqrt(float(np.sum(np.abs(ket) ** 2))), dtype=np.complex128)
