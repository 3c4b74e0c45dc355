"""Links that differ in their names alone share what is worked out of their hardware, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

import protocols.protocol_kinds
from qsim.errors import ScenarioError
from qsim.scenario import from_document

del protocols

LINE: dict[str, Any] = {"kind": "line", "nodes": 5, "length": "10 km"}


def line(**sections: Any) -> dict[str, Any]:
    return {"run": {"duration": "20 ms"}, "topology": LINE, **sections}


def test_alike_links_share_hardware_and_physics() -> None:
    engine: Any = from_document(line()).engine(seed=1)
    first, *others = engine.links
    assert all(link.hardware is first.hardware and link.worked is first.worked for link in others)
    assert len({link.station for link in engine.links}) == len({link.name for link in engine.links}) == 4


def test_so_do_links_of_two_rounds_whose_memories_decay() -> None:
    engine: Any = from_document(line(defaults={"memory": {"t2": "1 s"}})).engine(seed=1)
    first, *others = engine.links
    assert first.hardware.between_rounds > 0
    assert all(link.hardware is first.hardware and link.worked is first.worked for link in others)


@pytest.mark.parametrize(
    "own",
    [
        {"length": "11 km"},
        {"midpoint": 0.25},
        {"insertion_loss": 1.0},
        {"arms": [{"length": "2 km"}, {"length": "8 km"}]},
        {"detector": {"efficiency": 0.5}},
        {"fibre": {"attenuation": "0.3 dB/km"}},
        {"link_model": "single-click"},
    ],
    ids=lambda own: next(iter(own)),
)
def test_a_link_with_something_of_its_own_is_worked_out_by_itself(own: dict[str, Any]) -> None:
    document = line(links=[{"between": ["n1", "n2"], **own}])
    engine: Any = from_document(document).engine(seed=1)
    first, second, third, fourth = engine.links
    assert first.hardware is third.hardware is fourth.hardware
    assert (second.hardware, second.model) != (first.hardware, first.model)
    alone: Any = from_document({**document, "topology": {**LINE, "nodes": 3}}).engine(seed=1)
    assert second.hardware == alone.links[1].hardware
    assert second.profile.success == alone.links[1].profile.success


def test_a_bank_of_another_kind_at_one_end_counts() -> None:
    engine: Any = from_document(line(nodes={"n2": {"memory": {"efficiency": 0.5}}})).engine(seed=1)
    assert [link.hardware is engine.links[0].hardware for link in engine.links] == [True, False, False, True]
    assert (engine.links[1].hardware.first.efficiency, engine.links[1].hardware.second.efficiency) == (1, 0.5)
    assert (engine.links[2].hardware.first.efficiency, engine.links[2].hardware.second.efficiency) == (0.5, 1)


def test_a_fault_of_all_links_is_told_of_each() -> None:
    # Nobody knows what fibre loses at this wavelength.
    with pytest.raises(ScenarioError) as caught:
        from_document(line(defaults={"memory": {"wavelength": 1800e-9}}))
    told = [fault for fault in caught.value.faults if "1800 nm" in fault]
    assert len(told) == 4
    for link in ("n0-n1", "n1-n2", "n2-n3", "n3-n4"):
        assert sum(f"'{link}'" in fault for fault in told) == 1


def test_a_fault_of_one_link_among_alike_ones_is_found() -> None:
    with pytest.raises(ScenarioError) as caught:
        from_document(line(nodes={"n3": {"memory": {"wavelength": 1310e-9}}}))
    told = "\n".join(caught.value.faults)
    assert "'n2-n3'" in told
    assert "'n3-n4'" in told
    assert "'n0-n1'" not in told
