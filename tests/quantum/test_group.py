"""Groups: promotion and demotion are exact, decay is lazy, and a memory has one holder whatever happens."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count
from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.errors import StateError
from qsim.quantum import (
    PERFECT,
    BellDiagonalState,
    DensityMatrixState,
    EntangledPair,
    MemoryNoise,
    Owed,
    PairState,
)
from qsim.quantum.directions import DIRECTIONS
from qsim.quantum.group import Group
from qsim.quantum.pair import Disturbance
from qsim.quantum.registers.dense import DenseRegister
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY, LAWS

S = 10**12


@dataclass(eq=False)
class Slot:
    """What holds one qubit."""

    noise: MemoryNoise | None = None
    pair: EntangledPair | None = None
    group: Group | None = None
    disturbance: Disturbance | None = None
    node: Any = None

    def clear(self) -> None:
        """Let go, as a memory does."""
        if self.group is not None:
            self.group.discard(self)
        self.pair = None


@dataclass
class Gaussian:
    """A dephasing that knows the age."""

    def damping(self, age: float) -> float:
        return age * age


@dataclass
class Shaken:
    """A disturbance of constant rate."""

    def exponent(self, since: int, until: int) -> float:
        return 0.3 * (until - since) / S


def paired(state: PairState, first: Slot, second: Slot, since: tuple[int, int] = (0, 0)) -> EntangledPair:
    """A pair held by two slots."""
    pair = EntangledPair(7, state, first, second, since, since, 0)
    first.pair = second.pair = pair
    return pair


def empty(seed: int = 1) -> Group:
    """A group without qubits."""
    return Group(DenseRegister(random.Random(seed)))


def rho_of(group: Group, now: int) -> oracle.Matrix:
    """The joint state at a time in ps."""
    return group.register.rho(group.up_to(now, group.members))


@pytest.mark.parametrize("owed", [None, (Owed(0, 3 * S), None), (Owed(-1, 2 * S), Owed(0, S))])
@pytest.mark.parametrize("shaken", [None, Shaken()])
@given(state=DENSITY, first=LAWS, second=LAWS, aged=st.booleans())
@settings(max_examples=25)
def test_a_promoted_pair_decays_as_the_pair_would(
    state: Any, first: Any, second: Any, aged: bool, owed: Any, shaken: Any
) -> None:
    """Each half at its own instants, also with a law that knows the age, a correction owed, a disturbance."""
    if aged:
        first = (first or MemoryNoise()).plus(MemoryNoise(dephasing_laws=(Gaussian(),)))
    if shaken is not None:
        second = second or MemoryNoise()
    one, other = Slot(first), Slot(second, disturbance=shaken)
    pair = paired(state, one, other, (0, S // 2))
    pair.owed = owed
    expected = pair.state_at(4 * S, 5 * S).density_matrix()
    group = empty()
    group.promote(pair)
    assert not pair.intact
    assert one.group is other.group is group
    group.up_to(S, [one])
    group.up_to(2 * S, [other])
    group.up_to(4 * S, [one])
    group.up_to(5 * S, [other])
    assert np.abs(group.register.rho((0, 1)) - expected).max() < 1e-12


@given(BELL_DIAGONAL)
def test_there_and_back(state: BellDiagonalState) -> None:
    law = MemoryNoise.dephasing(2.0)
    one, other = Slot(law), Slot(law)
    pair = paired(state, one, other, (5, 9))
    group = empty()
    group.promote(pair)
    back = group.demoted(BellDiagonalState, lambda: 8, 20)
    assert back is not None
    assert back.intact
    assert (back.id, back.since, back.stored, back.born, back.confirmed_at) == (8, (5, 9), (5, 9), 5, 20)
    assert one.group is other.group is None
    assert not group.members
    assert back.state_at(S, 2 * S).probabilities() == pytest.approx(
        pair.state_at(S, 2 * S).probabilities(), abs=1e-12
    )


def test_only_what_the_formalism_holds_exactly_becomes_a_pair() -> None:
    one, other = Slot(), Slot()
    group = empty()
    group.promote(paired(BellDiagonalState.werner(0.9), one, other))
    group.gate("h", [one], 0)
    assert group.demoted(BellDiagonalState, lambda: 8, 0) is None
    assert one.group is group
    pair = group.demoted(DensityMatrixState, lambda: 8, 0)
    assert pair is not None
    assert pair.state(0).fidelity() == pytest.approx(0.1 / 3, abs=1e-12)


def test_half_of_a_pair_that_lost_the_other() -> None:
    one, other = Slot(), Slot()
    pair = paired(DensityMatrixState.from_density_matrix(np.diag([0.7, 0.1, 0.1, 0.1])), one, other)
    other.clear()
    group = empty()
    group.promote(pair)
    assert group.members == [one]
    assert group.register.rho((0,)) == pytest.approx(np.diag([0.8, 0.2]), abs=1e-12)


@pytest.mark.parametrize("basis", ["x", "y", "z"])
def test_half_of_a_pair_whose_other_was_measured(basis: str) -> None:
    one, other = Slot(), Slot(MemoryNoise.dephasing(2.0))
    pair = paired(BellDiagonalState.werner(1.0), one, other)
    bit = pair.measure(one, DIRECTIONS[basis], 0, 0.2)
    one.clear()
    group = empty()
    group.promote(pair)
    assert group.members == [other]
    sign = (1 - 2 * bit) * (-1 if basis == "y" else 1) * (1 if basis == "z" else exp(-0.5))
    group.up_to(S, [other])
    assert group.register.expect(basis.upper(), (0,)) == pytest.approx(sign, abs=1e-12)


@pytest.mark.parametrize(("fidelity", "n", "expected"), [
    (0.95, 3, 0.858185185185185), (0.95, 4, 0.816011111111111), (0.95, 5, 0.7761629218106995),
    (0.9, 3, 0.7321481481481482),
])  # fmt: skip
def test_ghz_at_a_hub(fidelity: float, n: int, expected: float) -> None:
    """One pair to each user, CNOTs at the hub, the targets measured and corrected at the users."""
    assert hub_ghz(fidelity, n, None, 0) == pytest.approx(expected, abs=1e-12)


def test_ghz_at_a_hub_decays_at_the_users_and_the_hub() -> None:
    """Dephasing commutes with all that is done: the phases of all pairs are summed up."""
    law = MemoryNoise.dephasing(2.0)
    decayed = BellDiagonalState.werner(0.95).decayed(law, law, 1.5).fidelity()
    assert decayed < 0.7
    # x and y of a Werner pair fall alike: F(GHZ) from flips of X and of Z of each pair.
    w, phase = (4 * 0.95 - 1) / 3, exp(-1.5)
    flip = (1 + w) / 2
    alike = flip**3 + (1 - flip) ** 3
    zs = (w * phase) ** 3
    assert alike > zs
    assert hub_ghz(0.95, 3, law, int(1.5 * S)) == pytest.approx(_ghz_closed(w, phase, 3), abs=1e-12)


def _ghz_closed(w: float, phase: float, n: int) -> float:
    """Sum over Pauli errors of the pairs: all X flips alike and an even number of Z flips."""
    p_i, p_z = (1 + w + 2 * w * phase) / 4, (1 + w - 2 * w * phase) / 4
    p_x = p_y = (1 - w) / 4
    none = ((p_i + p_z) ** n + (p_i - p_z) ** n) / 2
    both = ((p_x + p_y) ** n + (p_x - p_y) ** n) / 2
    return none + both


def hub_ghz(fidelity: float, n: int, law: MemoryNoise | None, wait: int) -> float:
    """Fidelity of the GHZ state that a hub makes of Werner pairs after a wait in ps."""
    users, hub = [Slot(law) for _ in range(n)], [Slot(law) for _ in range(n)]
    pairs = [
        paired(BellDiagonalState.werner(fidelity), user, own) for user, own in zip(users, hub, strict=True)
    ]
    group = empty()
    group.promote(pairs[0])
    for pair, user, target in zip(pairs[1:], users[1:], hub[1:], strict=True):
        group.promote(pair)
        group.gate("cx", [hub[0], target], wait)
        if group.measure(target, "z", wait):
            group.gate("x", [user], wait)
    if group.measure(hub[0], "x", wait):
        group.gate("z", [users[0]], wait)
    return group.fidelity("ghz", users, wait)


@given(BELL_DIAGONAL, BELL_DIAGONAL, st.integers(0, 100))
@settings(max_examples=25)
def test_a_swap_in_a_group_is_the_swap_of_pairs(one: Any, other: Any, seed: int) -> None:
    """Of Bell-diagonal pairs every outcome leaves the same state, once corrected."""
    ends = [Slot() for _ in range(4)]
    group = empty(seed)
    group.promote(paired(one, ends[0], ends[1]))
    group.promote(paired(other, ends[2], ends[3]))
    expected = one.swapped(other, PERFECT).density_matrix()
    assert np.abs(_bell_measured(group, ends) - expected).max() < 1e-12


def _bell_measured(group: Group, ends: list[Slot]) -> oracle.Matrix:
    group.gate("cx", [ends[1], ends[2]], 0)
    if group.measure(ends[2], "z", 0):
        group.gate("x", [ends[3]], 0)
    if group.measure(ends[1], "x", 0):
        group.gate("z", [ends[3]], 0)
    return rho_of(group, 0)


def test_refusals() -> None:
    one, other, stranger = Slot(), Slot(), Slot()
    group = empty()
    group.promote(paired(BellDiagonalState.werner(0.9), one, other))
    with pytest.raises(StateError, match="holds no qubit of <Group of 2>"):
        group.gate("x", [stranger], 0)
    group.measure(one, "z", 5)
    with pytest.raises(StateError, match="holds no qubit of <Group of 1>"):
        group.measure(one, "z", 5)
    group.gate("x", [other], 5)
    with pytest.raises(StateError, match="was operated upon at 5 ps, after 4 ps"):
        group.gate("x", [other], 4)


@dataclass
class World:
    """Slots, and what may happen to them in any order."""

    seed: int
    now: int = 0
    slots: list[Slot] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1).__next__)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        laws = None, MemoryNoise.dephasing(3.0), MemoryNoise.thermal(4.0, 3.0), MemoryNoise.depolarising(5.0)
        self.slots = [Slot(self.rng.choice(laws)) for _ in range(6)]

    def some(self, wanted: Any) -> Slot | None:
        """A slot of a sort, if there is one."""
        found = [slot for slot in self.slots if wanted(slot)]
        return self.rng.choice(found) if found else None

    def group_of(self, slot: Slot) -> Group:
        """The group of a slot, its pair promoted."""
        if slot.group is None:
            group = Group(DenseRegister(self.rng))
            if slot.pair is not None:
                group.promote(slot.pair)
            else:
                group.prepare(slot, np.diag([1.0, 0.0]).astype(complex), self.now)
        assert slot.group is not None
        return slot.group

    def step(self, what: int) -> None:
        """One thing that happens, after a while."""
        self.now += self.rng.randrange(S)
        one = self.some(_free if what == 0 else _held)
        if one is None:
            return
        if what == 0:
            other = self.some(lambda slot: _free(slot) and slot is not one)
            if other is not None:
                state = DensityMatrixState.werner(0.25 + 0.75 * self.rng.random())
                paired(state, one, other, (self.now, self.now)).id = self.numbers()
        elif what == 1:
            self.group_of(one).gate(self.rng.choice(["h", "s", "x", "t"]), [one], self.now)
        elif what == 2:
            other = self.some(lambda slot: _held(slot) and slot is not one)
            if other is not None:
                group, beside = self.group_of(one), self.group_of(other)
                group.join(beside)
                group.gate(self.rng.choice(["cx", "cz"]), [one, other], self.now)
        elif what == 3:
            group = self.group_of(one)
            assert group.measure(one, self.rng.choice("xyz"), self.now) in (0, 1)
            if len(group.members) == 2:
                before = rho_of(group, self.now)
                pair = group.demoted(DensityMatrixState, self.numbers, self.now)
                assert pair is not None
                assert np.abs(pair.state(self.now).density_matrix() - before).max() < 1e-10
        elif what == 4:
            one.clear()
        else:
            self.swap()

    def swap(self) -> None:
        """Join two whole pairs, as the network does."""
        pairs = list({slot.pair.id: slot.pair for slot in self.slots if slot.pair is not None}.values())
        whole = [pair for pair in pairs if pair.intact]
        if len(whole) >= 2:
            near, far = self.rng.sample(whole, 2)
            state = near.state(self.now).swapped(far.state(self.now), PERFECT)
            first, second = near.first, far.second
            near.second.clear(), far.first.clear()  # type: ignore[attr-defined]
            paired(state, first, second, (self.now, self.now)).id = self.numbers()  # type: ignore[arg-type]

    def check(self) -> None:
        """One holder a memory, every qubit counted once, and true states."""
        groups = {id(slot.group): slot.group for slot in self.slots if slot.group is not None}
        for slot in self.slots:
            assert slot.pair is None or slot.group is None
            if slot.pair is not None:
                assert slot in (slot.pair.first, slot.pair.second)
            if slot.group is not None:
                assert slot.group.members.count(slot) == 1
        for group in groups.values():
            assert group.register.size == len(group.members)
            assert all(member.group is group for member in group.members)
            rho = rho_of(group, self.now)
            assert abs(np.trace(rho) - 1) < 1e-9
            assert np.linalg.eigvalsh(rho)[0] > -1e-9


def _held(slot: Slot) -> bool:
    return slot.pair is not None or slot.group is not None


def _free(slot: Slot) -> bool:
    return not _held(slot)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 5), min_size=5, max_size=25))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_a_memory_has_one_holder(seed: int, steps: list[int]) -> None:
    world = World(seed)
    for what in (0, 0, *steps):
        world.step(what)
        world.check()


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_decay_is_the_same_whenever_somebody_looks(seed: int) -> None:
    def run(eager: bool) -> oracle.Matrix:
        rng, laws = random.Random(seed), (MemoryNoise.dephasing(1.0), MemoryNoise.thermal(2.0, 1.5))
        slots = [Slot(rng.choice(laws)) for _ in range(4)]
        group = empty(seed)
        group.promote(paired(DensityMatrixState.werner(0.9), slots[0], slots[1]))
        group.promote(paired(DensityMatrixState.werner(0.8), slots[2], slots[3]))
        for time in range(1, 6):
            if eager:
                group.up_to(time * S, group.members)
            one, other = rng.sample(slots, 2)
            group.gate(rng.choice(["cx", "cz"]), [one, other], time * S)
            group.gate("h", [one], time * S)
        group.measure(slots[0], "y", 6 * S)
        return rho_of(group, 7 * S)

    assert np.abs(run(True) - run(False)).max() < 1e-12
