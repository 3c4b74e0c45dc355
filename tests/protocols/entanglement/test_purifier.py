"""A purification policy at work at one node: what it joins, and what it makes of what it is given."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hardware.memory import MemoryState
from protocols.entanglement.purification import Bbpssw, Dejmps, _Purifier
from qsim.quantum.bell_diagonal import BellDiagonalState
from qsim.quantum.noise import PERFECT, OperationNoise
from qsim.quantum.recipes import Frame, bbpssw, dejmps, in_frame
from qsim.quantum.state import PairState


def test_a_pair_that_is_good_enough_or_of_the_other_side_is_left_alone_beside_poor_ones() -> None:
    class First(Bbpssw):
        """Takes whatever comes first."""

        def partner(self, memory: Any, candidates: Any) -> Any:
            return next(iter(candidates), None)

    far, fresh = SimpleNamespace(node=object()), SimpleNamespace(rounds=0, level=0)
    held = [
        SimpleNamespace(index=index, state=MemoryState.ENTANGLED, partner=far, pair=fresh)
        for index in range(4)
    ]
    good, poor, other, right = held
    node = SimpleNamespace(name="n1", sim=SimpleNamespace(stream=lambda _: None))
    agent: Any = SimpleNamespace(
        node=node, left=held[:3], left_indices={0, 1, 2}, good_enough=lambda memory: memory is good
    )
    work: Any = _Purifier(First(), agent)
    assert work.partners(good) is None
    assert work.partners(right) is None
    assert work.partners(poor) == (poor, other)


def test_a_round_is_made_in_the_frame_that_the_policy_takes_for_the_two_pairs() -> None:
    """The frame turns the kept pair where that one is the better, and the sacrificed one otherwise."""

    class BetterTurned(Dejmps):
        def frame_of(
            self, kept: PairState, sacrificed: PairState, first: OperationNoise, second: OperationNoise
        ) -> Frame:
            noises.append((first, second))
            return Frame("x", None) if kept.fidelity() > sacrificed.fidelity() else Frame(None, "x")

    noises: list[tuple[OperationNoise, OperationNoise]] = []
    good, poor = BellDiagonalState(0.9, 0.7, 0.8), BellDiagonalState(0.6, 0.8, 0.5)
    ends = PERFECT, OperationNoise(gate_error=0.03)
    for kept, sacrificed, frame in ((good, poor, Frame("x", None)), (poor, good, Frame(None, "x"))):
        probability, state = BetterTurned().purified(kept, sacrificed, *ends)
        chance, expected = in_frame(dejmps, frame, kept, sacrificed, *ends)
        assert (probability, state.probabilities()) == (chance, expected.probabilities())
    assert noises == [ends, ends]


@pytest.mark.parametrize("broken", ["kept", "sacrificed"])
def test_where_a_half_is_no_more_the_measured_bits_agree_half_the_time(broken: str) -> None:
    draws = iter((0.49, 0.51))
    rng = SimpleNamespace(random=lambda: next(draws))
    node = SimpleNamespace(name="n1", sim=SimpleNamespace(now=0, stream=lambda _: rng))
    agent: Any = SimpleNamespace(node=node)
    work: Any = _Purifier(Bbpssw(), agent)
    kept, sacrificed = (
        SimpleNamespace(pair=SimpleNamespace(intact=name != broken), partner=object())
        for name in ("kept", "sacrificed")
    )
    assert [work._purify(kept, sacrificed, 0) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("upstream", [True, False])
def test_each_end_decays_from_its_own_instant_and_both_know_once_the_outcome_has_travelled(
    upstream: bool,
) -> None:
    """The far end, 25 ps away, has made its gates and granted at 40 ps; this one concludes at 90 ps."""
    delays: list[Any] = []

    def delay_to(node: Any) -> int:
        delays.append(node)
        return 25

    near = SimpleNamespace(
        name="n1",
        sim=SimpleNamespace(now=90, trace=None, stream=lambda _: SimpleNamespace(random=lambda: 0.0)),
        processor=SimpleNamespace(gate_noise=PERFECT),
        delay_to=delay_to,
    )
    far = SimpleNamespace(processor=SimpleNamespace(gate_noise=OperationNoise(gate_error=0.1)))
    kept, sacrificed = (
        SimpleNamespace(node=near, partner=SimpleNamespace(node=far), pair=None) for _ in range(2)
    )
    at = (90, 40) if upstream else (40, 90)
    states = BellDiagonalState(0.9, 0.7, 0.8), BellDiagonalState(0.6, 0.8, 0.5)
    replaced: list[tuple[Any, ...]] = []
    for memory, state in zip((kept, sacrificed), states, strict=True):
        ends = (memory, memory.partner) if upstream else (memory.partner, memory)
        memory.pair = SimpleNamespace(
            intact=True,
            first=ends[0],
            second=ends[1],
            rounds=0,
            state_at=lambda *when, state=state: state if when == at else None,
            replace_state=lambda *told: replaced.append(told),
        )
    agent: Any = SimpleNamespace(node=near)
    work: Any = _Purifier(Bbpssw(), agent)
    assert work._purify(kept, sacrificed, 40) is True
    noises = [end.node.processor.gate_noise for end in (kept.pair.first, kept.pair.second)]
    _, expected = bbpssw(*states, *noises)
    ((state, when, known),) = replaced
    assert (state.probabilities(), when, known) == (expected.probabilities(), at, 90 + 25)
    assert (delays, kept.pair.rounds, sacrificed.pair.rounds) == ([far], 1, 0)
