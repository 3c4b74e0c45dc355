"""The exact calculation of links: what is wrong with it is refused by `engine`, and most of it waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import Annotated, Any

import numpy as np
import pytest

from hardware.link_models import AttemptProfile, LinkHardware, LinkModel
from qsim import registry
from qsim.errors import ParameterError
from qsim.parameters import Param
from qsim.scenario import Scenario, from_document

BELL = np.zeros((4, 4), dtype=complex)
BELL[np.ix_((0, 3), (0, 3))] = 0.5


@pytest.fixture(autouse=True)
def scaled() -> Iterator[None]:
    """A link model of one's own that multiplies what its arms let through by a number, and its state too."""

    @registry.register("link-model", "scaled")
    @dataclass(frozen=True)
    class Scaled(LinkModel):
        by: Annotated[float, Param("factor of the success probability")] = 1.0
        trace: Annotated[float, Param("trace of the state")] = 1.0

        def profile(self, hardware: LinkHardware) -> AttemptProfile:
            return AttemptProfile(self.by * hardware.transmission_first, 1.0, self.trace * BELL)

    yield
    registry.unregister("link-model", "scaled")


def line(lengths: list[str], **model: Any) -> Scenario:
    """Nodes n0, n1, ... with fibre of 0.2 dB a km between them."""
    nodes = [f"n{place}" for place in range(len(lengths) + 1)]
    links = [
        {"between": [nodes[place], nodes[place + 1]], "length": length}
        for place, length in enumerate(lengths)
    ]
    return from_document(
        {
            "run": {"duration": "20 ms"},
            "nodes": nodes,
            "links": links,
            "defaults": {"generation": {"kind": "scaled", **model}},
            "traffic": [{"kind": "request", "initiator": "n0", "responder": nodes[-1]}],
        }
    )


def worked_out(engine: Any) -> list[str]:
    """The links whose exact calculation is made."""
    return [link.name for link in engine.links if link._worked is not None]


def test_probabilities_that_are_none_are_refused_before_anything_runs() -> None:
    scenario = line(["10 km"], by=3.0)
    said = r"link 'n0-n1', link model 'scaled': an attempt's `success` must be in \[0, 1\]"
    with pytest.raises(ParameterError, match=said):
        scenario.engine(seed=1)


def test_a_state_that_is_none_is_refused_before_anything_runs() -> None:
    scenario = line(["10 km"], trace=2.0)
    with pytest.raises(
        ParameterError, match=r"link 'n0-n1', link model 'scaled': .* must have trace 1, got 2"
    ):
        scenario.engine(seed=1)


@pytest.mark.parametrize("place", range(4))
def test_the_link_whose_arms_lose_least_is_tried_wherever_it_is(place: int) -> None:
    lengths = ["60 km", "70 km", "80 km", "90 km"]
    lengths[place] = "2 km"
    # Half of the fibre is an arm: 0.95 passes 1 km, 0.25 passes 30 km.
    with pytest.raises(ParameterError, match=rf"link 'n{place}-n{place + 1}', .*`success`"):
        line(lengths, by=2.0).engine(seed=1)


@pytest.mark.parametrize("place", range(3))
def test_devices_that_differ_are_tried_apart(place: int) -> None:
    """A link that loses neither least nor most is tried where its model has parameters of its own."""
    links: list[dict[str, Any]] = [
        {"between": ["n0", "n1"], "length": "10 km", "generation": "scaled"},
        {"between": ["n1", "n2"], "length": "40 km", "generation": "scaled"},
        {"between": ["n2", "n3"], "length": "70 km", "generation": "scaled"},
    ]
    links[place] |= {"length": "30 km", "generation": {"kind": "scaled", "by": 5.0}}
    scenario = from_document({"run": {"duration": "1 ms"}, "nodes": ["n0", "n1", "n2", "n3"], "links": links})
    with pytest.raises(ParameterError, match=rf"link 'n{place}-n{place + 1}', .*`success`"):
        scenario.engine(seed=1)


def test_of_links_alike_but_for_their_arms_two_are_worked_out_before_the_run() -> None:
    engine: Any = line(["20 km", "30 km", "10 km", "25 km", "40 km"]).engine(seed=1)
    assert sorted(worked_out(engine)) == ["n2-n3", "n4-n5"]
    success = [link.profile.success for link in engine.links]
    lengths = (20, 30, 10, 25, 40)
    assert success == pytest.approx([exp(-0.2 * length / 2 * np.log(10) / 10) for length in lengths])


def test_when_it_is_made_changes_no_bit_of_a_run() -> None:
    scenario = line(["5 km", "9 km", "2 km", "7 km"])
    late: Any = scenario.engine(seed=4)
    early: Any = scenario.engine(seed=4)
    for link in early.links:
        _ = link.state
    assert len(worked_out(late)) == 2
    assert len(worked_out(early)) == 4
    outcomes = [engine.run() for engine in (late, early)]
    assert outcomes[0].flows[0].pairs > 0
    assert outcomes[0].fingerprint == outcomes[1].fingerprint
