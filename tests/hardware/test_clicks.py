from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hardware.clicks import Emitters, Optics
from hardware.emission import Emission
from hardware.interference import Interference
from qsim.quantum.noise import MemoryNoise
from tests.hardware import fock
from tests.hardware.devices import heads

SHARES = st.floats(0, 1)


def as_matrix(state: Emitters) -> np.ndarray:
    """The part of a joint state that `Emitters` keeps, in the basis dd, db, bd, bb."""
    rho = np.diag([state.dd, state.db, state.bd, state.bb]).astype(complex)
    rho[1, 2] = rho[2, 1] = state.coherence
    return rho


@given(SHARES)
def test_prepared_spins_are_a_product_state(bright: float) -> None:
    expected = fock.spins(bright)
    state = Emitters.prepared(bright)
    assert state.trace == pytest.approx(1)
    assert np.diag(as_matrix(state)) == pytest.approx(np.diag(expected))
    assert state.coherence == pytest.approx(expected[1, 2].real)


@given(*(SHARES for _ in range(6)))
def test_one_click_acts_as_photons_in_modes_do(
    bright: float, first: float, second: float, visibility: float, efficiency: float, dark: float
) -> None:
    """Both branches, unnormalised, against the occupation-number calculation."""
    light = Optics(first, second, Interference(visibility, True), heads(efficiency, min(dark, 0.999)))
    maps = fock.click_maps(first, second, visibility, efficiency, min(dark, 0.999))
    for branch, matrix in zip(light.one_click(Emitters.prepared(bright)), maps, strict=True):
        # Coherences between states of different photon number do not survive in the oracle either.
        assert as_matrix(branch) == pytest.approx(matrix * fock.spins(bright), abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(SHARES, SHARES, SHARES, SHARES, SHARES, st.floats(0, 0.9), SHARES, SHARES, SHARES, SHARES)
@example(0.3, 0.7, 0.6, 0.9, 0.8, 0.05, 0.35, 0.1, 0.2, 0.5)
def test_unbalanced_splitters_and_double_excitation_act_as_photons_in_modes_do(
    bright: float,
    first: float,
    second: float,
    visibility: float,
    efficiency: float,
    dark: float,
    splitter: float,
    double_first: float,
    double_second: float,
    collected: float,
) -> None:
    light = Optics(
        first,
        second,
        Interference(visibility, True, splitter),
        heads(efficiency, dark),
        Emission(double=double_first, second_collected=collected),
        Emission(double=double_second, second_collected=collected),
    )
    maps = fock.click_maps(
        first,
        second,
        visibility,
        efficiency,
        dark,
        splitter=splitter,
        double=(double_first, double_second),
        collected=collected,
    )
    for branch, matrix in zip(light.one_click(Emitters.prepared(bright)), maps, strict=True):
        assert as_matrix(branch) == pytest.approx(matrix * fock.spins(bright), abs=1e-12)


@given(SHARES, SHARES)
def test_ends_may_be_bright_with_different_probabilities(first: float, second: float) -> None:
    one, other = (np.array([np.sqrt(1 - bright), np.sqrt(bright)]) for bright in (first, second))
    both = np.kron(one, other)
    state = Emitters.prepared(first, second)
    assert np.diag(as_matrix(state)) == pytest.approx(both**2, abs=1e-12)
    assert state.coherence == pytest.approx(both[1] * both[2], abs=1e-12)


@given(SHARES, SHARES, st.floats(0, 3))
def test_a_phase_that_is_not_known_takes_coherence_and_nothing_else(
    bright: float, visibility: float, deviation: float
) -> None:
    start, kept = Emitters.prepared(bright), float(np.exp(-(deviation**2) / 2))
    known, drifting = (
        Optics(0.7, 0.6, Interference(visibility, True, contrast=contrast), heads(0.8, 0.01)).one_click(
            start
        )[0]
        for contrast in (1.0, kept)
    )
    assert drifting == replace(known, coherence=pytest.approx(known.coherence * kept, abs=1e-15))


LAWS = [
    MemoryNoise.depolarising(2.0),
    MemoryNoise.thermal(1.5, 2.0),
    MemoryNoise.pauli(0.3, 0.1, 0.5),
    MemoryNoise.thermal(3.0, None).plus(MemoryNoise.dephasing(0.7)),
    MemoryNoise(0.5, 0.2, 0.9, -0.6),
    None,
]


def dense(rho: np.ndarray, law: MemoryNoise | None, first: bool) -> np.ndarray:
    """A qubit of two after a second, by its Bloch components: any two-qubit state in the Pauli basis."""
    if law is None:
        return rho
    paulis = [np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]
    shrink = [1.0, *(np.exp(-rate) for rate in (law.rate_x, law.rate_y, law.rate_z))]
    found = np.zeros((4, 4), dtype=complex)
    for i, one in enumerate(paulis):
        for j, two in enumerate(paulis):
            weight = np.trace(np.kron(one, two) @ rho) / 4
            mine, left = (i, one) if first else (j, two)
            image = shrink[mine] * np.array(left, dtype=complex)
            if mine == 0 and law.rate_z:
                image = image + law.relaxation / law.rate_z * (1 - shrink[3]) * np.array(paulis[3])
            found += weight * (np.kron(image, two) if first else np.kron(one, image))
    return found


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(("first", "second"), [*pairwise(LAWS), (LAWS[4], LAWS[4])])
def test_spins_decay_as_two_qubits_do(
    first: MemoryNoise | None, second: MemoryNoise | None, flip: bool
) -> None:
    """What two laws, one for each spin, do in a second, against density matrices; a flip on both besides."""
    state = Emitters(0.1, 0.25, 0.2, 0.15, 0.18)
    rho = as_matrix(state)
    found = state.stored((first, second), 1.0)
    expected = dense(dense(rho, first, True), second, False)
    if flip:
        found, expected = found.flipped(), expected[::-1, ::-1]
    assert np.diag(as_matrix(found)) == pytest.approx(np.diag(expected).real)
    assert found.coherence == pytest.approx(expected[1, 2].real)


@given(*(SHARES for _ in range(3)))
def test_without_bunching_two_photons_choose_their_outputs_independently(
    first: float, second: float, efficiency: float
) -> None:
    """Two photons at a beam splitter without interference, counted by hand: dark detectors never click."""
    light = Optics(first, second, Interference(1.0, False), heads(efficiency))
    one, both = first * (1 - second) + second * (1 - first), first * second
    seen = one * efficiency + both * (2 * efficiency * (1 - efficiency) + efficiency**2 / 2)
    left, right = light.one_click(Emitters(0.0, 0.0, 0.0, 1.0, 0.0))
    assert left.bb + right.bb == pytest.approx(seen, abs=1e-12)
    assert left.bb == right.bb


def test_bunching_changes_the_bright_bright_part_alone() -> None:
    start = Emitters.prepared(0.4)
    bunched, free = (
        Optics(0.7, 0.6, Interference(1.0, b), heads(0.8, 0.01)).one_click(start)[0] for b in (True, False)
    )
    assert (bunched.dd, bunched.db, bunched.bd, bunched.coherence) == (
        free.dd,
        free.db,
        free.bd,
        free.coherence,
    )
    assert bunched.bb > free.bb


@given(*(SHARES for _ in range(6)))
def test_clicks_keep_states_states(
    bright: float, first: float, second: float, visibility: float, efficiency: float, dark: float
) -> None:
    light = Optics(first, second, Interference(visibility, True), heads(efficiency, min(dark, 0.999)))
    left, right = light.one_click(Emitters.prepared(bright))
    assert left.trace + right.trace <= 1 + 1e-12
    assert left.coherence == -right.coherence
    for branch in (left, right):
        assert min(branch.dd, branch.db, branch.bd, branch.bb) >= 0
        assert abs(branch.coherence) <= np.sqrt(branch.db * branch.bd) + 1e-12
        assert np.linalg.eigvalsh(branch.density_matrix()).min() >= -1e-12
        assert np.trace(branch.density_matrix()) == pytest.approx(1)


def test_flipping_exchanges_bright_and_dark() -> None:
    assert Emitters(0.1, 0.2, 0.3, 0.4, 0.05).flipped() == Emitters(0.4, 0.3, 0.2, 0.1, 0.05)


@pytest.mark.parametrize("sign", [1, -1])
def test_branches_are_joined_with_their_phase_corrected(sign: int) -> None:
    joined = Emitters(0.1, 0.2, 0.3, 0.4, 0.05).plus(Emitters(0.4, 0.3, 0.2, 0.1, 0.15), sign)
    assert (joined.dd, joined.db, joined.bd, joined.bb) == pytest.approx((0.5, 0.5, 0.5, 0.5))
    assert joined.coherence == pytest.approx(0.05 + sign * 0.15)


def test_the_state_announced_is_turned_to_phi_plus() -> None:
    psi_plus = Emitters(0.0, 0.25, 0.25, 0.0, 0.25).density_matrix()
    expected = np.zeros((4, 4))
    expected[np.ix_((0, 3), (0, 3))] = 0.5
    assert psi_plus == pytest.approx(expected)


def test_a_branch_that_never_happens_has_the_maximally_mixed_state() -> None:
    assert Emitters(0.0, 0.0, 0.0, 0.0, 0.0).density_matrix() == pytest.approx(np.eye(4) / 4)
