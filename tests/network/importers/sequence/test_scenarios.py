"""Converted configurations as scenarios: they check clean, and have the physics that SeQUeNCe has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.segments import segments
from qsim.network.importers import convert_file
from qsim.network.importers.sequence import convert
from qsim.scenario import Scenario, from_document, to_yaml
from tests.network.importers.sequence import configurations
from tests.network.importers.sequence.configurations import SPECIMENS, reference_files


def scenario(document: dict[str, Any]) -> Scenario:
    return from_document(convert(document).document)


def profile(made: Scenario, index: int) -> Any:
    """One attempt on a link, by the link model's own calculation."""
    segment = list(segments({node.name: node for node in made.nodes}, made.links))[index]
    return segment.model.profile(segment.hardware)


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_conversions_check_clean(specimen: Callable[[], dict[str, Any]]) -> None:
    made = scenario(specimen())
    assert len(made.traffic) == (2 if specimen is configurations.keys else 0)


@pytest.mark.parametrize("path", list(reference_files()), ids=lambda path: path.name)
def test_published_configurations_check_clean(path: Path) -> None:
    document = convert_file(path).document
    assert from_document(document).traffic == ()


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_conversions_survive_being_written(specimen: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    from qsim.scenario import load

    document = convert(specimen()).document
    (tmp_path / "s.yaml").write_text(to_yaml(document), encoding="utf-8")
    assert load(tmp_path / "s.yaml").document == from_document(document).document


@pytest.mark.parametrize("index", [0, 1])
def test_barrett_kok_has_the_closed_form_of_the_published_runs(index: int) -> None:
    # Wu et al., arXiv 2009.12000, source of 2020: an attempt succeeds with eta^2 / 2, and its first round
    # passes with one click from one photon, or with both photons on one detector, which makes one click.
    made = scenario(configurations.chain())
    arm = made.links[index].length / 2
    eta = 0.75 * 10 ** (-0.0002 * arm / 10) * 0.8
    attempt = profile(made, index)
    assert attempt.success == pytest.approx(eta**2 / 2, rel=1e-12)
    assert attempt.first_round_success == pytest.approx(
        eta / 2 + (2 * eta * (1 - eta) + eta**2 / 2) / 4, rel=1e-12
    )
    assert attempt.fidelity == pytest.approx(0.95, rel=1e-12)


@pytest.mark.parametrize(
    ("upstream", "downstream", "steps"), [("east", "centre", 4.5), ("centre", "east", 3.5)]
)
def test_rates_follow_the_closed_form_of_the_published_runs(
    upstream: str, downstream: str, steps: float
) -> None:
    # Rate per memory p / (T1 + P2 T2), with T1 = 3.5 d + q when the responder's name is the greater and
    # 4.5 d + q otherwise, T2 = 2.5 d + q, delay d and flight q.
    document = convert(configurations.chain()).document
    document["run"]["duration"] = 20.0
    document["traffic"] = [
        {"kind": "request", "initiator": upstream, "responder": downstream, "memories": 10, "pairs": 10**6}
    ]
    made = from_document(document)
    attempt = profile(made, 0)
    delay, flight = 0.25e-3, 1e4 / 2e8
    rate = (
        10 * attempt.success / (steps * delay + flight + attempt.first_round_success * (2.5 * delay + flight))
    )
    flow = made.run(seed=3).flows[0]
    assert flow.throughput_hz == pytest.approx(rate, rel=4 / flow.pairs**0.5)


def test_single_heralded_generation_needs_both_photons() -> None:
    document = configurations.arms()
    for detector in document["templates"]["station"]["SingleHeraldedBSM"]["detectors"]:
        detector["dark_count"] = 0
    made = scenario(document)
    eta = [10 ** (-0.0002 * arm / 10) * 0.95 for arm in (6000, 2000)]
    attempt = profile(made, 0)
    # Dead times of detectors between the two bins are not SeQUeNCe's.
    assert attempt.success == pytest.approx(eta[0] * eta[1] / 2, rel=1e-9)
    assert attempt.fidelity == pytest.approx(0.9, rel=1e-9)


def test_stored_pairs_decay_as_bell_diagonal_pairs_do_in_sequence() -> None:
    # A Werner pair of fidelity 0.95 after 0.1 s in two memories of 1 s that err alike on all axes.
    from qsim.registry import lookup

    document = configurations.arms()
    document["templates"]["router"]["MemoryArray"] = {"coherence_time": 1}
    noise = scenario(document).nodes[0].memory.noise()
    state = lookup("formalism", "bell-diagonal").werner(0.95).decayed(noise, noise, 0.1)
    assert state.fidelity() == pytest.approx(0.786150, abs=1e-6)


def test_uneven_errors_decay_as_bell_diagonal_pairs_do_in_sequence() -> None:
    from qsim.registry import lookup

    document = configurations.arms()
    document["templates"]["router"]["MemoryArray"] = {
        "coherence_time": 1,
        "decoherence_errors": [0.2, 0.1, 0.7],
    }
    noise = scenario(document).nodes[0].memory.noise()
    state = lookup("formalism", "bell-diagonal").werner(0.95).decayed(noise, noise, 0.1)
    assert sorted(state.probabilities()) == pytest.approx(
        sorted((0.789174, 0.124722, 0.049696, 0.036408)), abs=1e-6
    )
