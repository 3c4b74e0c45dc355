"""SeQUeNCe's absorptive memories as ensembles, and the links between them as pairs that are stored."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.segments import segments
from qsim.errors import NetworkError
from qsim.network.importers.sequence import convert
from qsim.network.loss_report import Effect
from qsim.scenario import from_document
from tests.network.importers.sequence.configurations import combs
from tests.network.importers.sequence.reports import entries


def test_memories_sources_and_station() -> None:
    conversion = convert(combs())
    nodes = conversion.document["nodes"]
    east, west = nodes["east"]["memory"], nodes["west"]["memory"]
    assert (east.pop("count"), west.pop("count")) == (2, 1)
    # A comb that loses 3e-5 by itself, and what it gives back of what it took: 0.5 x 0.8.
    assert east.pop("retrieval_efficiency") == pytest.approx(0.4, rel=1e-4)
    west.pop("retrieval_efficiency")
    assert (
        east
        == west
        == {
            "kind": "afc",
            "efficiency": 0.35,
            "frequency": 1e8,
            "initial_fidelity": 1,
            "wavelength": 606e-9,
            "spectral_modes": 100,
            "optical_depth": 1e4,
            "finesse": 500,
        }
    )
    assert nodes["east"]["cutoff"] == {"kind": "age", "after": 0.01}
    assert conversion.document["run"]["formalism"] == "bell-diagonal"
    (link,) = conversion.document["links"]
    assert link["between"] == ["east", "west"]
    defaults = conversion.document["defaults"]
    assert defaults["link_model"] == {
        "kind": "stored-pairs",
        "mean_pairs": 0.05,
        "handshake": {"kind": "continuous", "overhead": pytest.approx(99 * 12.5e-9)},
    }
    assert defaults["detector"]["efficiency"] == 0.6
    assert defaults["detector"]["dark_count_rate"] == 150


def test_what_is_lost_is_told() -> None:
    conversion = convert(combs())
    dropped = entries(conversion, Effect.DROPPED)
    assert set(dropped) == {"templates.crystal.AbsorptiveMemory.afc_lifetime", "qconnections[0]"}
    assert "templates.crystal.AbsorptiveMemory.is_reversed" in entries(conversion, Effect.HARMLESS)
    assert "templates.crystal.AbsorptiveMemory" in entries(conversion, Effect.REMARK)


def test_the_link_heralds_what_its_parts_give() -> None:
    """To first order in the pairs either detector clicks on a photon of either source."""
    made: Any = from_document(convert(combs()).document)
    (segment,) = segments({node.name: node for node in made.nodes}, made.links)
    found = segment.model.profile(segment.hardware)
    seen = 0.05 * 10 ** (-0.0002 * 10e3 / 10) * 0.6
    assert found.success == pytest.approx(2 * seen, rel=0.06)


def test_an_imported_file_makes_pairs() -> None:
    document = convert(combs()).document
    document["run"]["duration"] = "5 ms"
    document["traffic"] = [{"kind": "request", "initiator": "east", "responder": "west", "memories": 1}]
    document["protocols"]["purification"] = "none"
    result = from_document(document).run(seed=1)
    (flow,) = result.flows + result.unfinished
    assert flow.pairs > 5
    # An attempt is light and news, 100 us, and the train; two halves in five come out at either end.
    assert flow.pairs < 5e-3 / 101e-6


def test_a_comb_alone_is_told_to_store_longer_than_it_does() -> None:
    document = combs()
    document["templates"]["crystal"]["AbsorptiveMemory"]["is_spinwave"] = False
    conversion = convert(document)
    assert "cutoff" not in conversion.document["nodes"]["east"]
    assert "templates.crystal.AbsorptiveMemory" in entries(conversion, Effect.CHANGED)


def test_unlike_sources_and_a_source_that_is_not_given() -> None:
    document = combs()
    bare = {"AbsorptiveMemory": {"frequency": 4e7, "fidelity": 0.1}}
    document["templates"]["bare"] = bare
    document["nodes"][1]["template"] = "bare"
    conversion = convert(document)
    model = conversion.document["defaults"]["link_model"]
    assert model["mean_pairs"] == pytest.approx(0.075)
    # One mode has no train.
    assert model["handshake"]["overhead"] == 0
    changed = entries(conversion, Effect.CHANGED)
    assert {"templates.bare.SPDCSource", "templates.bare.AbsorptiveMemory.fidelity"} <= set(changed)
    from_document(conversion.document)


@pytest.mark.parametrize(
    ("part", "key", "value", "message"),
    [
        ("AbsorptiveMemory", "mode_number", 2.5, "mode_number: expected a whole number"),
        ("AbsorptiveMemory", "absorption_efficiency", 1.2, "absorption_efficiency: expected a probability"),
        ("AbsorptiveMemory", "frequency", 0, "frequency: expected a number above 0"),
        ("AbsorptiveMemory", "afc_efficiency", "e", "afc_efficiency: expected a number"),
        ("SPDCSource", "mean_photon_num", 0, "mean_photon_num: expected a number above 0, at most 1"),
    ],
)
def test_malformed_memories(part: str, key: str, value: Any, message: str) -> None:
    document = combs()
    document["templates"]["crystal"][part][key] = value
    with pytest.raises(NetworkError, match=message):
        convert(document)
