"""Networks that a script drives, and networks that come from somebody else's file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx

import qsim
from tests.golden.digests import Record, TraceDigest, digest, observed, record
from tests.golden.networks import document

#: What a script notes down, a line for each thing that it sees.
Notes = list[tuple[object, ...]]
Script = Generator[Any, Any, None]

GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="name" for="node" attr.name="label" attr.type="string"/>
  <key id="lat" for="node" attr.name="Latitude" attr.type="double"/>
  <key id="lon" for="node" attr.name="Longitude" attr.type="double"/>
  <key id="memo" for="node" attr.name="memories" attr.type="int"/>
  <key id="len" for="edge" attr.name="length_km" attr.type="double"/>
  <key id="wait" for="edge" attr.name="delay_us" attr.type="double"/>
  <graph edgedefault="undirected">
    <node id="0"><data key="name">n0</data><data key="lat">47.38</data><data key="lon">8.54</data></node>
    <node id="1"><data key="name">n1</data><data key="lat">47.40</data><data key="lon">8.60</data>
      <data key="memo">8</data></node>
    <node id="2"><data key="name">n3</data><data key="lat">47.45</data><data key="lon">8.61</data></node>
    <edge source="0" target="1"><data key="len">7.5</data><data key="wait">60</data></edge>
    <edge source="1" target="2"/>
  </graph>
</graphml>
"""
GML = """graph [
  node [ id 0 label "n0" x 0 y 0 ]
  node [ id 1 label "n1" x 4000 y 1000 memories 8 ]
  node [ id 2 label "n3" x 7000 y 0 ]
  edge [ source 0 target 1 ]
  edge [ source 1 target 2 length_km 3.5 ]
]
"""


def cases() -> Iterator[tuple[str, Callable[[], Record]]]:
    """Each by name, with what runs it."""
    scripts = (one_by_one, held_to_the_cutoff, two_streams, too_impatient, stopped)
    for script in scripts:
        yield f"stream, {script.__name__.replace('_', ' ')}", partial(_scripted, script)
    yield "import networkx", _networkx
    for kind, text in (("graphml", GRAPHML), ("gml", GML)):
        yield f"import {kind}", partial(_file, f"map.{kind}", text)
        yield f"topology {kind}", partial(_topology_file, kind, text)
    for version in ("1.3", "2020"):
        yield f"import sequence {version}", partial(_file, "network.json", json.dumps(_sequence(version)))


def one_by_one(engine: Any, notes: Notes) -> Script:
    stream = engine.request("n0", "n3", memories=2, fidelity=0.8)
    for _ in range(40):
        pair = yield from stream.next_pair()
        notes.append((engine.now_s, pair.fidelity(), pair.age_s))
        pair.release()


def held_to_the_cutoff(engine: Any, notes: Notes) -> Script:
    stream = engine.request("n0", "n2", memories=2)
    for number in range(20):
        pair = yield from stream.next_pair()
        before = pair.fidelity()
        yield from qsim.timeout(engine.sim, (number % 4) * 200_000_000)
        notes.append((engine.now_s, before, pair.held, pair.fidelity() if pair.held else None))
        pair.release()


def two_streams(engine: Any, notes: Notes) -> Script:
    first = engine.request("n0", "n2")
    second = engine.request("n3", "n1", start="2 ms", duration="6 ms")
    for _ in range(15):
        for stream in (first, second):
            if not stream.done:
                pair = yield from stream.next_pair(timeout="3 ms")
                notes.append((stream is second, engine.now_s, pair.fidelity()))
                pair.release()


def too_impatient(engine: Any, notes: Notes) -> Script:
    stream = engine.request("n0", "n3", memories=2)
    for _ in range(60):
        try:
            pair = yield from stream.next_pair(timeout="100 us")
        except qsim.TimeoutExpired:
            notes.append((engine.now_s, None))
        else:
            notes.append((engine.now_s, pair.fidelity()))
            pair.release()


def stopped(engine: Any, notes: Notes) -> Script:
    stream = engine.request("n0", "n3")
    yield from stream.next_pair()
    yield from qsim.timeout(engine.sim, 1_000_000_000)
    notes.append((engine.now_s, engine.result().events))
    engine.stop()


def _scripted(script: Callable[[Any, Notes], Script]) -> Record:
    parts = document({"traffic": [], "memory": {"count": 6, "frequency": "50 kHz", "cutoff": "1 ms"}})
    trace, notes = TraceDigest(), Notes()
    engine = qsim.Network.from_document(parts).engine(trace=trace)
    engine.process(script(engine, notes))
    result = engine.run()
    assert notes, "the script saw nothing"
    return {**record(result), **trace.record(), "output": f"{len(notes)} {digest(notes)}"}


def _networkx() -> Record:
    graph = nx.Graph()
    graph.add_node("n0", pos=(0, 0))
    graph.add_node("n1", pos=(3000, 4000), memories=8)
    graph.add_node("n3", pos=(9000, 4000), memory={"t2": "3 ms"})
    graph.add_edge("n0", "n1", attenuation_db_per_km=0.3)
    graph.add_edge("n1", "n3", delay_us=50, generation={"kind": "single-click"})
    graph.add_edge("n0", "n3", length="30 km")
    return _served(qsim.Network.from_networkx(graph, "Graph"))


def _file(name: str, text: str) -> Record:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        return _served(qsim.Network.from_file(path))


def _topology_file(kind: str, text: str) -> Record:
    """The same map, named by a scenario that stands in the same folder."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"map.{kind}").write_text(text, encoding="utf-8")
        scenario = Path(folder) / "scenario.json"
        parts = document({"topology": {"kind": kind, "path": f"map.{kind}"}})
        scenario.write_text(json.dumps(parts), encoding="utf-8")
        return observed(qsim.load(scenario))


def _served(network: qsim.Network) -> Record:
    """An imported network with a request of ours; what was lost on the way is kept too."""
    network.request("n0", "n3", memories=2)
    made = observed(network.scenario("15 ms", seed=4, record_pairs=True))
    # The report names the file, which lies somewhere else each time.
    report = network.report.to_dict()
    report.pop("source")
    return {**made, "report": digest([report])}


def _sequence(version: str) -> dict[str, Any]:
    """Three routers in a row, as the 2020 publication or as version 1.3 of SeQUeNCe writes them."""
    nodes = [
        {"name": name, "type": "QuantumRouter", "seed": seed, "memo_size": size}
        for seed, (name, size) in enumerate((("n0", 4), ("n1", 8), ("n3", 4)))
    ]
    pairs = (("n0", "n1", 4000), ("n1", "n3", 6000), ("n0", "n3", 10_000))
    quantum = [
        {"node1": a, "node2": b, "attenuation": 0.0002, "distance": distance, "type": "meet_in_the_middle"}
        for a, b, distance in pairs[:2]
    ]
    classical = [{"node1": a, "node2": b, "delay": 5000 * distance} for a, b, distance in pairs]
    common = {"nodes": nodes, "qconnections": quantum, "cconnections": classical}
    if version == "2020":
        return common
    memories = {"fidelity": 0.95, "frequency": 2e5, "efficiency": 0.75, "coherence_time": 0.1}
    swapping = {"swapping_success_prob": 0.8, "swapping_degradation": 0.99}
    for node in nodes:
        node["template"] = "router"
    templates = {"router": {"MemoryArray": memories, "EntanglementSwapping": swapping}}
    return {"templates": templates, **common, "stop_time": 10_000_000_000_000, "is_parallel": False}
