"""Faults of links that used to be told late or at the wrong place: the check names field and value."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import ScenarioError
from qsim.scenario import from_document


def document(link: dict[str, Any] | None = None, **sections: Any) -> dict[str, Any]:
    """Two nodes and a link of 10 km between them."""
    return {
        "qsim": 2,
        "run": {"duration": "1 ms"},
        "nodes": {"a": {}, "b": {}},
        "links": [{"between": ["a", "b"], "length": "10 km", **(link or {})}],
        **sections,
    }


@pytest.mark.parametrize("field", ["window", "time_resolution", "window_start"])
@pytest.mark.parametrize("seconds", [3601, 1e9, 1e300])
def test_a_time_of_a_detector_that_is_too_long_is_named(field: str, seconds: float) -> None:
    with pytest.raises(ScenarioError, match=rf"links\[0\]\.detector\.{field}: must be in .*3600\] s, got"):
        from_document(document({"detector": {field: seconds}}))
    from_document(document({"detector": {field: 3600.0}}))


def test_the_longest_window_of_a_request_is_counted() -> None:
    wanted = {"kind": "request", "initiator": "a", "responder": "b"}
    with pytest.raises(ScenarioError, match=r"traffic\[0\]\.duration: must be in \(0, 1000000000000\] s"):
        from_document(document(traffic=[{**wanted, "duration": 1e300}]))
    assert from_document(document(traffic=[{**wanted, "duration": 1e12}])).run(seed=1).unfinished


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_a_balance_that_the_arms_cannot_have_is_told_by_the_check(detail: str) -> None:
    unequal = {"midpoint": 0, "length": "100 km"}
    model = {"kind": "single-click", "balanced": True, "bright_population": 0.6}
    run = {"duration": "1 ms", "detail": detail}
    with pytest.raises(
        ScenarioError, match=r"nodes\.a: `link_model\.balanced` of 'a-b' would give one end .* of 1\.19"
    ):
        from_document(document({**unequal, "link_model": model}, run=run))
    from_document(document({"link_model": model}, run=run))
    from_document(document({**unequal, "link_model": {**model, "bright_population": 0.4}}, run=run))


@pytest.mark.parametrize("name", ["a", "b"])
def test_light_of_unknown_loss_is_told_where_its_wavelength_stands(name: str) -> None:
    nodes: dict[str, Any] = {"a": {}, "b": {}, name: {"memory": {"wavelength": "200 nm"}}}
    with pytest.raises(ScenarioError) as caught:
        from_document(document(nodes=nodes))
    (told,) = str(caught.value).splitlines()
    assert f"nodes.{name}.memory.wavelength: no usual attenuation of fibre is known at 200 nm" in told
    assert "(on 'a-b')" in told


def test_of_several_banks_the_one_at_fault_is_named() -> None:
    banks = {"near": {"count": 1}, "far": {"count": 1, "wavelength": "200 nm"}}
    with pytest.raises(ScenarioError, match=r"nodes\.a\.memory\.far\.wavelength: no usual attenuation"):
        from_document(document({"banks": ["far", "memory"]}, nodes={"a": {"memory": banks}, "b": {}}))


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ({"second_detector": {"efficiency": 0.5}}, lambda link: link.detectors[1].efficiency),
        ({"converter": {"efficiency": 0.5}}, lambda link: link.converter_at(0).efficiency),
        (
            {"arms": [{"length": "4 km", "converter": {"efficiency": 0.5}}, {"length": "6 km"}]},
            lambda link: link.converter_at(0).efficiency,
        ),
    ],
    ids=["second detector", "converter", "converter of an arm"],
)
def test_devices_that_may_be_left_out_have_a_usual_kind(link: dict[str, Any], found: Any) -> None:
    scenario = from_document(document(link))
    assert found(scenario.links[0]) == 0.5
    assert from_document(scenario.document).links == scenario.links
    again = from_document(document({"converter": None, "second_detector": None}))
    assert again.links[0].converter_at(0) is None
