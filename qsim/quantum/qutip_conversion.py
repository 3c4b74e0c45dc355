"""To and from QuTiP: the reference and the workshop, kept out of the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from qsim.errors import StateError

if TYPE_CHECKING:
    from qsim.quantum.state import PairState

S = TypeVar("S", bound="PairState")


def to_qutip(state: PairState) -> Any:
    """The state as a `qutip.Qobj` density operator with dims [[2, 2], [2, 2]]."""
    import qutip

    return qutip.Qobj(state.density_matrix(), dims=[[2, 2], [2, 2]])


def from_qutip(state: Any, formalism: type[S]) -> S:
    """A QuTiP ket or density operator of two qubits in one of our formalisms.

    Args:
        state: `qutip.Qobj` with dims [[2, 2], ...].
        formalism: the class of state wanted; it keeps what it can hold (see its `from_density_matrix`).

    Raises:
        StateError: not a state of two qubits.
    """
    operator = state.proj() if getattr(state, "isket", False) else state
    if list(getattr(operator, "dims", ())) != [[2, 2], [2, 2]]:
        raise StateError(f"expected a QuTiP state of two qubits, got dims {getattr(operator, 'dims', None)}")
    return formalism.from_density_matrix(operator.full())
