"""Scenarios and results travel between processes."""

from __future__ import annotations

import pickle

from qsim import Network


def test_a_scenario_and_its_result_survive_pickling():
    network = Network("there and back", memory={"count": 2}).add_nodes("a", "b")
    scenario = network.add_link("a", "b", "20 km").request("a", "b").scenario(duration="20 ms")
    copied = pickle.loads(pickle.dumps(scenario))
    assert copied == scenario
    result = copied.run()
    again = pickle.loads(pickle.dumps(result))
    assert again == result == scenario.run().__class__(**{**_fields(scenario.run()), **_timings(result)})


def _fields(result):
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


def _timings(result):
    return {name: getattr(result, name) for name in ("wall_s", "cpu_s", "setup_s")}
