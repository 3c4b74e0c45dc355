"""The formalisms held to each other through the whole stack: one scenario, one seed, one course of events."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import Document, alive, chain, clocked, request

Event = tuple[int, str, str, dict[str, Any]]


def played(document: Document, formalism: str, seed: int) -> tuple[Any, list[Event]]:
    """Result and trace."""
    sink = MemorySink()
    run = {**document["run"], "formalism": formalism}
    result = alive({**document, "run": run}, seed=seed, trace=sink).run()
    return result, sink.events


def assert_same_course(one: list[Event], other: list[Event]) -> None:
    """The same events at the same times, with numbers that agree to 1e-9."""
    assert [event[:3] for event in one] == [event[:3] for event in other]
    for (*_, mine), (*_, theirs) in zip(one, other, strict=True):
        assert mine.keys() == theirs.keys()
        for name, value in mine.items():
            if isinstance(value, float):
                assert theirs[name] == pytest.approx(value, abs=1e-9, rel=1e-9)
            else:
                assert theirs[name] == value


def noisy(purification: str, swapping: str, memory: Document, **fields: Any) -> Document:
    """Three links with noise of every kind, purified before and after swaps."""
    return chain(
        3,
        swapping=swapping,
        purification=purification,
        processor={
            "gate_error": 0.004,
            "readout_error": 0.002,
            "swap_gate_error": 0.01,
            "swap_readout_error": 0.005,
        },
        generation=clocked(0.5e-3, 0.7, fidelity=0.95),
        cutoff="100 ms",
        memory=memory,
        count=12,
        traffic=[
            request("n0", "n3", memories=4, fidelity=0.87),
            {"kind": "teleportation", "initiator": "n1", "responder": "n3", "memories": 2, "start": 0.5},
        ],
        run={"duration": 1.0},
        **fields,
    )


@pytest.mark.parametrize(
    "memory",
    [{"depolarising_time": "2 s"}, {"t2": "1 s"}, {"pauli_x": 0.1, "pauli_y": 0.02, "pauli_z": 0.3}],
    ids=["depolarising", "dephasing", "Pauli rates"],
)
@pytest.mark.parametrize(("purification", "swapping"), [("bbpssw", "nested"), ("dejmps", "asap")])
def test_bell_diagonal_states_and_density_matrices_agree(
    purification: str, swapping: str, memory: Document
) -> None:
    """Noise that is a mixture of Pauli operations keeps pairs Bell-diagonal, so both formalisms are exact.

    Purification chooses by fidelity and succeeds by chance, so that a difference anywhere would show in
    the course of events as well.
    """
    document = noisy(purification, swapping, memory)
    result, events = played(document, "bell-diagonal", seed=3)
    other, others = played(document, "density-matrix", seed=3)
    assert_same_course(events, others)
    assert result.notes == ()
    assert result.events == other.events
    assert len(result.pairs) > 30
    assert len({round(pair.fidelity, 6) for pair in result.pairs}) > 10
    names = {event for _, event, *_ in events}
    assert {"pair_purified", "pair_swapped", "pair_delivered"} <= names


def test_energy_relaxation_sets_them_apart() -> None:
    """It has no Bell-diagonal form; what stands in for it there is close, and never the same."""
    document = noisy("bbpssw", "nested", {"t1": "0.4 s", "t2": "0.3 s"})
    means = [
        max(played(document, formalism, seed=3)[0].flows, key=lambda row: row.pairs).fidelity_mean
        for formalism in ("bell-diagonal", "density-matrix")
    ]
    assert means[0] == pytest.approx(means[1], abs=0.01)
    assert means[0] != pytest.approx(means[1], abs=1e-6)


@pytest.mark.parametrize("kind", ["barrett-kok", "single-click"])
def test_all_three_agree_on_plain_links(kind: str) -> None:
    """Without swaps, purification or decay, the one number carried is the fidelity of the state."""
    document = chain(
        1,
        generation={"kind": kind},
        memory={"initial_fidelity": 0.97, "efficiency": 0.8},
        defaults={"detector": {"efficiency": 0.9, "dark_count_rate": 100.0}},
        traffic=[request("n0", "n1", memories=2)],
        run={"duration": 1.0},
    )
    document["links"][0]["length"] = 2e4
    plain = played(document, "scalar-fidelity", seed=5)
    for formalism in ("bell-diagonal", "density-matrix"):
        result, events = played(document, formalism, seed=5)
        assert_same_course(events, plain[1])
    assert len(result.pairs) > 50


def test_bookkeeping_of_one_number_is_not_a_state_after_a_swap() -> None:
    """It multiplies fidelities, as published in 2020; two Werner pairs leave a third of the wrong weight."""
    document = chain(
        2, generation=clocked(fidelity=0.9), traffic=[request("n0", "n2")], run={"duration": 0.1}
    )
    numbers, _ = played(document, "scalar-fidelity", seed=0)
    states, _ = played(document, "bell-diagonal", seed=0)
    assert {round(pair.fidelity, 12) for pair in numbers.pairs} == {0.81}
    assert {round(pair.fidelity, 12) for pair in states.pairs} == {round(0.81 + 0.1**2 / 3, 12)}
