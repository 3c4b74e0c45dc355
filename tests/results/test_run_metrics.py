from __future__ import annotations

import math

import pytest

import qsim
from qsim.errors import ResultError
from qsim.model.rows import MemoryRow, MetricRow
from qsim.results.run_metrics import RUN_METRICS, described_metrics, metric_value, run_metrics
from tests.results.specimens import flow, result


def test_every_metric_of_a_run_by_hand() -> None:
    run = result(
        flows=(
            flow(pairs=30, throughput_hz=3.0, fidelity_mean=0.9, latency_mean_s=0.2, wait_s=1.0),
            flow(
                pairs=0,
                throughput_hz=0.0,
                fidelity_mean=None,
                latency_mean_s=None,
                wait_s=2.0,
                status="stalled",
                wanted=20,
            ),
        ),
        unfinished=(flow(pairs=10, fidelity_mean=0.8, latency_mean_s=1.0, wait_s=50.0, status="open"),),
        memories=(MemoryRow("a", 10, 0.1, 0.01, 1), MemoryRow("b", 30, 0.5, 0.02, 4)),
    )
    assert run_metrics(run) == {
        "completed": 1,
        "short": 1,
        "unfinished": 1,
        "stalled": 1,
        "rejected": 3,
        "pairs": 40,
        "throughput_hz": 0.4,
        "completed_throughput_hz": 0.3,
        "flow_throughput_hz": 1.5,
        "fidelity_mean": pytest.approx((30 * 0.9 + 10 * 0.8) / 40),
        "latency_mean_s": pytest.approx((30 * 0.2 + 10 * 1.0) / 40),
        "wait_mean_s": 1.5,
        "utilisation": pytest.approx(0.4),
        "entangled": pytest.approx(0.0175),
        "expired": 5,
        "attempts": 1000,
        "heralds": 250,
        "events": 1234,
        "teleportation: latency": pytest.approx(0.0025),
        "teleportation: latency, n": 12,
    }


def test_a_run_in_which_nothing_happened_has_counts_but_no_means() -> None:
    idle = result(flows=(), unfinished=(), links=(), memories=(), metrics=(), simulated_s=0.0, rejected=0)
    empty = {name for name, value in run_metrics(idle).items() if value is None}
    assert empty == {
        "throughput_hz",
        "completed_throughput_hz",
        "flow_throughput_hz",
        "fidelity_mean",
        "latency_mean_s",
        "wait_mean_s",
        "utilisation",
        "entangled",
    }
    assert metric_value(idle, "pairs") == 0.0
    assert metric_value(idle, "fidelity_mean") is None


def test_a_quantity_measured_by_several_is_weighted_by_the_measurements() -> None:
    rows = (
        MetricRow("keys", "length", "1", 1, 4.0, None),
        MetricRow("keys", "length", "1", 3, 8.0, 1.0),
        MetricRow("keys", "length", "1", 0, None, None),
    )
    figures = run_metrics(result(metrics=rows))
    assert (figures["keys: length"], figures["keys: length, n"]) == (7.0, 4)


def test_every_metric_is_described() -> None:
    runs = [result(), result(metrics=(MetricRow("keys", "rate", "bit/s", 3, 5.0, 1.0),)), result(metrics=())]
    described = described_metrics(runs)
    assert list(described)[: len(RUN_METRICS)] == list(RUN_METRICS)
    assert set(described) == {name for run in runs for name in run_metrics(run)}
    assert {name: metric.name for name, metric in described.items()} == {name: name for name in described}
    assert all(metric.doc and not metric.doc.endswith(".") for metric in described.values())
    assert described["keys: rate"].unit == "bit/s"
    assert described["keys: rate, n"].unit == "1"


def test_the_unit_is_in_the_name_where_there_is_one() -> None:
    endings = {"Hz": "_hz", "s": "_s"}
    for metric in RUN_METRICS.values():
        assert metric.unit == "1" or metric.name.endswith(endings[metric.unit])


def test_counts_are_whole_numbers() -> None:
    figures = run_metrics(result())
    counts = {name for name, metric in described_metrics([result()]).items() if metric.count}
    assert counts == {name for name, value in figures.items() if isinstance(value, int)}


def test_an_unknown_metric_is_refused_with_the_nearest() -> None:
    with pytest.raises(ResultError, match=r"no metric 'throughput' \(did you mean 'throughput_hz'\?\)"):
        metric_value(result(), "throughput")


def test_runs_of_one_seed_agree_in_every_metric() -> None:
    network = qsim.Network(memory={"count": 2, "t2": "50 ms"}).add_nodes("a", "b", "c")
    network.add_link("a", "b", "10 km").add_link("b", "c", "10 km")
    network.request("a", "c").add_traffic("teleportation", initiator="a", responder="b", pairs=5)
    one, same, other = (run_metrics(network.run(duration="100 ms", seed=seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert one["pairs"] > 0
    assert all(value is None or math.isfinite(value) for value in one.values())
