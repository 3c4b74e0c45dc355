"""The published studies: each command runs from end to end, and what is exact is exact."""

from __future__ import annotations

import importlib
import json
import struct
import subprocess
import sys
from math import log2
from pathlib import Path

import numpy as np
import pytest

import qsim
from qsim.scenario import from_document
from tests.protocols.metropolitan import without_light
from tests.protocols.oracle_requests import Oracle, S
from tests.statistics import ROOM, worst

STUDIES = Path(__file__).parents[2] / "examples" / "studies"
SCRIPTS = sorted(file.stem for file in STUDIES.glob("[!_]*.py"))


@pytest.fixture
def study(monkeypatch):
    """Imports a study as its own command does, beside the modules that it shares with the others."""
    monkeypatch.syspath_prepend(str(STUDIES))
    before = set(sys.modules)
    yield importlib.import_module
    for name in {"_script", "_figure", "_load_policies", "_delivered", *SCRIPTS} & (
        set(sys.modules) - before
    ):
        del sys.modules[name]


def command(name: str, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, str(STUDIES / f"{name}.py"), "--out", str(out), "--quick", "--workers", "1"]
    return subprocess.run([*arguments, *more], capture_output=True, text=True, cwd=out.parent, check=False)


def kept(out: Path) -> dict[Path, int]:
    """The files of finished runs, and when they were written."""
    return {file: file.stat().st_mtime_ns for file in out.rglob("*.zip")}


