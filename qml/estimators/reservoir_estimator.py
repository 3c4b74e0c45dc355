"""The parameters that all estimators share, and checks of what these are handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from qml.cells.base import Cell
from qml.engines.choice import EngineChoice
from qml.ensembles import ensemble
from qml.estimators.saving import Storable
from qml.inputs import Range, whole
from qml.parts_by_name import UNITS, make_cell
from qml.readouts import as_readout
from qml.reservoir import Reservoir
from qsim.errors import ParameterError


@dataclass(eq=False, repr=False)
class ReservoirEstimator(Storable, BaseEstimator):  # type: ignore[misc]
    """Base of the estimators: how the reservoir is drawn and computed.

    Parameters are stored as they are given and looked at by `fit` only, as scikit-learn asks. None leaves a
    setting to the cell. A range (low, high) lets every cell draw its own number.

    Attributes:
        cell: ``qrnn``, ``qlstm``, ``qgru``, ``rnn``, ``lstm``, ``gru``, ``esn`` or another registered name, a
            mapping with the key ``kind`` and parameters, or a `Cell` that has its sizes already.
        cells: parallel cells, each with frozen weights of its own.
        hidden: numbers that a cell feeds back; a quantum cell has that many wires beside those of its input.
        units: the circuits of a quantum cell: a registered name such as ``ring`` (the default) or ``tanh``, a
            mapping with the key ``kind`` and parameters, or a `Circuit`.
        layers: variational layers of each circuit.
        init: how the angles of the circuits are drawn, ``normal`` or ``uniform``.
        init_scale: scale of that draw.
        reupload: whether circuits encode their input again before each layer.
        radius: spectral radius of an ``esn``.
        input_scale: bound of the incoming weights of an ``esn``.
        bias_scale: bound of the biases of an ``esn``.
        density: share of the recurrent weights of an ``esn`` that are not zero.
        input_gain: factor on incoming numbers of quantum cells, a number or a range.
        hidden_gain: factor on the hidden vector of quantum cells, a number or a range.
        input_shift: added to incoming numbers of quantum cells, a number or a range.
        leak: share of the new state at each step, in (0, 1], a number or a range.
        delays: shortest and longest delay in steps; each cell then sees the input now and some steps ago.
        sees: channels of the input that each cell sees, cells taking turns; all by default.
        readout: what is read of each cell, by name, such as ``("hidden", "z", "zz")``.
        engine: see `EngineChoice`, as for the next four.
        device: ``cpu``, ``gpu``, or a device of PennyLane.
        backend: ``auto``, ``numpy`` or ``jax``.
        precision: ``double`` or ``single``.
        shots: measurements of each circuit at each step; None for exact expectation values.
        random_state: of everything that is drawn: a seed, a generator, or None for a new draw at each fit.
    """

    cell: str | Mapping[str, Any] | Cell = "qrnn"
    _: KW_ONLY
    cells: int = 1
    hidden: int | None = None
    units: Any = None
    layers: int | None = None
    init: str | None = None
    init_scale: float | None = None
    reupload: bool | None = None
    radius: float | None = None
    input_scale: float | None = None
    bias_scale: float | None = None
    density: float | None = None
    input_gain: Range | None = None
    hidden_gain: Range | None = None
    input_shift: Range | None = None
    leak: Range = 1.0
    delays: tuple[int, int] | None = None
    sees: int | None = None
    readout: str | tuple[str, ...] | None = None
    engine: str = "auto"
    device: Any = "cpu"
    backend: str = "auto"
    precision: str = "double"
    shots: int | None = None
    random_state: Any = 0

    def _draw(self, channels: int) -> Reservoir:
        """The reservoir that the parameters describe, for an input of so many channels."""
        given = {name: plain(value) for name, value in self.get_params(deep=False).items()}
        seed = seed_of(given["random_state"])
        choice = ("engine", "device", "backend", "precision", "shots")
        sizes = ("hidden", "units", *UNITS, "radius", "input_scale", "bias_scale", "density")
        drawn = ("cells", "leak", "input_gain", "hidden_gain", "input_shift", "delays", "sees")
        seen = channels if given["sees"] is None else whole("sees", given["sees"], 1)
        incoming = seen if given["delays"] is None else 2 * seen
        readout = given["readout"] or ()
        return ensemble(
            make_cell(given["cell"], incoming, {name: given[name] for name in sizes}),
            seed=seed,
            channels=channels,
            readout=(readout,) if isinstance(readout, str) else readout,
            engine=EngineChoice(**{name: given[name] for name in choice}, seed=seed),
            **{name: given[name] for name in drawn},
        )


def examples(estimator: Any, X: ArrayLike, y: ArrayLike, *, reset: bool = True) -> tuple[Any, Any]:
    """Rows and targets as scikit-learn checks them, but for their finiteness, which is told in our words.

    Args:
        estimator: notes their columns where `reset` is set, and is held to them where it is not.
        X, y: as for `fit`.
        reset: whether these are the first.
    """
    X, targets = validate_data(
        estimator,
        X,
        y,
        dtype=np.float64,
        ensure_all_finite=False,
        multi_output=True,
        y_numeric=True,
        reset=reset,
    )
    return X, targets


def learns_on(estimator: Any) -> bool:
    """Whether the readout that an estimator was given learns further rows; a predicate for `available_if`.

    Raises:
        AttributeError: it does not, and which one does.
    """
    given = "ridge" if estimator.regressor is None else estimator.regressor
    learner: Any
    try:
        learner = as_readout(given)
    except ParameterError:
        learner = given
    if not hasattr(learner, "partial_fit"):
        raise AttributeError(
            f"a {type(learner).__name__} learns all rows at once: partial_fit goes with regressor='recursive'"
        )
    return True


def plain(value: Any) -> Any:
    """A value out of a parameter grid as a Python object; a list as a tuple."""
    if isinstance(value, np.generic):
        return value.item()
    return tuple(value) if isinstance(value, list | np.ndarray) else value


def seed_of(random_state: Any) -> int:
    """A seed out of what scikit-learn calls a random state.

    Raises:
        ParameterError: it is none.
    """
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**31))
    if isinstance(random_state, int) and not isinstance(random_state, bool):
        if random_state < 0:
            raise ParameterError(f"`random_state` must be at least 0, not {random_state}")
        return random_state
    try:
        return int(check_random_state(random_state).randint(2**31))
    except ValueError:
        raise ParameterError(
            f"`random_state` must be a whole number, a generator or None, not {random_state!r}"
        ) from None


def varying(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Refuse inputs that are one and the same number.

    Raises:
        ParameterError: they are.
    """
    if np.ptp(values) == 0 and len(values) > 1:
        raise ParameterError(
            f"{name} is {values.flat[0]:g} throughout: a constant series has nothing to learn from"
        )
    return values


def washed_out(steps: int, washout: Any, ahead: int = 0) -> int:
    """Steps to leave out at the beginning of a series.

    Args:
        steps: of the series.
        washout: what was asked for.
        ahead: steps at the end that have no target.

    Raises:
        ParameterError: the washout is no whole number, or nothing is left.
    """
    left = steps - whole("washout", washout, 0) - ahead
    if left < 1:
        beside = f" and a horizon of {ahead}" if ahead else ""
        raise ParameterError(
            f"a series of {steps} steps is too short for a washout of {washout}{beside}: "
            f"it needs at least {steps - left + 1}"
        )
    return int(washout)
