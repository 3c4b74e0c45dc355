"""The readers of files, each with a sound file to begin with."""

from __future__ import annotations

import functools
import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import qsim
from qml.estimators import ReservoirForecaster
from qml.series_files import read_series
from qsim.network.importers import convert_file
from qsim.results.result import Result
from qsim.scenario.loading import from_document
from qsim.sweeps.store import load_sweep
from qsim.sweeps.sweep_result import SweepResult
from qsim.sweeps.work import unpack_run
from tests.fuzz.damage import damaged, damaged_member

SCENARIO = {
    "run": {"duration": "1 ms", "seed": 7},
    "defaults": {"memory": {"count": 2}},
    "nodes": {"a": {"position": ["0 km", "1 km"]}, "b": None, "c": {"kind": "end-node"}},
    "links": [{"between": ["a", "b"], "length": "1 km"}, {"between": ["b", "c"], "length": "2 km"}],
    "protocols": {"swapping": {"kind": "nested"}},
    "traffic": [{"kind": "request", "initiator": "a", "responder": "c", "pairs": 5}],
    "sweep": {"grid": {"links[0].length": ["1 km", "2 km"]}, "replicates": 1},
}
_YAML = b"""\
run: {duration: 1 ms, seed: 7}
defaults: {memory: &m {count: 2}}
nodes: {a: {memory: *m}, b: {position: [0 km, 1 km]}}
links: [{between: [a, b], length: 1 km, fibre: {attenuation: 0.2 dB/km}}]
traffic: [{kind: request, initiator: a, responder: b, pairs: 5}]
"""
_GML = b"""\
graph [
  directed 0
  node [ id 0 label "Vienna" Longitude 16.4 Latitude 48.2 ]
  node [ id 1 label "Graz" Longitude 15.4 Latitude 47.1 ]
  edge [ source 0 target 1 length 150 LinkLabel "fibre" ]
]
"""
_GRAPHML = b"""\
<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="Latitude" attr.type="double"/>
<key id="d1" for="edge" attr.name="length" attr.type="double"/>
<graph edgedefault="undirected"><node id="a"><data key="d0">48.2</data></node><node id="b"/>
<edge source="a" target="b"><data key="d1">10</data></edge></graph></graphml>
"""
_SEQUENCE = {
    "nodes": [
        {"name": "r0", "type": "QuantumRouter", "seed": 0, "memo_size": 5, "template": "t"},
        {"name": "r1", "type": "QuantumRouter", "seed": 1, "memo_size": 5},
        {"name": "s", "type": "BSMNode", "template": "t"},
    ],
    "templates": {
        "t": {
            "MemoryArray": {"fidelity": 0.9, "coherence_time": 1.3, "decoherence_errors": [0.4, 0.3, 0.3]},
            "EntanglementSwapping": {"swapping_success_prob": 0.5},
            "SingleHeraldedBSM": {"detectors": [{"efficiency": 0.8}, {"efficiency": 0.8}]},
        }
    },
    "qconnections": [
        {"node1": "r0", "node2": "r1", "distance": 1000, "attenuation": 2e-4, "type": "meet_in_the_middle"}
    ],
    "cconnections": [{"node1": "r0", "node2": "r1", "delay": 1e9}],
    "cconnections_table": {"type": "RT", "labels": ["r0", "r1"], "table": [[0, 1e9], [1e9, 0]]},
    "formalism": "bell_diagonal",
    "stop_time": 1e12,
}


@dataclass(frozen=True)
class Reader:
    """One reader: a sound file, how it is damaged, and what reads it, given its path."""

    suffix: str
    sound: Callable[[], bytes]
    read: Callable[[Path], object]
    damage: Callable[[bytes, random.Random], bytes] = damaged

    def try_one(self, seed: int, folder: Path) -> bytes:
        """Read a file that is damaged by a seed; returns its bytes."""
        data = self.damage(self.sound(), random.Random(seed))
        path = folder / f"f{self.suffix}"
        path.write_bytes(data)
        self.read(path)
        return data


def _json(value: Any) -> Callable[[], bytes]:
    return lambda: json.dumps(value, indent=1).encode()


@functools.cache
def _stored() -> dict[str, bytes]:
    """The files of a stored run and of a stored sweep."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        single = {key: value for key, value in SCENARIO.items() if key != "sweep"}
        from_document(single).run().save(place / "run")
        qsim.sweep(SCENARIO, out=place / "sweep", workers=1)
        model = ReservoirForecaster("qrnn", cells=2, delays=(0, 3), random_state=0)
        model.fit(np.sin(0.3 * np.arange(130))[:, None])
        model.save(place / "model.npz")
        np.save(place / "series.npy", np.arange(40.0))
        np.savez(place / "series.npz", a=np.arange(40.0), b=np.ones((40, 2)))
        pd.DataFrame({"a": np.arange(40.0), "b": 1}).to_parquet(place / "series.parquet")
        return {
            str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()
        }


def _file(ending: str) -> Callable[[], bytes]:
    return lambda: next(data for name, data in sorted(_stored().items()) if name.endswith(ending))


def _within(folder: str, file: str) -> Callable[[Path], object]:
    """Reads a stored folder in which one file is the damaged one."""

    def read(path: Path) -> object:
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            for known, data in _stored().items():
                if known.startswith(f"{folder}/"):
                    (place / known).parent.mkdir(parents=True, exist_ok=True)
                    (place / known).write_bytes(path.read_bytes() if known == f"{folder}/{file}" else data)
            if folder == "run":
                return Result.load(place / folder).text()
            return load_sweep(place / folder, SweepResult).summary()

    return read


def _forecast(path: Path) -> object:
    return ReservoirForecaster.load(path).forecast(3)


READERS = {
    "yaml scenario": Reader(".yaml", lambda: _YAML, qsim.load),
    "json scenario": Reader(".json", _json(SCENARIO), qsim.load),
    "gml": Reader(".gml", lambda: _GML, convert_file),
    "graphml": Reader(".graphml", lambda: _GRAPHML, convert_file),
    "sequence": Reader(".json", _json(_SEQUENCE), convert_file),
    "manifest": Reader(".json", _file("run/manifest.json"), _within("run", "manifest.json")),
    "table": Reader(".parquet", _file("run/links.parquet"), _within("run", "links.parquet")),
    "plan": Reader(".json", _file("sweep.json"), _within("sweep", "sweep.json")),
    "swept run": Reader(
        ".zip", _file(".zip"), lambda path: unpack_run(path.read_bytes(), path.name)[0].text(), damaged_member
    ),
    "model": Reader(".npz", _file("model.npz"), _forecast, damaged_member),
    "series as an array": Reader(".npy", _file("series.npy"), read_series),
    "series as arrays": Reader(".npz", _file("series.npz"), read_series, damaged_member),
    "series as a table": Reader(".parquet", _file("series.parquet"), read_series),
    "series as text": Reader(".csv", lambda: b"time,a,b\n" + b"0.5,1,2\n" * 20, read_series),
}
