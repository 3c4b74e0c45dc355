"""Heralded schemes: printed values, and all clicks of all cases enumerated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import radians
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import heralding
from qsim.errors import ParameterError
from tests.analytic.printed import printed

efficiencies = st.floats(0.001, 1)
darks = st.floats(0, 0.9)


@pytest.mark.parametrize(
    ("efficiency", "dark", "probability", "fidelity"),
    [
        (1, 0, "0.5", "1"),
        (0.3785744, 0, "0.07165929", "1"),
        (0.1, 1e-5, "0.00500360025", "0.9994403656"),
        (0.01, 1e-5, "5.03963841e-5", "0.9940811614"),
        (0.01, 1e-4, "5.39984027e-5", "0.9442798120"),
        (0.5, 1e-3, "0.1259986243", "0.9920733301"),
    ],
)
def test_barrett_kok_as_printed(efficiency: float, dark: float, probability: str, fidelity: str) -> None:
    assert heralding.barrett_kok(efficiency, dark) == (printed(probability), printed(fidelity))


@pytest.mark.parametrize(
    ("bright", "efficiency", "dark", "probability", "fidelity"),
    [
        (0.1, 1, 0, "0.19", "0.9473684211"),
        (0.1, 0.1, 0, "0.0199", "0.9045226131"),
        (0.1, 0.01, 0, "0.001999", "0.9004502251"),
        (0.3, 0.01, 0, "0.005991", "0.7010515774"),
        (0.1, 0.01, 1e-5, "0.00201893983", "0.8924307476"),
        (0.1, 0.001, 1e-5, "0.0002199838", "0.8264080434"),
        (0.5, 0.2, 1e-3, "0.19142838", "0.5239536583"),
    ],
)
def test_single_click_as_printed(
    bright: float, efficiency: float, dark: float, probability: str, fidelity: str
) -> None:
    assert heralding.single_click(bright, efficiency, dark) == (printed(probability), printed(fidelity))


@settings(deadline=None)
@given(efficiencies)
def test_barrett_kok_without_dark_counts_is_perfect(efficiency: float) -> None:
    found = heralding.barrett_kok(efficiency)
    assert found.probability == pytest.approx(efficiency**2 / 2)
    assert found.fidelity == pytest.approx(1)


@settings(deadline=None)
@given(st.floats(0.01, 0.99), efficiencies)
def test_single_click_without_dark_counts_has_its_simple_form(bright: float, efficiency: float) -> None:
    found = heralding.single_click(bright, efficiency)
    assert found.probability == pytest.approx(2 * bright * efficiency - (bright * efficiency) ** 2)
    assert found.fidelity == pytest.approx((1 - bright) / (1 - bright * efficiency / 2))


@pytest.mark.parametrize("efficiency", [1e-7, 1e-12, 1e-30])
def test_low_efficiencies_keep_their_digits(efficiency: float) -> None:
    found = heralding.single_click(0.5, efficiency)
    assert found.probability == pytest.approx(efficiency - efficiency**2 / 4, rel=1e-14, abs=0)


@settings(deadline=None)
@given(efficiencies, darks)
def test_barrett_kok_counts_every_case(efficiency: float, dark: float) -> None:
    probability = overlap = 0.0
    for first, second in product((0, 1), repeat=2):
        rounds = [
            list(_rounds(first + second, efficiency, dark)),
            list(_rounds(2 - first - second, efficiency, dark)),
        ]
        for (one, sure_one), (two, sure_two) in product(*rounds):
            probability += one * two / 4
            if first != second:
                overlap += one * two / 4 * (1 if sure_one and sure_two else 0.5)
    found = heralding.barrett_kok(efficiency, dark)
    assert found.probability == pytest.approx(probability, rel=1e-9)
    assert found.fidelity == pytest.approx(overlap / probability, rel=1e-9)


@settings(deadline=None)
@given(st.floats(0.01, 0.99), efficiencies, darks)
def test_single_click_counts_every_case(bright: float, efficiency: float, dark: float) -> None:
    probability = overlap = 0.0
    for first, second in product((0, 1), repeat=2):
        spins = bright ** (first + second) * (1 - bright) ** (2 - first - second)
        for clicked, sure in _rounds(first + second, efficiency, dark):
            probability += spins * clicked
            if first != second:
                overlap += spins * clicked * (1 if sure else 0.5)
    found = heralding.single_click(bright, efficiency, dark)
    assert found.probability == pytest.approx(probability, rel=1e-9)
    assert found.fidelity == pytest.approx(overlap / probability, rel=1e-9)


def _rounds(photons: int, efficiency: float, dark: float) -> Iterator[tuple[float, bool]]:
    """Every way in which exactly one of two detectors clicks, and whether a photon told the parity for sure.

    All photons of a round leave by one port, two because they bunch. A port is given by symmetry: 0.
    """
    for seen in product((False, True), repeat=photons):
        for darks_there in product((False, True), repeat=2):
            chance = 1.0
            for hit in seen:
                chance *= efficiency if hit else 1 - efficiency
            for count in darks_there:
                chance *= dark if count else 1 - dark
            clicks = [any(seen) or darks_there[0], darks_there[1]]
            if sum(clicks) == 1:
                yield chance, any(seen)


@settings(deadline=None)
@given(st.floats(0.01, 0.99), efficiencies, darks)
def test_a_laboratory_link_without_imperfections_is_single_click(
    bright: float, efficiency: float, dark: float
) -> None:
    plain = heralding.single_click(bright, efficiency, dark)
    found = heralding.laboratory_single_click((bright, bright), (efficiency, efficiency), dark)
    assert found == (pytest.approx(plain.probability), pytest.approx(plain.fidelity))


@pytest.mark.parametrize(
    ("bright", "fidelities"),
    [
        (0.05, ("0.8924", "0.8792", "0.8626", "0.8466", "0.8230")),
        (0.3, ("0.6732", "0.6632", "0.6507", "0.6386", "0.6232")),
    ],
)
def test_effects_of_a_laboratory_link_as_printed(bright: float, fidelities: tuple[str, ...]) -> None:
    """Humphreys et al. (2018): visibility, dark counts and arms; phase; double excitation; initialisation."""
    steps = (
        {},
        {"phase_deviation": radians(14.3)},
        {"double_excitation": 0.04},
        {"double_excitation": 1 - 0.96**2},
        {"depolarised": 0.02},
    )
    effects: dict[str, float] = {"visibility": 0.9}
    for more, printed_one in zip(steps, fidelities, strict=True):
        effects |= more
        found = heralding.laboratory_single_click((bright, bright), (2.8e-4, 4.2e-4), 5e-7, **effects)
        assert found.fidelity == printed(printed_one)
    assert found.probability == printed("3.6e-5" if bright == 0.05 else "0.000211")


@pytest.mark.parametrize(
    ("visibility", "fidelity", "product"), [(1.0, 0.979, 0.958), (0.98, 0.979, 0.949), (0.98, 0.975, 0.941)]
)
def test_two_ion_photon_states_make_a_pair(visibility: float, fidelity: float, product: float) -> None:
    """As a product of fidelities to within what the white noise of both has in common with the pair."""
    found = heralding.two_photon_laboratory(
        (0.02, 0.03), visibility=visibility, emitter_photon_fidelity=(fidelity, fidelity)
    )
    assert found.probability == pytest.approx(3e-4)
    assert found.fidelity == pytest.approx(product, abs=1e-3)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"bright": (0.0, 0.1)}, "bright"),
        ({"efficiency": (0.1, 1.1)}, "efficiency"),
        ({"dark": 1.0}, "dark"),
        ({"visibility": -0.1}, "visibility"),
        ({"phase_deviation": -1.0}, "phase_deviation"),
        ({"double_excitation": 1.0}, "double_excitation"),
        ({"depolarised": 1.1}, "depolarised"),
    ],
)
def test_impossible_laboratories_are_refused(fields: dict[str, Any], name: str) -> None:
    with pytest.raises(ParameterError, match=f"`{name}` must be in"):
        heralding.laboratory_single_click(**{"bright": (0.1, 0.1), "efficiency": (0.1, 0.1), **fields})