def test_all_seven_are_there():
    assert SCRIPTS == [
        "anticipated_load",
        "formalisms",
        "hardware_parameters",
        "key_rates",
        "latency",
        "redistribution",
        "repeater_chain",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_trial_run_prints_tables_and_writes_them_with_the_figure(name, tmp_path):
    out = tmp_path / "out"
    done = command(name, out)
    assert (done.returncode, done.stderr) == (0, "")
    figure = out / f"study-{name.replace('_', '-')}.png"
    data = figure.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 1440
    assert 500 < height < 1500
    assert len(data) < 300_000
    report = figure.with_suffix(".md").read_text()
    assert report.count("| --- |") >= 3
    assert done.stdout.startswith(report.rstrip())
    assert "nan" not in report


def test_the_same_command_goes_on_where_it_was_cut_short(tmp_path):
    out = tmp_path / "out"
    assert command("repeater_chain", out).returncode == 0
    report = (out / "study-repeater-chain.md").read_text()
    whole = kept(out)
    assert len(whole) == 80
    lost = sorted(whole)[:3]
    for file in lost:
        file.unlink()
    assert command("repeater_chain", out).returncode == 0
    assert (out / "study-repeater-chain.md").read_text() == report
    assert {file: time for file, time in kept(out).items() if file not in lost} == {
        file: time for file, time in whole.items() if file not in lost
    }


def test_a_place_that_is_taken_is_said_in_a_sentence(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "runs").write_text("mine")
    done = command("repeater_chain", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_redistribution_completes_the_published_requests_seed_for_seed(study, sized):
    redistribution = study("redistribution")
    seeds = sized(2, 10)
    requests = redistribution.grant_requests(None, 1, seeds)
    completed = redistribution.by_size(requests)
    assert len(completed) == 6
    for label, published in redistribution.PUBLISHED_SEEDS.items():
        ours = completed[redistribution.OWN[label], label]
        assert ours[:5] == list(published[:seeds])
        if seeds == 10:
            assert sum(ours) / seeds == redistribution.PUBLISHED_CAPACITY[label]
    assert redistribution.faults_of_requests(completed) == []
    wrong = {key: [count + 1 for count in counts] for key, counts in completed.items()}
    assert len(redistribution.faults_of_requests(wrong)) == (8 if seeds == 10 else 2)


class Drawing(Oracle):
    """The independent request process with given bounds of the number of memories."""

    def __init__(self, upper, *arguments):
        super().__init__(*arguments)
        self.upper = upper

    def window(self, node):
        random = self.random[node]
        start = self.now + int(random.integers(10, 20)) * S // 10
        end = start + int(random.integers(10, 20)) * S
        return start, end, int(random.integers(10, self.upper[node]))


@pytest.mark.parametrize("label", ["even", "weighted"])
def test_redistribution_with_other_sizes_agrees_with_an_independent_program(study, label):
    redistribution = study("redistribution")
    scenario = without_light("even")
    engine = scenario.engine(seed=3)
    nodes = list(engine.nodes.values())
    order = {node.name: node.index for node in nodes}
    pairs = [(a, b) for a in nodes for b in nodes if a is not b]
    delays = {(a.index, b.index): a.delay_to(b) for a, b in pairs}
    paths = {(a.index, b.index): [order[name] for name in engine.path(a.name, b.name)] for a, b in pairs}
    counts = redistribution.ALLOCATIONS[label]
    assert list(counts) == [node.name for node in nodes]
    for bounds in redistribution.SIZES.values():
        document = {
            **scenario.document,
            "traffic": [{**scenario.document["traffic"][0], "memories_max": bounds}],
        }
        overrides = [f"nodes.{node}.memory.count={count}" for node, count in counts.items()]
        ours = from_document(document, overrides=overrides).run(seed=3)
        upper = bounds * len(nodes) if len(bounds) == 1 else bounds
        oracle = Drawing(upper, 3, list(counts.values()), delays, paths, 1000 * S)
        expected = [(start, end, size) for _, _, start, end, size, _, _ in oracle.run()]
        rows = [(round(f.start_s * S), round(f.end_s * S), f.memories) for f in ours.flows]
        assert rows == expected


def test_latency_gives_the_delays_it_names(study):
    latency = study("latency")
    document = dict(qsim.load(latency.FILE).document)
    found = {}
    for label, classical in latency.delays().items():
        engine = from_document({**document, "classical": classical}).engine()
        nu, starlight, pme = (engine.nodes[name] for name in ("NU", "StarLight", "UChicago_PME"))
        found[label] = nu.delay_to(starlight), nu.delay_to(pme)
    us = 10**6
    assert found == {
        latency.MEASURED: (397.5 * us, 2647.5 * us),
        # 20 km and 36 km at 2e8 m/s, and 12 us.
        latency.FIBRE: (112 * us, 192 * us),
        latency.LOW: (17 * us, 17 * us),
    }


@pytest.mark.slow
def test_granted_requests_are_the_same_with_light_and_deliver_what_their_routes_give(study, tmp_path):
    """In a dimmer light than the study's, which gives a sixteenth of the pairs, and a cut of its demand."""
    anticipated, delivered = study("anticipated_load"), study("_delivered")
    dim = tmp_path / "dim.yaml"
    text = anticipated.SCENARIO.read_text()
    assert "detector: {efficiency: 0.8," in text
    dim.write_text(text.replace("detector: {efficiency: 0.8,", "detector: {efficiency: 0.2,"))
    light = delivered.lit(dim, anticipated.MEASURED, tmp_path / "light", 1, 4)
    rate = delivered.rates(light)
    assert len(rate) == 72
    allocation = {"kind": "reactive", "budget": anticipated.BUDGET, "share": 0.5, "delay": 10}
    measured = qsim.load(anticipated.MEASURED).document["classical"]
    written = qsim.load(dim).document["classical"]
    runs = {"light": (0.2, measured), "dark": (0, measured), "file's delays": (0, written)}
    keys = ("label", "defaults.detector.efficiency", "classical")
    points = [dict(zip(keys, (label, *values), strict=True)) for label, values in runs.items()]
    common = [
        "protocols.allocation=" + json.dumps(allocation),
        *(f"traffic[{i}].warm_up=0" for i in range(4)),
    ]
    done = qsim.sweep(dim, list=points, overrides=common, duration="120 s", out=tmp_path / "runs", workers=1)
    flows = done.frame("flows")
    windows = [*delivered.ENDS, "memories", "start_s", "end_s"]
    dark, lit, other = (flows[flows["label"] == label] for label in ("dark", "light", "file's delays"))
    assert len(dark) > 60
    assert dark[windows].to_numpy().tolist() == lit[windows].to_numpy().tolist()
    # Other delays move a window by milliseconds.
    assert len(other) == len(dark)
    assert np.allclose(sorted(dark["end_s"]), sorted(other["end_s"]), rtol=0, atol=0.02)
    assert anticipated.accepted(done.frame("metrics")).nunique() == 1
    expected = delivered.delivered(flows, rate, 0)
    assert expected.loc["dark"].tolist() == expected.loc["light"].tolist()
    counts = light.frame("flows").groupby(delivered.ENDS)["pairs"].sum()
    routes = lit.assign(seconds=lit["memories"] * (lit["end_s"] - lit["start_s"]))
    routes = routes.groupby(delivered.ENDS)[["seconds", "pairs"]].sum()
    # Poisson, of the run and of the rates that it is held against.
    variance = routes["seconds"] * rate + (routes["seconds"] * rate) ** 2 / counts
    deviates = (routes["pairs"] - routes["seconds"] * rate) / variance**0.5
    assert worst(deviates.to_numpy()) < ROOM
    assert abs(lit["pairs"].sum() - expected.loc["light", "pairs"]) < ROOM * variance.sum() ** 0.5


def test_formalisms_lose_as_much_in_the_gate_as_in_the_factor(study):
    formalisms = study("formalisms")
    error = formalisms.VARIANTS[formalisms.NOISY][formalisms.GATES]
    assert 1 - 12 * error / 15 == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("fidelity", "ebits"),
    [(1.0, 1.0), (0.25, 0.0), (0.5, 0.0), (0.81, 0.0), (0.9, 1 + 0.9 * log2(0.9) + 0.1 * log2(0.1 / 3))],
)
def test_chain_counts_ebits_by_the_hashing_bound(study, fidelity, ebits):
    assert study("repeater_chain").hashing_bound(fidelity) == pytest.approx(ebits)


def test_chain_points_keep_the_distance_whatever_the_repeaters(study):
    chain = study("repeater_chain")
    for repeaters in chain.REPEATERS:
        values = chain.point(repeaters, 120e3, 10)
        assert values["topology.length"] * (values["topology.nodes"] - 1) == pytest.approx(120e3)
        assert values["traffic[0].responder"] == f"n{values['topology.nodes'] - 1}"


@pytest.mark.parametrize(
    ("mean", "low", "high", "shown"),
    [
        (227.1, 220.84, 233.36, "227.1 ± 6.3"),
        (0.8123, 0.8113, 0.8133, "0.8123 ± 0.0010"),
        (1234.5, 1200.4, 1268.6, "1,234 ± 34"),
        (3.0, 3.0, 3.0, "3.000"),
        (0.98004, 0.98003, 0.98005, "0.9800"),
        (0.0, 0.0, 0.0, "0"),
        (2.5, float("nan"), float("nan"), "2.500"),
        (float("nan"), float("nan"), float("nan"), "none"),
    ],
)
def test_intervals_are_written_to_two_digits_of_their_half_width(study, mean, low, high, shown):
    import pandas as pd

    row = pd.Series({"mean": mean, "low": low, "high": high})
    assert study("_script").interval(row) == shown
