"""SeQUeNCe's configurations of key distribution: transmitters, receivers and fibres of an application."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.analytic import qkd
from qsim.errors import NetworkError
from qsim.network.importers.sequence import convert
from qsim.network.loss_report import Effect
from qsim.scenario import from_document
from tests.network.importers.sequence import configurations
from tests.network.importers.sequence.reports import entries
from tests.statistics import ROOM, share_of


def sample() -> dict[str, Any]:
    """The smallest file that SeQUeNCe's own tests load: two nodes of defaults, 3 km."""
    return {
        "stop_time": 10_000_000_000,
        "nodes": [{"name": name, "type": "QKDNode", "seed": 0} for name in ("alice", "bob")],
        "qchannels": [{"source": "alice", "destination": "bob", "attenuation": 1e-5, "distance": 3e3}],
        "cconnections": [{"node1": "alice", "node2": "bob", "distance": 3e3, "delay": 15_000_000}],
    }


def test_defaults_are_those_of_sequence() -> None:
    conversion = convert(sample())
    assert not conversion.report.losses
    assert conversion.document["links"] == []
    assert conversion.document["nodes"] == {"alice": {"kind": "end-node"}, "bob": {"kind": "end-node"}}
    assert conversion.document["traffic"] == [
        {
            "kind": "bb84",
            "initiator": "alice",
            "responder": "bob",
            "source": {
                "kind": "bb84-polarisation",
                "length": 3e3,
                "rate": 80e6,
                "wavelength": 1550e-9,
                "mean_photons": [0.1],
                "intensity_chances": [1.0],
                "fibre": {"attenuation": 1e-5, "speed": 2e8},
                "detector": {
                    "efficiency": 0.9,
                    "dark_count_rate": 0.0,
                    "count_rate": 25e6,
                    "time_resolution": 150e-12,
                    "window": 12.5e-9,
                },
            },
            "block": 80_000.0,
            "finite": False,
        }
    ]


def test_what_a_file_says_arrives() -> None:
    conversion = convert(configurations.keys())
    first, second = (app["source"] for app in conversion.document["traffic"])
    assert first["kind"] == "bb84-polarisation"
    assert (first["rate"], first["mean_photons"], first["misalignment"]) == (2e7, [0.2], 0.01)
    assert first["detector"]["window"] == 50e-9
    assert second["kind"] == "bb84-time-bin"
    assert (second["wavelength"], second["visibility"]) == (1310e-9, 0.96)
    assert second["bin_separation"] == second["detector"]["window"] == 1.4e-9
    assert second["detector"]["efficiency"] == pytest.approx(0.6)
    # Messages take what the file says, or what light takes.
    assert conversion.document["classical"]["channels"] == [
        {"between": ["alice", "bob"], "delay": 1e-3},
        {"between": ["carol", "dora"], "delay": 5e-5},
    ]
    assert set(entries(conversion, Effect.DROPPED)) == {"nodes[1].memo_size", "qchannels[3]"}
    assert set(entries(conversion, Effect.CHANGED)) == {
        "qchannels[0]",
        "templates.bins.QSDetector.detectors",
    }
    told = set(entries(conversion, Effect.REMARK))
    assert {"qchannels[0].polarization_fidelity", "templates.bins.encoding_type"} <= told


def test_an_imported_file_makes_keys_with_the_errors_of_its_fibre() -> None:
    document = sample() | {"stop_time": 40_000_000_000}
    document["qchannels"][0]["polarization_fidelity"] = 0.94
    result = from_document(convert(document).document).run(seed=3)
    found = {row.metric: row for row in result.metrics}
    seen = qkd.weak_pulses(0.9 * 10 ** (-1e-5 * 3e3 / 10), 0.1, 0.0, 0.03)
    compared = round((found["compared bits"].mean or 0) * found["compared bits"].n)
    assert compared > 20_000
    error = found["QBER x"].mean or 0
    assert share_of(error * compared, compared, seen.error_rate).sigmas(seen.error_rate) < ROOM
    assert found["keys that differ"].n == 0
    assert (found["secret key bits"].mean or 0) > 1000


def test_phase_flips_of_polarised_light_err_as_often_in_the_mean() -> None:
    document = sample()
    document["templates"] = {"dim": {"LightSource": {"phase_error": 0.1}}}
    document["nodes"][0]["template"] = "dim"
    conversion = convert(document)
    assert conversion.document["traffic"][0]["source"]["misalignment"] == 0.05
    assert "templates.dim.LightSource.phase_error" in entries(conversion, Effect.CHANGED)


def test_bins_shrink_where_slots_are_short() -> None:
    document = configurations.keys()
    document["templates"]["bins"]["LightSource"]["frequency"] = 500e6
    source = convert(document).document["traffic"][1]["source"]
    assert source["bin_separation"] == source["detector"]["window"] == 666e-12
    from_document(convert(document).document)


def test_pairs_and_pulses_do_not_meet() -> None:
    document = sample()
    document["nodes"].append({"name": "r", "type": "QuantumRouter", "memo_size": 1})
    document["qchannels"].append({"source": "r", "destination": "bob", "attenuation": 0, "distance": 1})
    document["qconnections"] = [{"node1": "r", "node2": "bob", "attenuation": 0, "distance": 1}]
    conversion = convert(document)
    assert conversion.document["links"] == []
    assert {"qchannels[1]", "qconnections[0]"} <= set(entries(conversion, Effect.DROPPED))
    from_document(conversion.document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"destination": "alice"}, r"qchannels\[0\].destination: expected a node other than 'alice'"),
        ({"destination": "bobb"}, r"qchannels\[0\].destination: expected the name of a node.*'bob'"),
        ({"destination": [1]}, r"qchannels\[0\].destination: expected text"),
        ({"distance": None}, r"qchannels\[0\].distance: expected a number"),
        ({"polarization_fidelity": 1.5}, r"polarization_fidelity: expected a probability"),
    ],
)
def test_malformed_fibres(change: dict[str, Any], message: str) -> None:
    document = sample()
    document["qchannels"][0].update(change)
    with pytest.raises(NetworkError, match=message):
        convert(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"LightSource": {"frequency": 0}}, "frequency: expected a number above 0"),
        ({"LightSource": {"phase_error": 2}}, "phase_error: expected a probability"),
        ({"encoding_type": {"name": "fock"}}, "encoding_type: expected one of polarization, time_bin"),
        ({"encoding_type": "fock"}, "encoding_type: expected one of polarization, time_bin"),
        ({"QSDetector": {"detectors": [{}]}}, "detectors: expected 2 detectors"),
    ],
)
def test_malformed_nodes(change: dict[str, Any], message: str) -> None:
    document = sample()
    document["templates"] = {"odd": change}
    for node in document["nodes"]:
        node["template"] = "odd"
    with pytest.raises(NetworkError, match=message):
        convert(document)


def test_two_encodings_do_not_meet() -> None:
    document = sample()
    document["nodes"][0]["encoding"], document["nodes"][1]["encoding"] = "polarization", "time_bin"
    with pytest.raises(NetworkError, match=r"nodes\[1\].encoding: expected 'polarization', as 'alice' has"):
        convert(document)
