"""What every readout can do, ours or a user's own."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from qsim.registry import define_kind

#: How-to page with a readout of one's own, in ``docs``.
PAGE = "how-to/reservoir-parts.md"


class Readout(Protocol):
    """Something that learns answers from features; registered under the kind ``readout``."""

    def fit(self, features: npt.ArrayLike, targets: npt.ArrayLike) -> Self:
        """Learn from rows in time order.

        Args:
            features: (rows, features).
            targets: (rows,) or (rows, targets).

        Returns:
            The readout itself.

        Raises:
            ParameterError: the arrays do not fit together or hold anything but finite numbers.
        """
        ...

    def predict(self, features: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Answer new rows.

        Args:
            features: (rows, features), as many features as were fitted.

        Returns:
            (rows,) if the targets had one axis, otherwise (rows, targets).

        Raises:
            ParameterError: the readout has not been fitted, or the features are not like those it was
                fitted to.
        """
        ...


define_kind("readout", Readout, PAGE)
