"""SeQUeNCe configurations as scenario documents."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from qsim.errors import NetworkError
from qsim.network.importers.sequence import convert, is_sequence
from qsim.network.loss_report import Effect
from tests.network.importers.sequence import configurations
from tests.network.importers.sequence.reports import entries


def test_chain() -> None:
    conversion = convert(configurations.chain(), source="chain.json", name="Chain")
    assert conversion.document == {
        "qsim": 2,
        "name": "Chain",
        "run": {"duration": 2.0, "seed": 0, "formalism": "scalar-fidelity"},
        "defaults": {
            "memory": {
                "kind": "atomic",
                "efficiency": 0.75,
                "frequency": 2e3,
                "initial_fidelity": 0.95,
                "wavelength": 780e-9,
            },
            "fibre": {"attenuation": 0.0002, "speed": 2e8, "slot_rate": 80e6},
            "detector": {
                "efficiency": 0.8,
                "dark_count_rate": 0.0,
                "count_rate": 5e7,
                "time_resolution": 1e-10,
                "window": 1e-10,
            },
            "link_model": {"kind": "barrett-kok", "handshake": "negotiated", "bunching": False},
        },
        "nodes": {
            "east": {"memory": {"count": 10}},
            "centre": {"memory": {"count": 20}},
            "west": {"memory": {"count": 10}},
        },
        "links": [
            {"between": ["east", "centre"], "length": 20_000},
            {"between": ["centre", "west"], "length": 10_000},
        ],
        "classical": {
            "one_way": {
                "nodes": ["east", "centre", "west"],
                "table": [[0.0, 0.25e-3, 0.75e-3], [0.25e-3, 0.0, 0.5e-3], [0.75e-3, 0.5e-3, 0.0]],
            },
            "station": "half",
        },
        "protocols": {
            "cutoff": {"kind": "age", "after": 0.65},
            "swapping": {
                "kind": "nested",
                "success_probability": 0.64,
                "consent": True,
                "degradation": 0.99,
            },
            "purification": {"kind": "bbpssw", "match": "equal"},
            "routing": "shortest-path",
        },
    }
    assert conversion.report.losses == ()
    assert not entries(conversion, Effect.ASSUMED)
    assert set(entries(conversion, Effect.HARMLESS)) == {
        "nodes[0].seed",
        "nodes[1].seed",
        "nodes[2].seed",
        "qconnections[0].seed",
        "formalism",
        "is_parallel",
        "templates.station.SingleAtomBSM.phase_error",
    }


def test_arms_of_different_length_and_directions_of_different_delay() -> None:
    conversion = convert(configurations.arms())
    made = conversion.document
    assert made["links"] == [{"between": ["left", "right"], "length": 8000.0, "midpoint": 0.75}]
    assert made["classical"] == {
        "one_way": {"nodes": ["left", "right"], "table": [[0.0, 40e-6], [60e-6, 0.0]]}
    }
    assert made["defaults"]["link_model"] == {
        "kind": "two-photon",
        "handshake": "negotiated",
        "bin_separation": pytest.approx(1.006e-9),
    }
    assert made["run"] == {"duration": 1.5, "seed": 0, "formalism": "bell-diagonal"}
    assert made["protocols"]["swapping"] == {"kind": "nested", "success_probability": 1.0, "consent": True}
    memory = made["defaults"]["memory"]
    assert [memory[f"pauli_{axis}"] for axis in "xyz"] == [0.1, 0.05, 0.35]
    assert made["protocols"]["cutoff"] == {"kind": "age", "after": 2}
    assert set(entries(conversion, Effect.CHANGED)) == {
        "templates.router.MemoryArray.decoherence_errors",
        "templates.router.routing",
        "templates.station.SingleHeraldedBSM.detectors[0].dark_count",
        "templates.station.SingleHeraldedBSM.detectors[1].dark_count",
    }
    (path, instead), *others = entries(conversion, Effect.DROPPED).items()
    assert path == "nodes[0].gate_fidelity"
    assert instead == "ideal operations; gate_error 0.01875 of the processor would apply it"
    assert not others
    assert "nodes[0].measurement_fidelity" in conversion.converted


def test_the_form_of_2020() -> None:
    made = convert(configurations.table()).document
    assert made["classical"] == {
        "round_trip": {
            "nodes": ["A", "B", "C"],
            "table": [[0.0, 1e-3, 0.5e-3], [1.2e-3, 0.0, 2e-3], [0.5e-3, 2e-3, 0.0]],
        },
        "station": "half",
    }
    assert list(made["nodes"]) == ["B", "A", "C"]
    assert made["defaults"]["memory"]["count"] == 50
    assert made["defaults"]["memory"]["initial_fidelity"] == 0.85
    assert made["protocols"]["swapping"]["degradation"] == 0.95


def test_a_table_beside_channels_becomes_one_way_delays() -> None:
    document = configurations.table()
    document["cconnections"] = [{"node1": "A", "node2": "C", "delay": 9_000_000_000}]
    made = convert(document).document["classical"]
    assert made["one_way"]["nodes"] == ["B", "A", "C"]
    assert made["one_way"]["table"] == [[0.0, 0.55e-3, 1e-3], [0.55e-3, 0.0, 9e-3], [1e-3, 9e-3, 0.0]]


def test_what_a_scenario_cannot_say_is_reported() -> None:
    conversion = convert(configurations.mixture())
    dropped, changed = entries(conversion, Effect.DROPPED), entries(conversion, Effect.CHANGED)
    assert set(dropped) == {
        "nodes[0].data_memo_size",
        "nodes[4].type",
        "nodes[6]",
        "qchannels[0]",
        "qconnections[0].frequency",
        "qconnections[1]",
        "templates.odd.DataMemoryArray.fidelity",
        "templates.odd.LightSource.frequency",
        "templates.odd.MemoryArray.colour",
        # The formalism implies the other scheme, so nobody reads what is said of this one's analyser.
        "templates.station.SingleAtomBSM.phase_error",
        "templates.station.SingleAtomBSM.detectors[0].efficiency",
        "templates.station.SingleAtomBSM.detectors[0].dark_count",
        "templates.station.SingleAtomBSM.detectors[1].efficiency",
        "local_memories",
        "comment.author",
        "comment.tags",
    }
    assert set(changed) == {
        "formalism",
        "nodes[0].memo_size",
        "nodes[0].type",
        "nodes[1].type",
        "nodes[2].template",
        "nodes[2].type",
        "nodes[3].type",
        "nodes[a].template",
        "qchannels[1].destination",
        "qchannels[4].attenuation",
        "qconnections[0].distance",
        "qconnections[0].type",
        "templates.odd.MemoryArray.fidelity",
        "templates.station.encoding_type",
    }
    assert "templates.unused.MemoryArray.fidelity" in entries(conversion, Effect.HARMLESS)
    nodes = conversion.document["nodes"]
    assert list(nodes) == ["a", "b", "c", "d"]
    assert nodes["b"]["kind"] == nodes["d"]["kind"] == "end-node"
    assert nodes["d"]["memory"]["initial_fidelity"] == 0.8
    assert nodes["d"]["cutoff"] == {"kind": "age", "after": 0.5}
    ends = [tuple(link["between"]) for link in conversion.document["links"]]
    assert ends == [("a", "b"), ("b", "c"), ("c", "d")]
    assert conversion.document["links"][2]["station_delay"] == 77e-6
    assert conversion.document["links"][2]["fibre"]["attenuation"] == pytest.approx((0.2 + 1.2) / 4000)


def test_stations_follow_the_nearest_rule_and_links_that_it_does_not_serve_say_so() -> None:
    document = configurations.arms()
    document["nodes"].append({"name": "far", "type": "QuantumRouter", "seed": 9, "memo_size": 2})
    document["qconnections"] = [{"node1": "right", "node2": "far", "attenuation": 0.0002, "distance": 8e3}]
    document["cconnections"] = [
        {"node1": "right", "node2": "far", "delay": 40_000_000},
        {"node1": "left", "node2": "far", "delay": 80_000_000},
    ]
    # Half of 40 us is the 20 us of 4 km of fibre: both rules serve the connection, fibre the channels.
    made = convert(document).document
    assert "station" not in made["classical"]
    assert not any("station_delay" in link for link in made["links"])
    document["cconnections"][0]["delay"] = 44_000_000
    made = convert(document).document
    assert "station" not in made["classical"]
    assert [link.get("station_delay") for link in made["links"]] == [22e-6, None]
    document["cconnections"][0]["delay"] = 400_000_000
    conversion = convert(document)
    assert conversion.document["classical"]["station"] == "half"
    # 30 us and 10 us of fibre have one value, their mean.
    delays = [link.get("station_delay") for link in conversion.document["links"]]
    assert delays == [None, pytest.approx(20e-6)]
    assert {path for path in entries(conversion, Effect.CHANGED) if path.startswith("cchannels")} == {
        "cchannels[0].delay",
        "cchannels[1].distance",
        "cchannels[2].distance",
        "cchannels[3].distance",
    }


def test_channels_to_nowhere_and_pairs_without_a_channel_are_reported() -> None:
    document = configurations.chain()
    document["cconnections"][2]["node2"] = "wset"
    conversion = convert(document)
    assert set(entries(conversion, Effect.DROPPED)) == {"cconnections[2]"}
    assert entries(conversion, Effect.ASSUMED) == {"cchannels": "delays along the shortest fibre path"}
    assert conversion.document["classical"]["channels"] == [
        {"between": ["east", "centre"], "delay": 0.25e-3},
        {"between": ["centre", "west"], "delay": 0.5e-3},
    ]


def test_a_table_with_labels_that_are_no_nodes() -> None:
    document = configurations.table()
    document["cconnections_table"]["labels"][2] = "X"
    conversion = convert(document)
    assert conversion.document["classical"]["channels"] == [{"between": ["A", "B"], "delay": 0.55e-3}]
    assert "cconnections_table.labels" in entries(conversion, Effect.CHANGED)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"type": "OW", "labels": [], "table": []}, "type: expected RT"),
        ({"labels": ["A"], "table": [[0, 1]]}, "expected 1 rows of 1 times"),
        ({"labels": ["A", "B"], "table": [[0, "x"], [1, 0]]}, "expected 2 rows of 2 times"),
        ({"labels": "A", "table": []}, "labels: expected a list of names"),
    ],
)
def test_malformed_tables(table: dict[str, Any], message: str) -> None:
    document = configurations.table()
    document["cconnections_table"] = table
    with pytest.raises(NetworkError, match=message):
        convert(document)


@pytest.mark.parametrize(
    ("formalism", "ours"),
    [
        (None, "scalar-fidelity"),
        ("ket_vector", "scalar-fidelity"),
        ("density_matrix", "scalar-fidelity"),
        ("bell_diagonal", "bell-diagonal"),
        ("fock_density", "bell-diagonal"),
    ],
)
def test_formalisms(formalism: str | None, ours: str) -> None:
    document = configurations.chain()
    del document["formalism"]
    if formalism:
        document["formalism"] = formalism
    conversion = convert(document)
    assert conversion.document["run"]["formalism"] == ours
    # Only a Bell-diagonal state carries the decay of SeQUeNCe's memories; a number has a cut-off alone.
    assert ("pauli_x" in conversion.document["defaults"]["memory"]) == (ours == "bell-diagonal")


def test_bell_diagonal_states_decay_alike_on_all_axes_by_default() -> None:
    document = configurations.chain() | {"formalism": "bell_diagonal"}
    memory = convert(document).document["defaults"]["memory"]
    assert memory["pauli_x"] == memory["pauli_y"] == memory["pauli_z"] == pytest.approx(1 / 1.3 / 3)


@pytest.mark.parametrize(
    ("rate", "efficiency", "reported"), [(0.5, 0.8, False), (0.25, 0.8 / 2**0.5, True), (1, 0.8, True)]
)
def test_success_rates_of_single_heralded_analysers(rate: float, efficiency: float, reported: bool) -> None:
    document = configurations.arms()
    bsm = document["templates"]["station"]["SingleHeraldedBSM"]
    bsm["success_rate"] = rate
    for detector in bsm["detectors"]:
        detector["efficiency"] = 0.8
    conversion = convert(document)
    assert conversion.document["defaults"]["detector"]["efficiency"] == pytest.approx(efficiency)
    path = "templates.station.SingleHeraldedBSM.success_rate"
    assert (path in entries(conversion, Effect.CHANGED)) is reported


def test_the_scheme_follows_from_the_description_where_no_encoding_is_named() -> None:
    document = configurations.arms()
    del document["templates"]["station"]["encoding_type"]
    document["formalism"] = "ket_vector"
    assert convert(document).document["defaults"]["link_model"]["kind"] == "two-photon"
    document["templates"]["station"]["SingleAtomBSM"] = {}
    assert convert(document).document["defaults"]["link_model"]["kind"] == "barrett-kok"


def test_stations_of_both_schemes_in_one_network() -> None:
    document = configurations.chain()
    document["qconnections"][1]["template"] = "other"
    document["templates"]["other"] = {"encoding_type": "single_heralded"}
    made = convert(document).document
    assert "link_model" not in made["defaults"]
    assert [link["link_model"]["kind"] for link in made["links"]] == ["barrett-kok", "two-photon"]


def test_swapping_that_differs_between_nodes_is_reported() -> None:
    document = configurations.chain()
    document["nodes"][2]["template"] = "plain"
    document["templates"]["plain"] = {}
    conversion = convert(document)
    assert conversion.document["protocols"]["swapping"]["success_probability"] == 0.64
    assert "nodes[west].template" in entries(conversion, Effect.CHANGED)


def test_large_configurations() -> None:
    names = [f"r{index}" for index in range(150)]
    document = {
        "nodes": [{"name": name, "type": "QuantumRouter", "seed": 0, "memo_size": 5} for name in names],
        "qconnections": [
            {"node1": a, "node2": b, "attenuation": 0.0002, "distance": 1000, "type": "meet_in_the_middle"}
            for a, b in pairwise(names)
        ],
        "cchannels": [
            {"source": a, "destination": b, "delay": 10**9} for a in names for b in names if a != b
        ],
    }
    made = convert(document).document
    assert len(made["links"]) == 149
    assert len(made["classical"]["one_way"]["table"]) == 150


def test_the_file_is_looked_at_before_it_is_read() -> None:
    assert not is_sequence([])
    assert not is_sequence({"nodes": ["a"], "links": []})
    assert not is_sequence({"qsim": 1, "nodes": [{"name": "a", "type": "router"}], "qchannels": []})
    with pytest.raises(NetworkError, match=r"x.json: not a SeQUeNCe configuration"):
        convert({"nodes": {}}, source="x.json")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("nodes", 0, "name"), None, r"nodes\[0\].name: expected text, got nothing"),
        (("nodes", 1, "name"), "east", r"nodes\[1\].name: 'east' is the name of two nodes"),
        (("nodes", 0, "memo_size"), 2.5, r"nodes\[0\].memo_size: expected a whole number, got 2.5"),
        (("nodes", 0, "memo_size"), -1, r"nodes\[0\].memo_size: expected a number of at least 0, got -1"),
        (
            ("qconnections", 0, "node2"),
            "center",
            r"qconnections\[0\].node2: no node 'center' \(did you mean 'centre'\?\)",
        ),
        (("qconnections", 0, "node2"), "east", r"expected a node other than 'east'"),
        (
            ("qconnections", 1, "distance"),
            None,
            r"qconnections\[1\].distance: expected a number, got nothing",
        ),
        (("qconnections", 1, "attenuation"), float("nan"), r"attenuation: expected a number, got nan"),
        (("qconnections",), "all", r"qconnections: expected a list of mappings, got 'all'"),
        (
            ("templates", "router", "MemoryArray"),
            3,
            r"templates.router.MemoryArray: expected a mapping, got 3",
        ),
        (
            ("templates", "router", "MemoryArray", "efficiency"),
            "high",
            r"efficiency: expected a number, got 'high'",
        ),
        (
            ("templates", "router", "MemoryArray", "cutoff_flag"),
            "yes",
            r"cutoff_flag: expected true or false",
        ),
        (("templates", "station", "SingleAtomBSM", "detectors"), [{}], r"detectors: expected 2 detectors"),
        (("cconnections", 0, "delay"), "fast", r"cconnections\[0\].delay: expected a number, got 'fast'"),
        (("stop_time",), 0, r"stop_time: expected a number of at least 1, got 0"),
        (("formalism",), 7, r"formalism: expected text, got 7"),
    ],
)
def test_malformed_configurations(path: tuple[Any, ...], value: Any, message: str) -> None:
    document = configurations.chain()
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(NetworkError, match=f"^bad.json: .*{message}"):
        convert(document, source="bad.json")
