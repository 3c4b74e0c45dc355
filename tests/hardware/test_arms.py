"""Arms of links: wavelength and converters, connectors, and noise photons that reach the station."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from hardware.node import Crossing
from hardware.node_kinds import OpticalNode
from qsim import registry
from qsim.analytic import raman
from qsim.errors import ScenarioError
from qsim.scenario import from_document

CONVERTER = {"kind": "frequency-converter", "to": "1550 nm", "efficiency": 0.3, "noise": "100 Hz"}
#: Memories of a nitrogen-vacancy centre.
RED = {"memory": {"wavelength": "637 nm"}}


def hardware(length: float | str = "20 km", nodes: Any = ("a", "b"), **link: Any) -> Any:
    """What the link model of the one link sees."""
    document = {
        "run": {"duration": 1},
        "nodes": nodes if isinstance(nodes, dict) else list(nodes),
        "links": [{"between": ["a", "b"], "length": length, **link}],
    }
    (built,) = from_document(document).engine().links
    return built.hardware


def test_light_of_the_memories_is_lost_as_its_wavelength_says() -> None:
    assert hardware().transmission_first == 10 ** (-0.2e-3 * 10e3 / 10)
    infrared = hardware(
        nodes={"a": {"memory": {"wavelength": "780 nm"}}, "b": {"memory": {"wavelength": 780e-9}}}
    )
    assert infrared.transmission_first == pytest.approx(10**-4.0)
    assert infrared.wavelengths == pytest.approx((780e-9, 780e-9))
    given = hardware(nodes={"a": RED, "b": RED}, fibre={"attenuation": "0.2 dB/km"})
    assert given.transmission_second == pytest.approx(10**-0.2)


@pytest.mark.parametrize("model", ["barrett-kok", "single-click", "two-photon", "midpoint-source"])
def test_unlike_wavelengths_are_refused_until_one_is_converted(model: str) -> None:
    nodes = {"a": RED, "b": None}
    with pytest.raises(
        ScenarioError, match=r"nodes\.a: light of 637 nm .* 'a' and of 1550 nm .* must be alike"
    ):
        hardware(nodes=nodes, link_model=model)
    found = hardware(nodes=nodes, link_model=model, arms=[{"converter": CONVERTER}, {}])
    assert found.wavelengths == pytest.approx((1550e-9, 1550e-9))
    assert found.transmission_first == pytest.approx(0.3 * 10**-0.2)
    assert found.transmission_second == pytest.approx(10**-0.2)


def test_wavelengths_without_a_usual_attenuation_are_told() -> None:
    far = {"memory": {"wavelength": "1762 nm"}}
    with pytest.raises(
        ScenarioError,
        match=r"nodes\.a\.memory\.wavelength: no usual attenuation of fibre is known at 1762 nm",
    ):
        hardware(nodes={"a": far, "b": far})
    assert hardware(nodes={"a": far, "b": far}, converter=CONVERTER).transmission_first == pytest.approx(
        0.3 * 10**-0.2
    )


def test_a_converter_of_the_link_stands_at_both_ends_and_its_noise_is_attenuated_on_the_way() -> None:
    found = hardware(nodes={"a": RED, "b": RED}, converter=CONVERTER, midpoint=0.25)
    assert (found.transmission_first, found.transmission_second) == pytest.approx(
        (0.3 * 10**-0.1, 0.3 * 10**-0.3)
    )
    assert found.background == pytest.approx((100 * 10**-0.1, 100 * 10**-0.3))


def test_light_of_a_source_is_converted_at_the_memory_and_the_noise_goes_there() -> None:
    found = hardware(nodes={"a": RED, "b": RED}, converter=CONVERTER, link_model="midpoint-source")
    assert found.transmission_first == pytest.approx(0.3 * 10**-0.2)
    assert found.background == (100.0, 100.0)


def test_connectors_lose_in_each_arm() -> None:
    found = hardware(insertion_loss="0.6 dB", arms=[{}, {"insertion_loss": "1.5 dB"}])
    assert found.transmission_first == pytest.approx(10**-0.26)
    assert found.transmission_second == pytest.approx(10**-0.35)
    assert found.background == (0.0, 0.0)


def test_what_a_link_says_of_its_arms_survives_being_written() -> None:
    link = {"between": ["a", "b"], "length": "20 km", "converter": CONVERTER, "insertion_loss": "0.5 dB"}
    link["arms"] = [
        {"length": "5 km"},
        {"insertion_loss": "1 dB", "converter": {**CONVERTER, "efficiency": 0.5}},
    ]
    scenario = from_document({"run": {"duration": 1}, "nodes": {"a": RED, "b": RED}, "links": [link]})
    again = from_document(scenario.document)
    assert again.links == scenario.links
    (one,) = again.links
    assert [one.converter_at(place).efficiency for place in (0, 1)] == [0.3, 0.5]
    assert one.losses == (0.5, 1.0)


SHARED = {
    "kind": "shared",
    "attenuation": "0.2 dB/km",
    "classical_wavelength": "1550 nm",
    "raman_coefficient": "2e-9 /(km nm)",
    "filter_width": "0.8 nm",
}


def test_classical_channels_add_the_raman_photons_of_the_closed_form() -> None:
    found = hardware(fibre={**SHARED, "co_power": "1 mW"}, insertion_loss="1 dB", midpoint=0.25)
    for rate, length in zip(found.background, (5e3, 15e3), strict=True):
        power = raman.forward_power(1e-3, length, 0.2e-3, 0.2e-3, 2e-3 * 0.8e-9)
        assert rate == pytest.approx(raman.photon_rate(power, 1550e-9) * 10**-0.1)
    # The order that coexistence experiments see: 1 mW over 5 km in 0.8 nm is tens of MHz.
    assert 1e7 < found.background[0] < 1e8
    against = hardware(fibre={**SHARED, "counter_power": "1 mW"}).background[0]
    power = raman.backward_power(1e-3, 10e3, 0.2e-3, 0.2e-3, 2e-3 * 0.8e-9)
    assert against == pytest.approx(raman.photon_rate(power, 1550e-9))


def test_noise_of_a_converter_passes_the_shared_fibre_behind_it() -> None:
    fibre = {**SHARED, "co_power": "1 uW"}
    both = hardware(nodes={"a": RED, "b": RED}, fibre=fibre, converter=CONVERTER).background[0]
    raman_alone = hardware(fibre=fibre).background[0]
    assert both == pytest.approx(raman_alone + 100 * 10**-0.2)


@dataclass(frozen=True)
class Coupler(OpticalNode):
    """A node in the middle that half the light passes."""

    def crossing(self) -> Crossing:
        return Crossing(0.5, 1)


@pytest.fixture
def coupler() -> Iterator[None]:
    """The node's kind, registered for as long as a test runs."""
    registry.register("node", "half-coupler")(Coupler)
    yield
    registry.unregister("node", "half-coupler")


