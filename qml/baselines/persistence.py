"""The answer that costs nothing: what was seen last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.inputs import series, windows
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param


@dataclass(frozen=True)
class Persistence(Declared):
    """Answers with the last value seen; nothing is trained.

    Which value that is depends on the task, and tables must say so (`name` does):

    * ``of="input"``: the series forecasts itself and the target at t is the input some steps later. The
      answer is the input at t, whatever the number of steps.
    * ``of="target"``: the target is driven by another series, as in NARMA. The answer at t is the target of
      step t - 1. That is knowledge which no model in the table has if it sees inputs only: a yardstick for
      how slowly the target moves, not a rival. Give all steps in one piece and cut the test steps out of the
      answer, so that their first one knows its predecessor; the first answer of all is zero.

    Example:
        >>> Persistence(of="target").predict([0.1, 0.2, 0.3], targets=[1.0, 2.0, 3.0])
        array([[0.],
               [1.],
               [2.]])
    """

    of: Annotated[str, Param("which value is repeated", choices=("input", "target"))] = "input"

    @property
    def name(self) -> str:
        """How tables call it."""
        return "persistence (last input)" if self.of == "input" else "persistence (previous target)"

    def predict(self, inputs: npt.ArrayLike, targets: npt.ArrayLike | None = None) -> npt.NDArray[np.float64]:
        """Answer every step of a series.

        Args:
            inputs: (steps, channels) or (steps,).
            targets: (steps, targets) or (steps,); needed to repeat targets, otherwise ignored.

        Returns:
            (steps, channels) of inputs, or (steps, targets) of targets.

        Raises:
            ParameterError: wrong shapes, anything but finite numbers, or no targets where they are needed.
        """
        return self._answers(series("inputs", inputs), targets)

    def predict_windows(
        self, given: npt.ArrayLike, targets: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.float64]:
        """Answer windows that follow one another in time, one step apart.

        Args:
            given: (windows, length, channels) or (windows, length).
            targets: (windows, targets) or (windows,); needed to repeat targets, otherwise ignored.

        Returns:
            (windows, channels): the last input of each window; or (windows, targets): the target of the
            window before.

        Raises:
            ParameterError: wrong shapes, anything but finite numbers, or no targets where they are needed.
        """
        return self._answers(windows("windows", given)[:, -1], targets)

    def _answers(
        self, latest: npt.NDArray[np.float64], targets: npt.ArrayLike | None
    ) -> npt.NDArray[np.float64]:
        if self.of == "input":
            return latest.copy()
        if targets is None:
            raise ParameterError("persistence of targets needs the targets")
        known = series("targets", targets)
        if len(known) != len(latest):
            raise ParameterError(
                f"targets must have a row for each of the {len(latest)} inputs, got {len(known)}"
            )
        answers = np.zeros_like(known)
        answers[1:] = known[:-1]
        return answers
