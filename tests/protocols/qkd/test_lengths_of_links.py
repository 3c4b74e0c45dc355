"""Sources of keys that leave the length of their fibre out have that of the link between their ends."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.optics.differential_phase import DifferentialPhase
from hardware.optics.entangled_keys import EntangledKeys
from hardware.optics.mdi_station import MdiStation
from hardware.optics.weak_pulse_bb84 import PolarisationBB84
from qsim.errors import ParameterError, ScenarioError
from qsim.scenario import from_document

MDI = {"kind": "mdi", "station": "m", "finite": False, "source": "mdi-polarisation"}


def document(app: dict[str, Any], *links: dict[str, Any]) -> dict[str, Any]:
    ends = {"initiator": "a", "responder": "b", "block": 1e4, "sessions": 1}
    return {
        "run": {"duration": "1 s", "stop_when_done": True},
        "nodes": ["a", "b", "m"],
        "links": list(links),
        "traffic": [{**ends, **app}],
    }


def by_pulses(source: Any) -> dict[str, Any]:
    return {"kind": "bb84", "finite": False, "source": source}


WAY = {"between": ["b", "a"], "length": "40 km", "midpoint": 0.25}
ARMS = ({"between": ["a", "m"], "length": "20 km"}, {"between": ["m", "b"], "length": "30 km"})


@pytest.mark.parametrize(
    ("app", "links", "key", "metres"),
    [
        (by_pulses("bb84-polarisation"), [WAY], "length", 40e3),
        (by_pulses("bb84-time-bin"), [WAY], "length", 40e3),
        # The source is in the place of the link's station, a quarter of the way from b.
        (by_pulses("bbm92"), [WAY], "lengths", (30e3, 10e3)),
        (MDI, ARMS, "lengths", (20e3, 30e3)),
        (by_pulses({"kind": "bb84-polarisation", "length": "7 km"}), [WAY], "length", 7e3),
        (by_pulses({"kind": "bbm92", "lengths": ["7 km", 0]}), [WAY], "lengths", (7e3, 0.0)),
        ({**MDI, "source": {"kind": "mdi-polarisation", "lengths": [1e3, 2e3]}}, ARMS, "lengths", (1e3, 2e3)),
    ],
)
def test_fibre_is_as_long_as_the_link_unless_said(
    app: dict[str, Any], links: list[dict[str, Any]], key: str, metres: Any
) -> None:
    scenario = from_document(document(app, *links))
    engine: Any = scenario.engine(seed=1)
    assert getattr(engine.apps[0].parameters.source, key) == metres
    said = from_document(document({**app, "source": {"kind": kind_of(app), key: metres}}, *links)).engine(
        seed=1
    )
    assert engine.run().metrics == said.run().metrics


def kind_of(app: dict[str, Any]) -> str:
    source = app["source"]
    return str(source if isinstance(source, str) else source["kind"])


@pytest.mark.parametrize(
    ("app", "links", "message"),
    [
        (by_pulses("bb84-polarisation"), ARMS, "source.length: give it: 'a' and 'b' have no link"),
        (by_pulses("bbm92"), ARMS, "source.lengths: give it: 'a' and 'b' have no link"),
        (MDI, ARMS[:1], "source.lengths: give it: 'b' and 'm' have no link"),
        (
            by_pulses("bb84-polarisation"),
            [WAY, {**WAY, "name": "other", "length": "50 km"}],
            r"the links of 'a' and 'b' are not alike \(40 km, 50 km\)",
        ),
    ],
)
def test_without_a_link_it_must_be_said(
    app: dict[str, Any], links: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        from_document(document(app, *links))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (PolarisationBB84, "`PolarisationBB84.length` is left out"),
        (DifferentialPhase, "`DifferentialPhase.length` is left out"),
        (EntangledKeys, "`EntangledKeys.lengths` is left out"),
        (MdiStation, "`MdiStation.lengths` is left out"),
    ],
)
def test_a_bench_without_a_network_must_have_a_length(kind: Any, message: str) -> None:
    source = kind()
    with pytest.raises(ParameterError, match=message):
        source.block(10, None)
    assert source.over(1e3, 2e3).bench.outlets
