"""What key the pairs of ordinary flows give: error rates of their states, never of a mean fidelity."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, sqrt
from typing import Any

import pytest

import qsim
from qsim.analytic import qkd
from qsim.results.run_metrics import KEY_METRICS, RUN_METRICS, run_metrics
from qsim.results.tidy import usual_columns
from qsim.scenario import from_document
from tests.protocols.scenes import chain, clocked
from tests.statistics import ROOM, Estimate


def result(memory: dict[str, Any] | None = None, fidelity: float = 0.97, **run: Any) -> Any:
    """One flow over one link."""
    document = chain(
        (0.1,),
        memory=memory or {},
        generation=clocked(1e-4, fidelity=fidelity),
        traffic=[{"kind": "request", "initiator": "n0", "responder": "n1"}],
        run={"duration": "50 ms", "error_rates": True, **run},
    )
    return from_document(document).run(seed=1)


def test_werner_pairs_are_alike_in_both_bases() -> None:
    flow = result().flows[0]
    assert flow.error_z == pytest.approx(0.02)
    assert flow.error_x == pytest.approx(0.02)
    assert flow.key_fraction == pytest.approx(qkd.bb84_fraction(0.02))
    assert flow.key_rate_hz == pytest.approx(flow.throughput_hz * flow.key_fraction)


@pytest.mark.parametrize("formalism", ["bell-diagonal", "density-matrix"])
def test_dephasing_is_in_x_alone_in_every_formalism(formalism: str) -> None:
    flow = result({"t2": "1 ms"}, fidelity=1.0, formalism=formalism).flows[0]
    assert flow.error_z == pytest.approx(0, abs=1e-12)
    assert flow.error_x == pytest.approx(1 - flow.fidelity_mean)
    right = 1 - qkd.binary_entropy(flow.error_x)
    wrong = qkd.bb84_fraction(qkd.werner_error_rate(flow.fidelity_mean))
    assert flow.key_fraction == pytest.approx(right)
    assert right > wrong + 0.1


def test_relaxation_is_in_both() -> None:
    """Halves that fall to |0> make unequal bits in Z, and lose their phase besides."""
    flow = result({"t1": "2 ms", "t2": "4 ms"}, fidelity=1.0, formalism="density-matrix").flows[0]
    assert 0.04 < flow.error_z < 0.3
    assert 0.02 < flow.error_x < 0.3
    assert flow.key_fraction == pytest.approx(qkd.pair_fraction(flow.error_z, flow.error_x))


def test_runs_that_are_not_told_to_stay_as_they_were() -> None:
    quiet, told = result(error_rates=False), result()
    assert quiet.flows[0].error_z is None
    assert quiet.flows[0].key_rate_hz is None
    assert not KEY_METRICS.keys() & run_metrics(quiet).keys()
    assert quiet.flows[0].pairs == told.flows[0].pairs
    assert "error_z" not in quiet.to_dict()["flows"][0]
    assert told.to_dict()["flows"][0]["error_z"] == told.flows[0].error_z


def test_figures_of_the_run_add_up_over_flows() -> None:
    told = result()
    figures, flow = run_metrics(told), told.flows[0]
    assert KEY_METRICS.keys() | RUN_METRICS.keys() <= figures.keys()
    assert figures["error_x"] == flow.error_x
    assert figures["key_rate_hz"] == pytest.approx(flow.pairs * flow.key_fraction / told.simulated_s)


def test_a_flow_without_pairs_has_no_error_rates() -> None:
    flow = result(duration="250 us").unfinished + result(duration="250 us").flows
    assert all(one.pairs == 0 and one.error_z is None for one in flow)


def test_a_sweep_has_them_as_metrics() -> None:
    net = qsim.Network("x", memory={"count": 2, "initial_fidelity": 0.98}, detector={"efficiency": 0.8})
    net.add_nodes("a", "b").add_link("a", "b", "10 km").request("a", "b")
    study = qsim.sweep(
        net,
        {"defaults.memory.t2": ["20 ms", "50 ms"], "run.error_rates": [True]},
        replicates=2,
        duration="0.1 s",
        workers=1,
    )
    table = study.summary(columns=["key_fraction", "error_x"])
    means = table[table["metric"] == "key_fraction"]["mean"].tolist()
    assert 0 < means[0] < means[1] < 1


def test_one_mean_fidelity_two_keys() -> None:
    """Two 0.98 pairs swapped and dephased to F = 0.857: 0.268 of a pair is key, 0.092 by F alone."""
    error_z, fidelity = 0.02631111, 0.857
    error_x = (2 * (1 - fidelity) - error_z) / 2
    assert qkd.pair_fraction(error_z, error_x) == pytest.approx(0.268, abs=2e-3)
    assert qkd.bb84_fraction(qkd.werner_error_rate(fidelity)) == pytest.approx(0.092, abs=2e-3)


def between(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that grows or falls all the way crosses 0."""
    up = function(high) > 0
    assert up != (function(low) > 0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if (function(middle) > 0) == up else (middle, high)
    return low


#: Pairs of .98, swapped: what is left of w = (4F - 1)/3 of both, and the error rate in Z.
SWAPPED = ((4 * 0.98 - 1) / 3) ** 2
ERROR_Z = (1 - SWAPPED) / 2


def coherence(delay: float, success: float, t2: float) -> float:
    """What dephasing leaves in the mean of a pair of two links that start together, messages d, all in ms.

    The two halves of either pair are stored for d till their ends know of it, and the outer ones for d more
    till they know of the swap: 6d in all. Attempts take 3d/2; the pair of the link that is first waits in its
    two memories for so many of them as the other link needs more, a difference of two geometric numbers.
    """
    each, failed = exp(-3 * delay / t2), 1 - success
    waits = success / (2 - success) * (1 + 2 * failed * each / (1 - failed * each))
    return exp(-6 * delay / t2) * waits


def needed_coherence(key: float) -> float:
    """The coherence at which a swapped pair gives so much of a bit."""
    return between(lambda one: qkd.pair_fraction(ERROR_Z, (1 - SWAPPED * one) / 2) - key, 0.5, 1)


def test_stored_and_swapped_pairs_give_the_key_of_their_states() -> None:
    """0.268 and 0.048 of a bit a pair at T2 of 50 and 20 ms, 0.092 and none by mean fidelity.

    One delay and one chance of success give both, which are two equations for two unknowns; a chain of these
    is simulated, and its key comes out at both T2.
    """
    stated = {50.0: (0.268, 0.092), 20.0: (0.048, 0.0)}
    left = {t2: needed_coherence(key) for t2, (key, _) in stated.items()}

    def delayed(success: float) -> float:
        return between(lambda delay: coherence(delay, success, 50) - left[50], 1e-6, 10)

    success = between(lambda one: coherence(delayed(one), one, 20) - left[20], 0.02, 1)
    delay = delayed(success)
    for t2, (key, by_fidelity) in stated.items():
        document = chain(
            (delay, delay),
            swapping="asap",
            memory={"t2": t2 * 1e-3},
            generation=clocked(1e-6, success, 0.98),
            traffic=[{"kind": "request", "initiator": "n0", "responder": "n2", "memories": 1}],
            run={"duration": "20 s", "error_rates": True, "record_pairs": False},
        )
        (flow,) = from_document(document).run(seed=1).flows
        assert flow.pairs > 2000
        assert flow.error_z == pytest.approx(ERROR_Z)
        # The square of what is left of one pair is what twice as fast a decay leaves.
        spread = sqrt(coherence(delay, success, t2 / 2) - coherence(delay, success, t2) ** 2)
        found = Estimate((1 - 2 * flow.error_x) / SWAPPED, spread / sqrt(flow.pairs))
        assert found.sigmas(left[t2]) < ROOM
        # Some four standard errors, as for the sharper check above under this seed.
        assert flow.key_fraction == pytest.approx(key, abs=0.02)
        told = qkd.bb84_fraction(qkd.werner_error_rate(flow.fidelity_mean))
        assert told == pytest.approx(by_fidelity, abs=0.03)


def test_who_asks_for_error_rates_is_shown_them() -> None:
    quiet, told = (result(error_rates=asked) for asked in (False, True))
    assert "key bits/s" not in quiet.text()
    assert "key bits/s" in told.text()
    assert "key_rate_hz" not in usual_columns("runs", run_metrics(quiet))
    assert "key_rate_hz" in usual_columns("runs", run_metrics(told))
