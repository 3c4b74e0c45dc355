"""An oracle for heralding: photons as occupation numbers of modes, no formula of the code under test.

Each bright spin puts one photon into its fibre, or two. Creation operators go through loss (a beam splitter
to a mode that nobody looks at) and the beam splitter; the photons of the two arms overlap with amplitude
sqrt(visibility), the rest of the second photon being in a wave packet of its own, as is the other photon of a
spin that emits twice. The detectors' yes/no measurements are diagonal in the occupation numbers: a detector
stays silent with probability (1 - dark)(1 - efficiency)^n.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import factorial, prod, sqrt

import numpy as np
from numpy.typing import NDArray

#: Output and wave packet of the light that is detected, then the modes of lost light.
_MODES = (
    "left shared",
    "left own",
    "right shared",
    "right own",
    "lost first",
    "lost second",
    "lost second own",
    "left again, first",
    "right again, first",
    "lost again, first",
    "left again, second",
    "right again, second",
    "lost again, second",
)
_LEFT, _RIGHT = (
    tuple(place for place, mode in enumerate(_MODES) if mode.startswith(side)) for side in ("left", "right")
)
#: Spins (first, second), 1 for bright, in the order dd, db, bd, bb.
_SPINS = tuple(product((0, 1), repeat=2))

Fock = dict[tuple[int, ...], complex]
#: A creation operator: its amplitude in each mode.
Operator = dict[int, float]


def click_maps(
    first: float,
    second: float,
    visibility: float,
    efficiency: float,
    dark: float,
    *,
    splitter: float = 0.5,
    double: tuple[float, float] = (0.0, 0.0),
    collected: float = 0.0,
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """What a click of the left, or of the right, detector alone does to the two spins.

    Args:
        first, second: probabilities that a photon of each arm reaches the beam splitter.
        visibility: squared overlap of the two wave packets.
        efficiency, dark: of both detectors.
        splitter: transmittance of the beam splitter, from the first arm to the left.
        double: probabilities that the bright spins emit twice.
        collected: probability that the other photon is collected, over that of the first one.

    Returns:
        Two matrices of shape (4, 4), basis dd, db, bd, bb. The spins' density matrix is multiplied by
        them element by element; the trace of the product is the probability of the click.
    """
    once, twice = _emitted(first, second, visibility, splitter, collected)
    states = []
    for bright in _SPINS:
        state: Fock = {}
        emitting = [arm for arm in (0, 1) if bright[arm]]
        for again in product((False, True), repeat=len(emitting)):
            amplitude, operators = 1.0, []
            for arm, more in zip(emitting, again, strict=True):
                amplitude *= sqrt(double[arm] if more else 1 - double[arm])
                operators += [once[arm], twice[arm]] if more else [once[arm]]
            if amplitude:
                for numbers, value in _applied(operators).items():
                    state[numbers] = state.get(numbers, 0.0) + amplitude * value
        states.append(state)
    silence = [(1 - dark) * (1 - efficiency) ** photons for photons in range(5)]
    maps = []
    for clicking, silent in ((_LEFT, _RIGHT), (_RIGHT, _LEFT)):
        matrix = np.zeros((4, 4), dtype=complex)
        for i, j in product(range(4), repeat=2):
            for numbers in states[i].keys() & states[j].keys():
                seen, unseen = (sum(numbers[mode] for mode in modes) for modes in (clicking, silent))
                weight = (1 - silence[seen]) * silence[unseen]
                matrix[i, j] += weight * states[i][numbers] * np.conj(states[j][numbers])
        maps.append(matrix)
    return maps[0], maps[1]


def spins(bright: float) -> NDArray[np.complex128]:
    """Both spins in sqrt(1 - bright) |d> + sqrt(bright) |b>, shape (4, 4)."""
    one = np.array([sqrt(1 - bright), sqrt(bright)])
    both = np.kron(one, one)
    return np.outer(both, both).astype(complex)


def single_click(
    bright: float, maps: tuple[NDArray[np.complex128], ...]
) -> tuple[float, NDArray[np.complex128]]:
    """Success probability of a single-click link, and the state turned to Φ+, shape (4, 4)."""
    start = spins(bright)
    return _heralded([(matrix * start, which == 1) for which, matrix in enumerate(maps)])


def double_click(maps: tuple[NDArray[np.complex128], ...]) -> tuple[float, NDArray[np.complex128]]:
    """The same for two detections with a flip of both spins between."""
    start = spins(0.5)
    branches = []
    for one, two in product((0, 1), repeat=2):
        flipped = (maps[one] * start)[::-1, ::-1]
        branches.append((maps[two] * flipped, one != two))
    return _heralded(branches)


def first_click(maps: tuple[NDArray[np.complex128], ...]) -> float:
    """Probability that the first detection of two shows one click."""
    return float(sum(np.trace(matrix * spins(0.5)).real for matrix in maps))


def _emitted(
    first: float, second: float, visibility: float, splitter: float, collected: float
) -> tuple[list[Operator], list[Operator]]:
    """Creation operators of the two arms' photons, and of their other photons, as sums over the modes."""
    shared, own = sqrt(visibility), sqrt(1 - visibility)
    through, over = sqrt(splitter), sqrt(1 - splitter)
    there, lost = sqrt(first), sqrt(1 - first)
    a = {0: there * through, 2: there * over, 4: lost}
    there, lost = sqrt(second), sqrt(1 - second)
    b = {0: there * over * shared, 1: there * over * own, 5: lost * shared, 6: lost * own}
    b |= {2: -there * through * shared, 3: -there * through * own}
    others = []
    for base, reach, (left, right) in ((7, first, (through, over)), (10, second, (over, -through))):
        there, lost = sqrt(reach * collected), sqrt(1 - reach * collected)
        others.append({base: there * left, base + 1: there * right, base + 2: lost})
    return [a, b], others


def _applied(operators: list[Operator]) -> Fock:
    """Creation operators applied to the vacuum: amplitudes of normalised occupation-number states."""
    state: Fock = {}
    for modes in product(*operators):
        amplitude = prod(operator[mode] for operator, mode in zip(operators, modes, strict=True))
        occupied = Counter(modes)
        numbers = tuple(occupied[mode] for mode in range(len(_MODES)))
        state[numbers] = state.get(numbers, 0.0) + amplitude * sqrt(prod(factorial(n) for n in numbers))
    return state


def _heralded(branches: list[tuple[NDArray[np.complex128], bool]]) -> tuple[float, NDArray[np.complex128]]:
    """Join branches, the phase of some of them turned, and flip the second spin."""
    phase = np.diag([1.0, 1.0, -1.0, -1.0])
    joint = sum(phase @ rho @ phase if turned else rho for rho, turned in branches)
    flip = np.kron(np.eye(2), np.array([[0, 1], [1, 0]]))
    rho = flip @ joint @ flip
    probability = float(np.trace(rho).real)
    return probability, rho / probability
