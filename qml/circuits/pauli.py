"""Observables of anyone's, as sums of products of Pauli matrices: exact, and from shots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qsim.errors import ParameterError

#: Turns of a wire after which a measurement of Z is one of X, or of Y.
_ROOT = 0.5**0.5
TURNS = {
    "X": np.array([[_ROOT, _ROOT], [_ROOT, -_ROOT]], dtype=complex),
    "Y": np.array([[_ROOT, -1j * _ROOT], [_ROOT, 1j * _ROOT]]),
}

#: A product of Pauli matrices: wires, each with its letter, in the order of the wires.
Word = tuple[tuple[int, str], ...]
#: A real sum of them: (word, coefficient).
Sum = tuple[tuple[Word, float], ...]


def pauli_sums(observables: Iterable[Any], wires: int) -> tuple[Sum, ...]:
    """PennyLane's observables as sums of Pauli words.

    Raises:
        ParameterError: what is no observable, is not Hermitian, or is on a wire that the circuits lack.
    """
    return tuple(_sum(place, one, wires) for place, one in enumerate(observables))


def _sum(place: int, observable: Any, wires: int) -> Sum:
    import pennylane as qp

    name = f"observable {place} ({observable})"
    try:
        found = observable.pauli_rep
        if found is None:
            found = qp.pauli_decompose(observable.matrix(), wire_order=observable.wires, pauli=True)
    except Exception as error:
        raise ParameterError(f"{name} is no observable of PennyLane, such as qp.X(0) @ qp.Z(1)") from error
    strange = [wire for word in found for wire in word if wire not in range(wires)]
    if strange:
        raise ParameterError(
            f"{name} is on wire {strange[0]!r}; the circuits have the wires 0 to {wires - 1}"
        )
    if any(abs(complex(value).imag) > 1e-12 * (1 + abs(value)) for value in found.values()):
        raise ParameterError(f"{name} is not Hermitian: its expectation value is no real number")
    return tuple((tuple(sorted(word.items())), float(complex(value).real)) for word, value in found.items())


@dataclass(frozen=True, eq=False)
class Flip:
    """All words that flip the same wires: <sum> = Re sum_i <i ^ flip| rho |i> ... weights.

    Attributes:
        partner: for each basis state the one with those wires flipped.
        weights: shape (2**wires, observables), complex.
    """

    partner: NDArray[np.int32]
    weights: NDArray[np.complex128]


@lru_cache(maxsize=64)
def flips(sums: tuple[Sum, ...], wires: int) -> tuple[Flip, ...]:
    """Observables as weights on the elements of a density matrix, gathered by the wires that they flip."""
    basis = np.arange(2**wires)
    tables: dict[int, NDArray[np.complex128]] = {}
    for column, one in enumerate(sums):
        for word, coefficient in one:
            flip = sum(1 << (wires - 1 - wire) for wire, letter in word if letter != "Z")
            weight = np.full(2**wires, coefficient, dtype=complex)
            for wire, letter in word:
                bit = (basis >> (wires - 1 - wire)) & 1
                # Y|b> = i (-1)^b |1 - b>.
                weight *= {"X": 1.0, "Y": 1j * (1 - 2 * bit), "Z": 1 - 2 * bit}[letter]
            table = tables.setdefault(flip, np.zeros((2**wires, len(sums)), dtype=complex))
            table[:, column] += weight
    return tuple(Flip((basis ^ flip).astype(np.int32), table) for flip, table in tables.items())


def expectations_of(xp: Any, sums: tuple[Sum, ...], state: Any, wires: int, mixed: bool) -> Any:
    """Expectation values, shape (..., observables), of states (..., 2**wires) or (..., 4**wires)."""
    total = 0.0
    size = 2**wires
    for flip in flips(sums, wires):
        if mixed:
            places = np.arange(size, dtype=np.int32) * size + flip.partner
            pairs = xp.take(state, places, axis=-1, mode="clip")
        else:
            pairs = state * xp.take(state, flip.partner, axis=-1, mode="clip").conj()
        weights = xp.asarray(flip.weights, dtype=pairs.dtype)
        # A product for each row by itself: its bits do not depend on the rows beside it.
        total = total + (pairs[..., None, :] @ weights)[..., 0, :].real
    return total


@dataclass(frozen=True)
class Setting:
    """One way to measure all wires, and the words that it tells.

    Attributes:
        letters: which of X, Y, Z is measured, for the wires that matter.
        words: (observable, wires of the word, coefficient).
    """

    letters: Word
    words: tuple[tuple[int, tuple[int, ...], float], ...]


@lru_cache(maxsize=64)
def settings(sums: tuple[Sum, ...]) -> tuple[Setting, ...]:
    """Words gathered by settings that measure them together; the first measures Z everywhere.

    Each word goes to the first setting in which its wires are free or measured alike.
    """
    found: list[tuple[dict[int, str], list[tuple[int, tuple[int, ...], float]]]] = [({}, [])]
    for place, one in enumerate(sums):
        for word, coefficient in one:
            entry = (place, tuple(wire for wire, _ in word), coefficient)
            if all(letter == "Z" for _, letter in word):
                found[0][1].append(entry)
                continue
            for letters, words in found[1:]:
                if all(letters.get(wire, letter) == letter for wire, letter in word):
                    letters.update(word)
                    words.append(entry)
                    break
            else:
                found.append((dict(word), [entry]))
    return tuple(Setting(tuple(sorted(letters.items())), tuple(words)) for letters, words in found)
