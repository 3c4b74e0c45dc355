"""Two-click heralding at attempt detail, against closed forms and against photons in modes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.detector import ThresholdDetector
from hardware.link_models import AttemptProfile, BarrettKok, TwoPhoton
from hardware.memory import AtomicMemory
from qsim.analytic import heralding, photon_shape
from qsim.errors import ParameterError, ScenarioError
from qsim.scenario import from_document
from tests.analytic.printed import printed
from tests.hardware import fock
from tests.hardware.devices import link_hardware

EFFICIENCIES = st.floats(1e-3, 1)
DARK = st.floats(0, 0.5)
LINK_MODELS = pytest.mark.parametrize("link_model", [BarrettKok, TwoPhoton])


def closed_form(eta: float, dark: float) -> tuple[float, float]:
    """Success probability and fidelity with equal arms and indistinguishable photons."""
    good = eta * (1 - dark)
    bad = 2 * (1 - eta) * dark * (1 - dark)
    pair = (1 - (1 - eta) ** 2) * (1 - dark) + (1 - eta) ** 2 * 2 * dark * (1 - dark)
    success = (good + bad) ** 2 / 2 + dark * (1 - dark) * pair
    return success, (good**2 / 2 + ((good + bad) ** 2 - good**2) / 4) / success


def profile(*arms: float, dark: float = 0.0, **fields: float | bool) -> AttemptProfile:
    return BarrettKok(**fields).profile(link_hardware(*arms, dark))


@pytest.mark.parametrize(
    ("eta", "dark", "success", "fidelity"),
    [
        (1, 0, "0.5000000000", "1.0000000000"),
        (0.6 * 10**-0.2, 0, "0.07165929", "1.0000000000"),
        (0.1, 1e-5, "0.00500360025", "0.9994403656"),
        (0.01, 1e-5, "5.03963841e-5", "0.9940811614"),
        (0.01, 1e-4, "5.39984027e-5", "0.9442798120"),
        (0.5, 1e-3, "0.1259986243", "0.9920733301"),
    ],
)
def test_instances(eta: float, dark: float, success: str, fidelity: str) -> None:
    found = profile(eta, eta, dark=dark)
    assert found.success == printed(success)
    assert found.fidelity == printed(fidelity)


@given(EFFICIENCIES, DARK)
def test_equal_arms_follow_the_closed_form(eta: float, dark: float) -> None:
    found = profile(eta, eta, dark=dark)
    success, fidelity = closed_form(eta, dark)
    assert found.success == pytest.approx(success, rel=1e-9, abs=0)
    assert found.fidelity == pytest.approx(fidelity, abs=1e-9)


@given(EFFICIENCIES, EFFICIENCIES, DARK, st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_it_does_not_matter_where_an_arm_loses_its_light(
    first: float, second: float, dark: float, share: float, part: float, bunching: bool
) -> None:
    """Memory, fibre and detector efficiency enter as a product, with dark counts and unequal arms too.

    The detector's part is common to both arms, so it is at least the greater of the two efficiencies.
    """
    least = max(first, second)
    detection = least + share * (1 - least)
    memories = tuple(eta / detection + part * (1 - eta / detection) for eta in (first, second))
    whole = profile(first, second, dark=dark, bunching=bunching)
    split = BarrettKok(bunching=bunching).profile(
        link_hardware(first, second, dark, detection=detection, memories=memories)
    )
    assert split.success == pytest.approx(whole.success, rel=1e-9, abs=0)
    assert split.first_round_success == pytest.approx(whole.first_round_success, rel=1e-9, abs=0)
    assert split.rho == pytest.approx(whole.rho, abs=1e-9)


@given(EFFICIENCIES, EFFICIENCIES, st.floats(0, 1), st.booleans())
def test_unequal_arms_without_dark_counts(
    first: float, second: float, visibility: float, bunching: bool
) -> None:
    """Each of the two photons must be seen, whichever spin sends first: success η₁η₂/2.

    Two rounds see each spin once, so unequal arms cost no fidelity; each round keeps sqrt(visibility) of the
    coherence.
    """
    found = profile(first, second, visibility=visibility, bunching=bunching)
    assert found.success == pytest.approx(first * second / 2, rel=1e-9, abs=0)
    assert found.fidelity == pytest.approx((1 + visibility) / 2, abs=1e-9)


@given(EFFICIENCIES, EFFICIENCIES, st.floats(0, 1), EFFICIENCIES, DARK)
@example(0.9, 0.2, 0.85, 0.7, 0.01)
def test_profiles_agree_with_photons_in_modes(
    first: float, second: float, visibility: float, efficiency: float, dark: float
) -> None:
    """Any arms, visibility, detector efficiency and dark counts against occupation numbers."""
    maps = fock.click_maps(first, second, visibility, efficiency, dark)
    success, rho = fock.double_click(maps)
    hardware = link_hardware(first * efficiency, second * efficiency, dark, detection=efficiency)
    found = BarrettKok(visibility=visibility).profile(hardware)
    assert found.success == pytest.approx(success, rel=1e-9, abs=0)
    assert found.first_round_success == pytest.approx(fock.first_click(maps), rel=1e-9, abs=0)
    assert found.rho == pytest.approx(rho, abs=1e-9)


@given(EFFICIENCIES)
def test_without_bunching_two_photons_may_pass_for_one(eta: float) -> None:
    """Both spins bright: two photons on one detector are one click, on different ones they are two.

    The second round can only click for spins of odd parity, so success and fidelity stay; only fewer
    second rounds are tried.
    """
    found = profile(eta, eta, bunching=False)
    assert found.first_round_success == pytest.approx(
        eta / 2 + (2 * eta * (1 - eta) + eta**2 / 2) / 4, rel=1e-9, abs=0
    )
    assert found.success == pytest.approx(eta**2 / 2, rel=1e-9, abs=0)
    assert found.fidelity == pytest.approx(1, abs=1e-9)


@given(EFFICIENCIES)
def test_with_bunching_two_photons_always_pass_for_one(eta: float) -> None:
    assert profile(eta, eta).first_round_success == pytest.approx(
        eta / 2 + (1 - (1 - eta) ** 2) / 4, rel=1e-9, abs=0
    )


@given(EFFICIENCIES, EFFICIENCIES, DARK, st.floats(0, 1), st.booleans())
def test_profiles_are_probabilities_and_states(
    first: float, second: float, dark: float, visibility: float, bunching: bool
) -> None:
    found = profile(first, second, dark=dark, visibility=visibility, bunching=bunching)
    assert 0 <= found.success <= found.first_round_success <= 1
    assert np.trace(found.rho) == pytest.approx(1)
    assert found.rho == pytest.approx(found.rho.conj().T)
    assert np.linalg.eigvalsh(found.rho).min() >= -1e-12
    mirrored = profile(second, first, dark=dark, visibility=visibility, bunching=bunching)
    assert mirrored.success == pytest.approx(found.success, rel=1e-9, abs=0)
    assert mirrored.fidelity == pytest.approx(found.fidelity, abs=1e-9)


@given(EFFICIENCIES, EFFICIENCIES, DARK, st.floats(0, 1))
def test_two_photon_heralding_is_the_same_in_one_round(
    first: float, second: float, dark: float, visibility: float
) -> None:
    hardware = link_hardware(first, second, dark)
    two_rounds = BarrettKok(visibility=visibility).profile(hardware)
    one_round = TwoPhoton(visibility=visibility).profile(hardware)
    assert one_round.success == two_rounds.success
    assert one_round.rho == pytest.approx(two_rounds.rho)
    assert one_round.first_round_success == 1


@LINK_MODELS
def test_dark_and_dead_hardware_never_heralds(link_model: type[BarrettKok] | type[TwoPhoton]) -> None:
    found = link_model().profile(link_hardware(0, 0))
    assert found.success == 0
    assert found.rho == pytest.approx(np.eye(4) / 4)


@LINK_MODELS
@pytest.mark.parametrize("eta", [1e-145, 1e-150, 1e-155, 1e-160, 1e-161, 1e-170, 5e-324])
def test_efficiencies_at_the_edge_of_floating_point_give_states(
    link_model: type[BarrettKok] | type[TwoPhoton], eta: float
) -> None:
    found = link_model().profile(link_hardware(eta, eta))
    assert found.success <= 1e-289
    assert np.trace(found.rho) == pytest.approx(1)


@LINK_MODELS
def test_dark_counts_alone_herald_noise(link_model: type[BarrettKok] | type[TwoPhoton]) -> None:
    """Two windows, each with one dark click of two: [2d(1-d)]², and nothing known of the spins."""
    found = link_model().profile(link_hardware(0, 0, 0.1))
    assert found.success == pytest.approx((2 * 0.1 * 0.9) ** 2)
    assert found.fidelity == pytest.approx(0.25)


def test_rounds_and_bins() -> None:
    assert (BarrettKok().rounds, BarrettKok().bins, BarrettKok().bin_separation) == (2, 1, 0)
    assert (TwoPhoton().rounds, TwoPhoton().bins, TwoPhoton().bin_separation) == (1, 2, 100e-9)


@pytest.mark.parametrize(
    ("field", "value"), [("visibility", 1.1), ("visibility", -0.1), ("bin_separation", 0), ("bunching", 1)]
)
def test_impossible_link_models_are_refused(field: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"`TwoPhoton.{field}` must be"):
        TwoPhoton(**{field: value})


def two_photon_scenario(detail: str, separation: str) -> dict[str, Any]:
    return {
        "run": {"duration": 1, "detail": detail},
        "nodes": ["alice", "bob", "carol"],
        "links": [{"between": ["alice", "bob"], "length": 1e3}, {"between": ["bob", "carol"], "length": 1e3}],
        "defaults": {
            "detector": {"window": "2 ns"},
            "generation": {"kind": "two-photon", "bin_separation": separation},
        },
    }


@pytest.mark.parametrize("detail", ["photon", "attempt"])
def test_bins_closer_than_the_window_cannot_be_told_apart(detail: str) -> None:
    with pytest.raises(
        ScenarioError, match=r"bin_separation: must be at least the detection window, 2e-09 s"
    ):
        from_document(two_photon_scenario(detail, "1.9 ns"))


@pytest.mark.parametrize("detail", ["photon", "attempt"])
def test_bins_as_far_apart_as_the_window_are_welcome(detail: str) -> None:
    assert len(from_document(two_photon_scenario(detail, "2 ns")).links) == 2


def worn(seconds: float, *, between: float = 1.0, eta: float, **memory: Any) -> tuple[float, float]:
    """Success probability, and fidelity some time after the last emission with the state held as it was made.

    The time in the middle is by density matrix here: the spins relax as they are, the correction comes after.
    """
    model = AtomicMemory(**memory)
    hardware = replace(link_hardware(eta, eta), first=model, second=model, between_rounds=between)
    found = BarrettKok().profile(hardware)
    law = model.noise()
    assert law is not None
    # The profile's state is turned to Φ+; the spins themselves hold Ψ.
    spins = found.rho[np.ix_([1, 0, 3, 2], [1, 0, 3, 2])]
    matrix = law.transfer_matrix(between, between + seconds)
    later = turned(turned(spins, matrix, True), matrix, False)
    later = later[np.ix_([1, 0, 3, 2], [1, 0, 3, 2])]
    return found.success, float((later[0, 0] + later[3, 3] + 2 * later[0, 3]).real) / 2


def turned(rho: np.ndarray, matrix: np.ndarray, first: bool) -> np.ndarray:
    """A qubit of two after a map given as a Pauli transfer matrix."""
    paulis = np.array([np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    weights = np.array([[np.trace(np.kron(a, b) @ rho) / 4 for b in paulis] for a in paulis])
    weights = matrix @ weights if first else weights @ matrix.T
    return sum(weights[i, j] * np.kron(paulis[i], paulis[j]) for i in range(4) for j in range(4))


@pytest.mark.parametrize(
    ("kilometres", "memory", "success", "fidelity"),
    [
        (100, {"depolarising_time": 50.0}, 0.00412, 0.9347),
        (50, {"t1": 10.0}, 0.0498, 0.733),
        (50, {"t1": 10.0, "relaxes_to": "bright"}, 0.0367, 0.905),
    ],
)
def test_noise_between_the_rounds_is_between_the_rounds(
    kilometres: float, memory: dict[str, Any], success: float, fidelity: float
) -> None:
    """Rounds of a second, detectors of efficiency .9; pairs as the herald of the second round comes."""
    eta = 0.9 * 10 ** (-0.02 * kilometres / 2)
    found = worn(1.0, eta=eta, **memory)
    assert found[0] == pytest.approx(success, abs=6e-5 if success > 0.01 else 5e-6)
    assert found[1] == pytest.approx(fidelity, abs=5e-4 if kilometres == 50 else 5e-5)


def test_memories_that_relax_click_more_or_less_often() -> None:
    """What a bright spin that relaxes gains, one dark by then, a dark one that relaxes loses: e^(-1/10)."""
    eta = 0.9 * 10**-0.5
    assert worn(0.0, eta=eta, t1=10.0, relaxes_to="bright")[0] == pytest.approx(eta**2 / 2 * np.exp(-0.1))
    assert worn(0.0, eta=eta, t1=10.0)[0] > eta**2 / 2
    assert worn(0.0, eta=eta, between=0.0, t1=10.0) == (pytest.approx(eta**2 / 2), pytest.approx(1))


@pytest.mark.parametrize("law", ["depolarising_time", "dephasing_time", "t1"])
def test_bins_of_one_round_decay_as_rounds_do(law: str) -> None:
    memory = AtomicMemory(**{law: 3e-7})
    hardware = replace(link_hardware(0.4, 0.7, 0.01), first=memory, second=memory)
    bins = TwoPhoton(bin_separation=1e-7).profile(hardware)
    rounds = BarrettKok().profile(replace(hardware, between_rounds=1e-7))
    assert bins.success == rounds.success
    assert bins.rho == pytest.approx(rounds.rho)
    assert (
        bins.fidelity < TwoPhoton(bin_separation=1e-7).profile(link_hardware(0.4, 0.7, 0.01)).fidelity - 0.1
    )


@pytest.mark.parametrize(
    ("handshake", "kilometres", "seconds"), [("continuous", 100.0, 5e-4), ("negotiated", 100.0, 1.5e-3)]
)
def test_rounds_are_as_far_apart_as_the_hand_shake_makes_them(
    handshake: str, kilometres: float, seconds: float
) -> None:
    """L/c when light meets again at once; 5/2 messages and a flight when the second round is negotiated."""
    link = {"kind": "barrett-kok", "handshake": handshake}
    engine = from_document(
        {
            "run": {"duration": 1},
            "nodes": ["a", "b"],
            "links": [{"between": ["a", "b"], "length": kilometres * 1e3}],
            "defaults": {"link_model": link, "memory": {"depolarising_time": 0.025}},
        }
    ).engine()
    (found,) = engine.links
    assert found.hardware.between_rounds == pytest.approx(seconds, rel=1e-5)
    still = BarrettKok().profile(replace(found.hardware, between_rounds=0.0))
    assert found.profile.success > still.success
    assert found.profile.fidelity < still.fidelity == pytest.approx(1)


@given(EFFICIENCIES, EFFICIENCIES, st.floats(0.01, 0.99))
def test_an_unbalanced_splitter_shows_in_a_visibility(first: float, second: float, splitter: float) -> None:
    """One photon in each of two rounds, at equal or unequal outputs: T² + R² against 2TR, each known."""
    found = profile(first, second, splitter=splitter)
    assert found.success == pytest.approx(first * second * 0.5, rel=1e-9, abs=0)
    # Heralds at one output come with db T·R and bd R·T: each is Ψ+; at unequal ones with T² and R².
    through, over = splitter, 1 - splitter
    assert found.fidelity == pytest.approx(0.5 + 2 * through * over, abs=1e-9)


def test_two_rounds_of_emitters_that_emit_twice() -> None:
    """Each round keeps 1 - p of the coherence where the second photon is never seen."""
    memory = AtomicMemory(double_excitation=0.1)
    hardware = replace(link_hardware(0.3, 0.2), first=memory, second=memory)
    found = BarrettKok().profile(hardware)
    assert found.success == pytest.approx(0.03)
    assert found.fidelity == pytest.approx((1 + 0.9**2) / 2)


@pytest.mark.parametrize(
    ("fidelity", "visibility", "published"),
    [(0.979, 1.0, 0.958), (0.979, 0.98, 0.949), (0.975, 0.98, 0.941)],
)
def test_emitter_photon_fidelities_are_of_each_node(
    fidelity: float, visibility: float, published: float
) -> None:
    """Stephenson et al. (2020): a pair made of two ion-photon states."""
    memory = AtomicMemory(emitter_photon_fidelity=fidelity)
    eta = (2 * 2.18e-4) ** 0.5
    hardware = replace(link_hardware(eta, eta), first=memory, second=memory)
    found = TwoPhoton(visibility=visibility).profile(hardware)
    form = heralding.two_photon_laboratory(
        (eta, eta), visibility=visibility, emitter_photon_fidelity=(fidelity, fidelity)
    )
    assert found.success == pytest.approx(form.probability)
    assert found.fidelity == pytest.approx(form.fidelity, abs=1e-9)
    # As a product of fidelities, without what white noise of both has in common with the state.
    assert found.fidelity == pytest.approx(published, abs=1e-3)
    one = replace(hardware, second=AtomicMemory())
    assert TwoPhoton().profile(one).fidelity == pytest.approx(fidelity, abs=1e-12)


def test_photons_with_a_shape_leave_what_their_window_keeps() -> None:
    """p = (capture η)²/2 and F = (1 + C²)/2, with C the coherence that one click in the window keeps."""
    memory = AtomicMemory(lifetime=12e-9, optical_coherence_time=15e-9)
    detector = ThresholdDetector(efficiency=0.8, window=20e-9, window_start=1e-9, count_rate=None)
    hardware = replace(link_hardware(0.3, 0.3), first=memory, second=memory, detectors=(detector, detector))
    found = BarrettKok(detuning=10e6).profile(hardware)
    shape = (12e-9, 20e-9, 15e-9, 10e6, 1e-9)
    kept = photon_shape.capture(12e-9, 20e-9, 1e-9)
    assert found.success == pytest.approx((0.3 * 0.8 * kept) ** 2 / 2)
    assert found.fidelity == pytest.approx((1 + photon_shape.coherence(*shape) ** 2) / 2)


def test_dead_times_shorter_than_a_window_cost_heralds_continuously() -> None:
    """Bins 60 ns apart do not feel dead times up to 10 ns: rounds are independent, as in Barrett-Kok."""
    heralds = []
    for dead in (0.0, 4e-12, 6e-12, 1e-9, 5e-9, 1e-8, 1.9e-8, 2.1e-8, 3.9e-8):
        model = ThresholdDetector(
            efficiency=0.4, dark_count_rate=2e7, window="20 ns", count_rate=1 / dead if dead else None
        )
        hardware = replace(link_hardware(0.8, 0.8, 0.0), detectors=(model, model))
        heralds.append(float(TwoPhoton(bin_separation=60e-9).profile(hardware).success))
        if dead <= 1e-8:
            independent = float(BarrettKok().profile(hardware).success)
            assert heralds[-1] == pytest.approx(independent, rel=1e-7)
    assert heralds[0] == pytest.approx(0.2574402, rel=1e-6)
    assert heralds == sorted(heralds, reverse=True)
    # No jump where blindness comes to be followed from bin to bin, at a share of 1e-4 of the time.
    assert heralds[1:3] == pytest.approx([heralds[0]] * 2, rel=1e-6)
