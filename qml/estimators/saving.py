"""Saving and loading estimators without pickle."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from qml.estimators import estimator_file
from qml.estimators.serialization import Arrays, decode, encode
from qml.reservoir import Reservoir, ReservoirState
from qsim.errors import ParameterError, ResultError
from qsim.files import guarded

#: What scikit-learn remembers of a table with named columns; not every fit leaves it behind.
_NAMES = "feature_names_in_"


class Storable:
    """What can be saved to one file and loaded from it; a base of the estimators."""

    #: What `fit` leaves behind.
    _fitted: ClassVar[tuple[str, ...]]

    def save(self, path: str | PathLike[str]) -> None:
        """Write parameters and everything fitted to one file, complete or not at all.

        The file holds numbers and words only, and nothing in it is executed when it is loaded. A loaded
        estimator answers with the same bits.

        Args:
            path: of the file; missing folders are made, a file of that name is replaced.

        Raises:
            ResultError: the estimator holds something that is no plain number or word, such as a
                scikit-learn regressor; or the place cannot be written to.
            NotFittedError: it has not been fitted.
        """
        check_is_fitted(self)
        arrays: Arrays = {}
        parameters = self.get_params(deep=False)  # type: ignore[attr-defined]
        fitted = {name: vars(self)[name] for name in (*self._fitted, _NAMES) if name in vars(self)}
        content = {
            "estimator": type(self).__name__,
            "parameters": {name: encode(name, value, arrays) for name, value in parameters.items()},
            "fitted": {name: encode(name, value, arrays) for name, value in fitted.items()},
        }
        estimator_file.write(Path(path), content, arrays)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read an estimator that `save` wrote.

        Raises:
            ResultError: there is no such file, or it is cut short, changed, of another version, of another
                estimator, or something else altogether.
        """
        place = Path(path)
        header, arrays = estimator_file.read(place)
        if header.get("estimator") != cls.__name__:
            raise ResultError(f"'{place}' holds a {header.get('estimator')}, not a {cls.__name__}")

        def damaged(why: str) -> ResultError:
            return ResultError(f"'{place}' is damaged{estimator_file.elsewhere(header)}: {why}")

        try:
            with guarded(damaged):
                estimator = cls(**{key: decode(value, arrays) for key, value in header["parameters"].items()})
                fitted = {name: decode(value, arrays) for name, value in header["fitted"].items()}
                if fitted.keys() - {_NAMES} != set(cls._fitted):
                    expected = ", ".join(cls._fitted)
                    raise ValueError(f"it holds {', '.join(fitted)} where {expected} are expected")
                vars(estimator).update(fitted)
                estimator._check_restored()
        except ParameterError as error:
            # What a class refuses is the file's fault here.
            raise damaged(str(error)) from None
        return estimator

    def _check_restored(self) -> None:
        """Refuse fitted parts that do not fit together.

        Raises:
            ParameterError: they do not.
        """
        raise NotImplementedError


def check_reservoir(reservoir: Any, channels: int) -> None:
    """Refuse a restored reservoir whose weights are not those of its cells, or which takes another input.

    Raises:
        ParameterError: that is so.
    """
    same("reservoir_", type(reservoir), Reservoir)
    cell, taps = reservoir.bank.cell, reservoir.taps
    sizes = max(size for array in reservoir.bank.weights.values() for size in array.shape)
    # Drawing tells the shapes; a size that no weight has would only fill the memory.
    if max(cell.channels, cell.hidden) > sizes:
        raise ParameterError(f"no weights go with {cell.channels} channels and {cell.hidden} hidden numbers")
    expected = {name: array.shape for name, array in cell.draw(np.random.default_rng(0)).items()}
    same("the weights", {name: array.shape[1:] for name, array in reservoir.bank.weights.items()}, expected)
    # Taps go with the cells, or there would be no reservoir.
    same("the cells' channels", cell.channels, channels if taps is None else taps.shape[1])
    same("the channels of the input", reservoir.channels, channels)
    same("the type of taps", "i" if taps is None else taps.dtype.kind, "i")


def check_state(state: Any, reservoir: Reservoir, channels: int) -> None:
    """Refuse a restored state that is not one of this reservoir.

    Raises:
        ParameterError: that is so.
    """
    same("state_", type(state), ReservoirState)
    shapes = tuple((reservoir.bank.cells, 1, size) for size in reservoir.bank.cell.state_sizes)
    same("the state", tuple(part.shape for part in state.cells.parts), shapes)
    same("the recent inputs", state.recent.shape, (reservoir.lag, channels))
    noise = [[type(source) for source in row] for row in state.cells.noise]
    same("the noise", noise, [[np.random.Generator]] * (reservoir.bank.cells if noise else 0))


def check_regressor(regressor: Any, features: int, targets: int | None = None) -> None:
    """Refuse a restored readout that takes other features or gives other targets.

    Raises:
        ParameterError: that is so.
    """
    rows, columns = regressor.weights_.shape
    same("the features of the readout", rows, features)
    if targets is not None:
        same("the targets of the readout", columns, targets)
        same("the shape of its answers", regressor.flat_, False)


def same(what: str, found: Any, expected: Any) -> None:
    """Refuse a difference.

    Raises:
        ParameterError: there is one.
    """
    if found != expected:
        raise ParameterError(f"{what} is {found} where {expected} is expected")
