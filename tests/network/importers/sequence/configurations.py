"""SeQUeNCe configurations: small ones that between them use every key that is known, and published ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def chain() -> dict[str, Any]:
    """Three routers over qconnections, as version 1.3 has it, in the ket formalism."""
    return {
        "templates": {
            "router": {
                "routing": "routing_static",
                "MemoryArray": {
                    "fidelity": 0.95,
                    "frequency": 2e3,
                    "efficiency": 0.75,
                    "coherence_time": 1.3,
                    "cutoff_ratio": 0.5,
                    "cutoff_flag": True,
                    "wavelength": 780,
                },
                "EntanglementSwapping": {"swapping_success_prob": 0.64, "swapping_degradation": 0.99},
            },
            "station": {
                "encoding_type": "single_atom",
                "SingleAtomBSM": {
                    "phase_error": 0,
                    "detectors": [
                        {"efficiency": 0.8, "dark_count": 0, "count_rate": 5e7, "time_resolution": 100},
                        {"efficiency": 0.8, "dark_count": 0, "count_rate": 5e7, "time_resolution": 100},
                    ],
                },
            },
        },
        "nodes": [
            {"name": name, "type": "QuantumRouter", "seed": seed, "memo_size": size, "template": "router"}
            for seed, (name, size) in enumerate((("east", 10), ("centre", 20), ("west", 10)))
        ],
        "qconnections": [
            {
                "node1": "east",
                "node2": "centre",
                "attenuation": 0.0002,
                "distance": 20_000,
                "type": "meet_in_the_middle",
                "template": "station",
                "seed": 7,
            },
            {
                "node1": "centre",
                "node2": "west",
                "attenuation": 0.0002,
                "distance": 10_000,
                "type": "meet_in_the_middle",
                "template": "station",
            },
        ],
        "cconnections": [
            {"node1": "east", "node2": "centre", "delay": 250_000_000},
            {"node1": "centre", "node2": "west", "delay": 500_000_000},
            {"node1": "east", "node2": "west", "delay": 750_000_000},
        ],
        "stop_time": 2_000_000_000_000,
        "formalism": "ket_vector",
        "is_parallel": False,
    }


def arms() -> dict[str, Any]:
    """Two routers over explicit channels with unequal arms, in the Bell-diagonal formalism."""
    memory = {"fidelity": 0.9, "coherence_time": 2, "decoherence_errors": [0.2, 0.1, 0.7]}
    detector = {"efficiency": 0.95, "dark_count": 10, "count_rate": 1e9, "time_resolution": 6}
    return {
        "templates": {
            "router": {"MemoryArray": memory, "routing": "routing_distributed"},
            "station": {
                "encoding_type": "single_heralded",
                "SingleHeraldedBSM": {"detectors": [detector, dict(detector)], "success_rate": 0.5},
            },
        },
        "nodes": [
            {
                "name": "left",
                "type": "QuantumRouter",
                "seed": 0,
                "memo_size": 1,
                "template": "router",
                "gate_fidelity": 0.98,
                "measurement_fidelity": 1.0,
            },
            {"name": "right", "type": "QuantumRouter", "seed": 1, "memo_size": 2, "template": "router"},
            {"name": "middle", "type": "BSMNode", "seed": 2, "template": "station"},
        ],
        "qchannels": [
            {
                "name": "q1",
                "source": "left",
                "destination": "middle",
                "distance": 6000.0,
                "attenuation": 0.0002,
            },
            {
                "name": "q2",
                "source": "right",
                "destination": "middle",
                "distance": 2000.0,
                "attenuation": 0.0002,
            },
        ],
        "cchannels": [
            {"source": "left", "destination": "middle", "distance": 6000.0, "delay": 0},
            {"source": "middle", "destination": "left", "distance": 6000.0},
            {"source": "right", "destination": "middle", "distance": 2000.0},
            {"source": "middle", "destination": "right", "distance": 2000.0},
            {"source": "left", "destination": "right", "delay": 40_000_000},
            {"source": "right", "destination": "left", "delay": 60_000_000},
        ],
        "formalism": "bell_diagonal",
        "stop_time": 1_500_000_000_000,
    }


def table() -> dict[str, Any]:
    """The form of 2020: no seeds, no types of connection, a table of round trips."""
    return {
        "nodes": [{"name": name, "type": "QuantumRouter"} for name in ("B", "A", "C")],
        "qconnections": [
            {"node1": "B", "node2": "A", "attenuation": 1e-5, "distance": 20e3},
            {"node1": "A", "node2": "C", "attenuation": 1e-5, "distance": 2e3},
        ],
        "cconnections_table": {
            "type": "RT",
            "labels": ["A", "B", "C"],
            "table": [[0, 1.0e9, 0.5e9], [1.2e9, 0, 2.0e9], [0.5e9, 2.0e9, 0]],
        },
    }


def mixture() -> dict[str, Any]:
    """Everything that a scenario cannot say."""
    return {
        "templates": {
            "unused": {"MemoryArray": {"fidelity": 0.5}},
            "odd": {
                "MemoryArray": {
                    "fidelity": 0.1,
                    "frequency": 0,
                    "decoherence_errors": [0.5, 0.25, 0.25],
                    "colour": "red",
                },
                "DataMemoryArray": {"fidelity": 1},
                "LightSource": {"frequency": 80e6},
                "EntanglementSwapping": {"swapping_success_prob": 0.5},
            },
            "station": {
                "encoding_type": "absorptive",
                "SingleAtomBSM": {
                    "phase_error": 0.1,
                    "detectors": [{"efficiency": 0.5, "dark_count": 5}, {"efficiency": 0.7}],
                },
            },
        },
        "nodes": [
            {
                "name": "a",
                "type": "DQCNode",
                "seed": 0,
                "memo_size": 0,
                "data_memo_size": 3,
                "template": "odd",
            },
            {"name": "b", "type": "QlanClientNode", "seed": 1},
            {
                "name": "c",
                "type": "YbRouterNode",
                "seed": 2,
                "memo_size": 4,
                "group": 1,
                "template": "missing",
            },
            {"name": "d", "type": "QlanClientNode", "seed": 3, "memo_size": 1},
            {"name": "control", "type": "ClassicalNode", "seed": 4},
            {"name": "lone", "type": "BSMNode", "seed": 5},
            {"name": "empty", "type": "BSMNode", "seed": 6},
            {"name": "uneven", "type": "BSMNode", "seed": 7, "template": "station"},
        ],
        "qconnections": [
            {
                "node1": "a",
                "node2": "b",
                "attenuation": 0.0002,
                "distance": 1001,
                "type": "on_a_satellite",
                "frequency": 1e11,
            },
            {"node1": "b", "node2": "a", "attenuation": 0.0002, "distance": 500},
        ],
        "qchannels": [
            {"source": "a", "destination": "lone", "distance": 10.0, "attenuation": 0.0002},
            {"source": "b", "destination": "c", "distance": 3e3, "attenuation": 1e-5},
            {"source": "c", "destination": "b", "distance": 3e3, "attenuation": 1e-5},
            {"source": "c", "destination": "uneven", "distance": 1e3, "attenuation": 0.0002},
            {"source": "d", "destination": "uneven", "distance": 3e3, "attenuation": 0.0004},
        ],
        "cchannels": [
            {"source": "uneven", "destination": "c", "delay": 77_000_000},
            {"source": "a", "destination": "b"},
        ],
        "cconnections": [{"type": "classical", "node1": "b", "node2": "c", "delay": 1_000_000}],
        "stop_time": 1_000_000_000_000,
        "formalism": "stabilizer",
        "truncation": 2,
        "is_parallel": True,
        "process_num": 2,
        "groups": [{"type": "sync"}, {}],
        "local_memories": 1,
        "memo_fidelity_client": 0.8,
        "memo_coherence_client": 0.5,
        "memo_wavelength_client": 600,
        "comment": {"author": "nobody", "tags": []},
    }


def keys() -> dict[str, Any]:
    """Three nodes of key distribution in a row; light over the second fibre goes both ways."""
    detector = {"efficiency": 0.5, "dark_count": 100}
    return {
        "templates": {
            "laser": {"LightSource": {"frequency": 2e7, "mean_photon_num": 0.2, "bandwidth": 1}},
            "bins": {
                "encoding_type": "time_bin",
                "LightSource": {"wavelength": 1310, "phase_error": 0.02},
                "QSDetector": {"detectors": [detector, detector, {**detector, "efficiency": 0.8}]},
            },
        },
        "nodes": [
            {"name": "alice", "type": "QKDNode", "seed": 0, "template": "laser"},
            {"name": "bob", "type": "QKDNode", "seed": 1, "memo_size": 3},
            {"name": "carol", "type": "QKDNode", "seed": 2, "template": "bins"},
            {"name": "dora", "type": "QKDNode", "seed": 3, "template": "bins"},
        ],
        "qchannels": [
            {
                "source": "alice",
                "destination": "bob",
                "attenuation": 0.0002,
                "distance": 30e3,
                "polarization_fidelity": 0.98,
            },
            {"source": "carol", "destination": "dora", "attenuation": 0.0003, "distance": 10e3},
            {"source": "dora", "destination": "carol", "attenuation": 0.0003, "distance": 10e3},
            {"source": "bob", "destination": "alice", "attenuation": 0.0002, "distance": 31e3},
        ],
        "cconnections": [{"node1": "alice", "node2": "bob", "delay": 1_000_000_000}],
        "stop_time": 500_000_000_000,
    }


def combs() -> dict[str, Any]:
    """Two ensembles and two sources of pairs, whose idlers meet at a station 10 km away."""
    detector = {"efficiency": 0.6, "dark_count": 150, "count_rate": 25e6, "time_resolution": 100}
    return {
        "templates": {
            "crystal": {
                "AbsorptiveMemory": {
                    "frequency": 1e8,
                    "absorption_efficiency": 0.35,
                    "afc_efficiency": 0.5,
                    "spin_efficiency": 0.8,
                    "mode_number": 100,
                    "wavelength": 606,
                    "is_spinwave": True,
                    "is_reversed": True,
                    "coherence_time": 0.01,
                    "afc_lifetime": 60,
                    "prepare_time": 0,
                },
                "SPDCSource": {
                    "frequency": 8e7,
                    "mean_photon_num": 0.05,
                    "wavelengths": [1550, 606],
                },
            },
            "station": {
                "encoding_type": "absorptive",
                "QSDetectorFockInterference": {"detectors": [detector, detector]},
            },
        },
        "nodes": [
            {"name": "east", "type": "QuantumNode", "seed": 0, "memo_size": 2, "template": "crystal"},
            {"name": "west", "type": "QuantumRouter", "seed": 1, "template": "crystal"},
            {"name": "plain", "type": "QuantumRouter", "seed": 2, "memo_size": 2},
            {"name": "middle", "type": "BSMNode", "seed": 3, "template": "station"},
        ],
        "qchannels": [
            {"source": "east", "destination": "middle", "attenuation": 0.0002, "distance": 10e3},
            {"source": "west", "destination": "middle", "attenuation": 0.0002, "distance": 10e3},
        ],
        "qconnections": [{"node1": "west", "node2": "plain", "attenuation": 0, "distance": 2}],
        "stop_time": 100_000_000_000,
    }


SPECIMENS: tuple[Callable[[], dict[str, Any]], ...] = (
    chain,
    arms,
    table,
    mixture,
    keys,
    combs,
)


def reference_files() -> Iterator[Path]:
    """Published configurations, if the environment variable QSIM_REFERENCE_DATA names their folder."""
    folder = os.environ.get("QSIM_REFERENCE_DATA")
    if folder:
        yield from sorted(Path(folder).glob("sequence-*/*.json"))
