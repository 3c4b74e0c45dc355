"""The request process of the published metropolitan network, flow for flow."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.protocols.metropolitan import digest, flows, scenario, without_light
from tests.protocols.oracle_requests import Oracle, S

#: Number of completed requests and digest of the published list of flows, by allocation and seed.
PUBLISHED = {
    ("even", 0): (220, "8da072e11cf1207a93789b0e"),
    ("even", 1): (233, "52110c49ffe74c1a985de566"),
    ("even", 2): (235, "d67939937c3d3e35b4a96f9c"),
    ("even", 3): (217, "bd7293e070645caaf0adf50f"),
    ("even", 4): (220, "2361d1b922691de8168e115b"),
    ("weighted", 0): (394, "096dc3f8542d4f4b386757df"),
    ("weighted", 1): (386, "4df5f8c873e78f97fb0046b4"),
    ("weighted", 2): (396, "294ad8ba7b0e56d631181813"),
    ("weighted", 3): (393, "52c97775ec68457a044783d5"),
    ("weighted", 4): (384, "93bc24404b4056518efb97fd"),
}


@pytest.fixture(scope="module", params=["even", "weighted"])
def allocation(request):
    return request.param


@pytest.fixture(scope="module")
def blind(allocation):
    return without_light(allocation)


@pytest.mark.parametrize("seed", range(5))
def test_served_flows_are_the_published_ones(allocation, blind, seed):
    result = blind.run(seed=seed)
    completed, fingerprint = PUBLISHED[allocation, seed]
    assert result.completed == len(result.flows) == completed
    assert digest(flows(result.flows)) == fingerprint


@pytest.mark.skipif(not os.environ.get("QSIM_REFERENCE_DATA"), reason="QSIM_REFERENCE_DATA is not set")
@pytest.mark.parametrize("seed", range(5))
def test_served_flows_equal_the_published_file(allocation, blind, seed):
    file = Path(os.environ["QSIM_REFERENCE_DATA"]) / "sequence-2020" / f"{allocation}-{seed}.csv"
    with file.open() as lines:
        published = [
            (
                row["Initiator"],
                row["Responder"],
                int(float(row["Start_time"])),
                int(float(row["End_time"])),
                int(row["Memory_size"]),
                float(row["Fidelity"]),
                int(float(row["Wait_time"])),
            )
            for row in csv.DictReader(lines)
        ]
    assert flows(blind.run(seed=seed).flows) == published


@pytest.mark.parametrize("seed", [5, 17, 2**31])
def test_any_seed_agrees_with_an_independent_implementation(blind, seed):
    engine = blind.engine(seed=seed)
    nodes = list(engine.nodes.values())
    order = {node.name: node.index for node in nodes}
    pairs = [(a, b) for a in nodes for b in nodes if a is not b]
    oracle = Oracle(
        seed,
        [len(node.memories) for node in nodes],
        {(a.index, b.index): a.delay_to(b) for a, b in pairs},
        {(a.index, b.index): [order[name] for name in engine.path(a.name, b.name)] for a, b in pairs},
        1000 * S,
    )
    names = [node.name for node in nodes]
    expected = [(names[first], names[second], *rest) for first, second, *rest in oracle.run()]
    assert flows(engine.run().flows) == expected


def test_the_quantum_layer_does_not_touch_the_requests(allocation):
    lit = scenario(allocation, **{"run.duration": "60 s"}).run(seed=3)
    dark = scenario(allocation, **{"run.duration": "60 s", "defaults.memory.efficiency": 0}).run(seed=3)
    assert flows(lit.flows) == flows(dark.flows)
    assert sum(row.pairs for row in lit.flows) > 0 == sum(row.pairs for row in dark.flows)


def test_paths_are_the_published_ones():
    """Shortest paths by fibre length are symmetric; three of them stand for all."""
    engine = without_light("even").engine(seed=0)

    def path(a, b):
        return list(engine.path(a, b))

    assert path("NU", "Fermilab_2") == ["NU", "StarLight", "Fermilab_1", "Fermilab_2"]
    assert path("UChicago_HC", "Argonne_2") == ["UChicago_HC", "UChicago_PME", "Argonne_1", "Argonne_2"]
    farthest = ["Fermilab_2", "Fermilab_1", "StarLight", "UChicago_PME", "UChicago_HC"]
    assert path("Fermilab_2", "UChicago_HC") == farthest
    for a in engine.nodes:
        for b in engine.nodes:
            if a != b:
                assert path(a, b) == path(b, a)[::-1]


def test_one_way_delays_are_half_the_mean_round_trip():
    engine = without_light("even").engine(seed=0)
    delay = engine.node("NU").delay_to(engine.node("UChicago_PME"))
    assert delay == engine.node("UChicago_PME").delay_to(engine.node("NU")) == 2_647_500_000
    station = engine.links[0].station
    assert station.delay_to(engine.node("NU")) == 198_750_000