def across(**fields: Any) -> Any:
    """Two memories whose light meets at a node between them, told from that node; `fields` of one link."""
    document = {
        "run": {"duration": 1},
        "nodes": {"a": RED, "s": {"kind": "half-coupler"}, "b": RED},
        "links": [
            {"between": ["s", "a"], "length": "5 km", "converter": CONVERTER, "fibre": SHARED | fields},
            {"between": ["s", "b"], "length": "15 km", "converter": CONVERTER, "insertion_loss": "3 dB"},
        ],
    }
    (built,) = from_document(document).engine().links
    return built.hardware


@pytest.mark.usefixtures("coupler")
def test_a_segment_across_a_node_gathers_noise_in_the_order_of_the_light() -> None:
    found = across(co_power="1 uW")
    power = raman.forward_power(1e-6, 5e3, 0.2e-3, 0.2e-3, 2e-3 * 0.8e-9)
    made = raman.photon_rate(power, 1550e-9)
    assert found.transmission_first == pytest.approx(0.3 * 10**-0.1 * 0.5)
    assert found.transmission_second == pytest.approx(0.3 * 10**-0.6 * 0.5)
    assert found.background == pytest.approx(((100 * 10**-0.1 + made) * 0.5, 100 * 10**-0.6 * 0.5))


@pytest.mark.usefixtures("coupler")
def test_unlike_light_across_a_node_is_refused() -> None:
    links = [{"between": [name, "s"], "length": "5 km"} for name in "ab"]
    document = {"run": {"duration": 1}, "nodes": {"a": RED, "s": "half-coupler", "b": None}, "links": links}
    with pytest.raises(ScenarioError, match=r"nodes\.s: light of 637 nm .* on 'a-s-b' and must be alike"):
        from_document(document)
    links[0] |= {"arms": [{}, {"converter": CONVERTER}]}
    with pytest.raises(ScenarioError, match="'s' has no memories, and a converter stands beside one"):
        from_document(document)
    links[0]["arms"].reverse()
    assert from_document(document).engine().links[0].hardware.wavelengths == pytest.approx((1550e-9, 1550e-9))
