"""Registers of stabilizer states: thousands of qubits under Clifford gates and Pauli noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np

from qsim.errors import StateError
from qsim.quantum.bell import as_probability
from qsim.quantum.registers.base import CERTAIN, Draws, Register, bytes_in_words, pauli_places, qubits_of
from qsim.quantum.registers.channel import chosen
from qsim.quantum.registers.dense import pauli_means
from qsim.quantum.registers.gates import GATES, pauli_products
from qsim.quantum.registers.targets import generators, target_ket
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.registers.channel import Channel
    from qsim.quantum.registers.gates import Gate

_EXACT: Final = 1e-9
#: An angle may be rounded by so much, in rad: 1.5708 is a quarter turn. The overlap changes by its square.
_ROUNDED: Final = 1e-5
#: What each named gate is called by stim.
_CLIFFORD: Final = {
    "i": None,
    "x": "x",
    "y": "y",
    "z": "z",
    "h": "h",
    "s": "s",
    "sdg": "s_dag",
    "sx": "sqrt_x",
    "sxdg": "sqrt_x_dag",
    "cx": "cx",
    "cy": "cy",
    "cz": "cz",
    "swap": "swap",
}
#: Most qubits of which a density matrix or the overlap with a ket is made, 4**k mean values.
_MOST_DENSE: Final = 8


@register("register", "stabilizer")
class StabilizerRegister(Register):
    """One trajectory of a stabilizer state, held by stim (the extra ``clifford``).

    Noise becomes Pauli errors; a channel that is not one is twirled, and a note says so. Every outcome is
    drawn from the register's own stream and then imposed, so results do not hang on stim's version.

    Raises:
        StateError: stim is not installed.

    References:
        Gidney, Quantum 5, 497 (2021).
    """

    name: ClassVar[str] = "stabilizer"
    most: ClassVar[int] = 5000

    def __init__(self, draws: Draws) -> None:
        super().__init__(draws)
        self._simulator: Any = _stim().TableauSimulator()
        # Places in the tableau, in the order of the qubits, and places that measured qubits have left.
        self._places: list[int] = []
        self._free: list[int] = []

    @classmethod
    def memory(cls, size: int) -> str:
        return bytes_in_words(size**2 / 2)

    def append(self, rho: NDArray[np.complex128]) -> None:
        qubits = qubits_of(rho)
        self._fits(qubits)
        if qubits not in (1, 2):
            raise StateError(f"a stabilizer register takes fresh qubits by one or two, got {qubits}")
        means = pauli_means(rho)
        places = [self._fresh() for _ in range(qubits)]
        self._places += places
        self.size += qubits
        if qubits == 1:
            self._single(means, places[0])
        else:
            self._pair(means, places)

    def join(self, other: Self) -> None:
        self._fits(other.size)
        stim, held = _stim(), self._simulator.num_qubits
        joined = stim.TableauSimulator()
        joined.set_inverse_tableau(self._inverse() + other._inverse())
        self._simulator = joined
        self._places += [held + place for place in other._places]
        self._free += [held + place for place in other._free]
        self.size += other.size
        self.notes.update(other.notes)

    def channel(self, channel: Channel, qubits: Sequence[int]) -> None:
        given = self._known(qubits, channel.qubits, "the channel")
        if not channel.is_pauli:
            self.notes["noise that is no Pauli error, such as relaxation, was twirled to Pauli errors"] = None
        weights = channel.pauli_weights
        if (weights < -_EXACT).any():
            raise StateError("the channel is not completely positive: no noise does this to a qubit")
        if weights[0] < 1:
            self._flip(chosen(np.maximum(weights, 0).tolist(), self.draws.random()), given)

    def discard(self, qubit: int) -> None:
        self._known((qubit,), 1, "discarding")
        self._measure_z(qubit)

    def expect(self, pauli: str, qubits: Sequence[int]) -> float:
        given = self._known(qubits, len(pauli), f"the product {pauli!r}")
        pauli_places(pauli)
        return float(self._simulator.peek_observable_expectation(self._product(pauli, given)))

    def rho(self, qubits: Sequence[int]) -> NDArray[np.complex128]:
        means = self._means(qubits)
        return np.asarray(np.einsum("i,iab->ab", means, pauli_products(len(qubits))) / 2 ** len(qubits))

    def fidelity(self, target: NDArray[np.complex128] | str, qubits: Sequence[int] | None = None) -> float:
        given = tuple(range(self.size) if qubits is None else qubits)
        self._known(given, len(given), "a state")
        signed = generators(target, len(given)) if isinstance(target, str) else None
        if signed is None:
            ket = target_ket(target, len(given))
            wanted = pauli_means(ket[:, None] * ket.conj()[None, :]).reshape(-1)
            return as_probability(float(np.sum(self._means(given) * wanted)) / float(2 ** len(given)))
        # The projector is a product over the generators: each is asked in what the earlier ones leave.
        tried, overlap = self._simulator.copy(), 1.0
        for letters in signed:
            wanted_sign = -1 if letters.startswith("-") else 1
            product = self._product(letters.lstrip("-"), given)
            overlap *= (1 + wanted_sign * tried.peek_observable_expectation(product)) / 2
            if overlap == 0.0:
                return 0.0
            tried.postselect_observable(product, desired_value=wanted_sign < 0)
        return overlap

    def _apply(self, gate: Gate, qubits: tuple[int, ...]) -> None:
        places = [self._places[qubit] for qubit in qubits]
        if GATES.get(gate.name) is gate and gate.name in _CLIFFORD:
            called = _CLIFFORD[gate.name]
            if called is not None:
                getattr(self._simulator, called)(*places)
            return
        # stim rounds a small turn away: whether Paulis become Paulis is for us to see.
        if not np.allclose(np.abs(gate.transfer), np.abs(gate.transfer).round(), rtol=0, atol=_ROUNDED):
            raise StateError(
                f"gate {gate.name!r} is no Clifford gate, and a stabilizer register has no other;"
                " `dense` (8 qubits) and `ket` (20 qubits) have every gate"
            )
        # stim holds numbers in single precision.
        tableau = _stim().Tableau.from_unitary_matrix(gate.matrix.astype(np.complex64), endian="big")
        self._simulator.do_tableau(tableau, places)

    def _measure_z(self, qubit: int) -> int:
        place = self._places.pop(qubit)
        outcome = self._outcome((1 + self._simulator.peek_z(place)) / 2)
        self._simulator.postselect_z(place, desired_value=outcome)
        if outcome:
            self._simulator.x(place)
        self._free.append(place)
        self.size -= 1
        return outcome

    def _fresh(self) -> int:
        """A place in |0>."""
        if self._free:
            return self._free.pop()
        place = int(self._simulator.num_qubits)
        self._simulator.set_num_qubits(place + 1)
        return place

    def _single(self, means: NDArray[np.float64], place: int) -> None:
        strengths = np.abs(means[1:])
        axis = int(np.argmax(strengths))
        if strengths.sum() - strengths[axis] > _EXACT:
            raise StateError(
                "a stabilizer register takes a fresh qubit along an axis of the Bloch sphere, got the vector"
                f" ({', '.join(f'{value:.4g}' for value in means[1:])})"
            )
        if self._outcome((1 + float(means[1 + axis])) / 2):
            self._simulator.x(place)
        if axis < 2:
            self._simulator.h(place)
        if axis == 1:
            self._simulator.s(place)

    def _pair(self, means: NDArray[np.float64], places: list[int]) -> None:
        flat: list[float] = means.ravel().tolist()
        # Between the entries of the diagonal there are four others.
        if max(map(abs, (*flat[1:5], *flat[6:10], *flat[11:15]))) > _EXACT:
            self.notes["pairs that were not Bell-diagonal were twirled to Bell-diagonal ones"] = None
        _, x, y, z = flat[::5]
        # Φ+, and the Paulis I, X, Y, Z on its second qubit: Φ+, Ψ+, Ψ−, Φ−.
        weights = [(1 + x - y + z) / 4, (1 + x + y - z) / 4, (1 - x - y - z) / 4, (1 - x + y + z) / 4]
        self._simulator.h(places[0])
        self._simulator.cx(*places)
        if weights[0] < 1 - CERTAIN:
            self._flip(chosen([max(each, 0.0) for each in weights], self.draws.random()), (self.size - 1,))

    def _flip(self, index: int, qubits: Sequence[int]) -> None:
        """Apply the Pauli product of this number."""
        for qubit in reversed(qubits):
            index, which = divmod(index, 4)
            if which:
                getattr(self._simulator, "xyz"[which - 1])(self._places[qubit])

    def _means(self, qubits: Sequence[int]) -> NDArray[np.float64]:
        """Mean values of all products of Paulis, shape (4**k,)."""
        given = self._known(qubits, len(qubits), "a state")
        if len(given) > _MOST_DENSE:
            raise StateError(
                f"a stabilizer register writes out the state of at most {_MOST_DENSE} qubits, got"
                f" {len(given)}; the overlap with a named target is had for any number"
            )
        letters = [""]
        for _ in given:
            letters = [word + letter for word in letters for letter in "IXYZ"]
        peek = self._simulator.peek_observable_expectation
        return np.array([peek(self._product(word, given)) for word in letters], dtype=np.float64)

    def _product(self, letters: str, qubits: Sequence[int]) -> Any:
        product = _stim().PauliString(self._simulator.num_qubits)
        for qubit, letter in zip(qubits, letters, strict=True):
            product[self._places[qubit]] = letter
        return product

    def _inverse(self) -> Any:
        return self._simulator.current_inverse_tableau()


def _stim() -> Any:
    try:
        import stim
    except ImportError:
        raise StateError(
            "the stabilizer register needs stim (pip install 'qsim-net[clifford]'); `dense` and `ket` do not"
        ) from None
    return stim
