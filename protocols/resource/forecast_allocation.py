"""Allocation by forecast: a registered forecaster learns the offered load, and memories move before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from protocols.resource.adaptive import Ahead, AheadAllocation
from qsim.errors import ParameterError
from qsim.parameters import OfKind, Param
from qsim.registry import register

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from protocols.resource.allocator import AllocationNetwork, Foresight
    from qsim.model.check_context import CheckContext

#: Epochs of training below which nothing can be learnt and judged.
_LEAST = 20


class Forecast:
    """Learns from the first epochs, judges itself on the last of them, and forecasts from then on.

    Until then the limits stay as they are. The skill is 1 - (squared error of the forecasts) / (squared error
    of the mean load), over all accounts, for just that time ahead by which memories are moved. Where it is
    not positive, limits stay as they are if they were stated, and else are set once, by the mean load.

    Args:
        forecaster: of the kind "forecaster".
        training: epochs to learn from.
        validation: how many of them, the last, are for the judgement.
        ahead: for which time a forecast is wanted.
        stated: whether somebody has stated the limits to begin with.
        note: takes a sentence for the readers of the result.
    """

    def __init__(
        self,
        forecaster: Any,
        training: int,
        validation: int,
        ahead: Ahead,
        stated: bool,
        note: Callable[[str], None],
    ) -> None:
        self._forecaster = forecaster
        self._training, self._validation = training, validation
        self._ahead, self._stated, self._note = ahead, stated, note
        self._history: list[Sequence[float]] = []
        self._fitted: Any = None
        self.skill: float | None = None

    def loads(self, measured: Sequence[float]) -> Sequence[float] | None:
        """See `protocols.resource.allocator.Foresight`."""
        if self._fitted is not None:
            self._fitted.update([measured])
            return self._coming(self._fitted)
        if self.skill is not None:
            return None
        self._history.append(measured)
        if len(self._history) < self._training:
            return None
        return self._learn(np.array(self._history))

    def findings(self) -> Mapping[str, float]:
        """Its skill, and whether it has fallen back, once that is known."""
        if self.skill is None:
            return {}
        return {"skill": self.skill, "fallback": float(self._fitted is None)}

    def _learn(self, history: NDArray[np.float64]) -> Sequence[float] | None:
        """Judge what can be forecast; fit what is used from now on, or fall back."""
        try:
            self.skill = self._judged(history)
            if self.skill > 0:
                self._fitted = self._forecaster.fit(history)
        except ParameterError as error:
            self.skill = 0.0
            self._note(f"allocation: the load cannot be forecast, and static limits are kept: {error}")
        else:
            if self._fitted is None:
                self._note(
                    f"allocation: forecasts of the load had a skill of {self.skill:.3g} on the last "
                    f"{self._validation} of {self._training} epochs of training, no better than its mean; "
                    "static limits are kept"
                )
        self._history.clear()
        if self._fitted is not None:
            return self._coming(self._fitted)
        mean: list[float] = history.mean(axis=0).tolist()
        return None if self._stated else mean

    def _judged(self, history: NDArray[np.float64]) -> float:
        """The skill on the last epochs of a history, of a forecaster that learnt from those before."""
        first, last = len(history) - self._validation, len(history) - self._ahead.steps
        fitted = self._forecaster.fit(history[:first])
        mean = history[:first].mean(axis=0)
        missed = spread = 0.0
        for now in range(first, last + 1):
            if now > first:
                fitted.update(history[now - 1 : now])
            true = np.array(self._ahead.mean(history[now : now + self._ahead.steps].tolist()))
            missed += float(((np.array(self._coming(fitted)) - true) ** 2).sum())
            spread += float(((mean - true) ** 2).sum())
        return 1.0 - missed / spread if spread > 0 else 0.0

    def _coming(self, fitted: Any) -> list[float]:
        coming = np.maximum(fitted.forecast(self._ahead.steps), 0.0)
        return self._ahead.mean(coming.tolist())


@register("allocation", "forecast")
@dataclass(frozen=True)
class ForecastAllocation(AheadAllocation):
    """In proportion to the load that a forecaster expects when the memories will serve."""

    forecaster: Annotated[
        Any, OfKind("forecaster", "what learns the offered load and forecasts it", default="linear")
    ] = None
    training: Annotated[
        float, Param("first part of the run, from which it learns and in which nothing moves", unit="s", gt=0)
    ] = 600.0
    validation: Annotated[
        float, Param("last part of the training, on which the skill is judged, as a share", gt=0, lt=1)
    ] = 0.3

    def foresight(self, network: AllocationNetwork) -> Foresight:
        training, validation = self._epochs()
        stated = self.weights is not None
        return Forecast(self.forecaster, training, validation, self.ahead(), stated, network.note)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        yield from super().check(context)
        training, validation = self._epochs()
        steps = self.ahead().steps
        if training < _LEAST:
            yield (
                "training",
                f"must have {_LEAST} epochs of {self.epoch:g} s at the least, got {self.training:g} s",
            )
        elif self.training >= context.run.duration:
            end = f"{context.run.duration:g} s"
            yield "training", f"must end before the run does at {end}, got {self.training:g} s"
        elif validation < steps:
            yield (
                "validation",
                f"must leave the {steps} epochs that a forecast looks ahead, got {self.validation:g} of "
                f"{training} epochs",
            )

    def _epochs(self) -> tuple[int, int]:
        """Epochs of the training, and of the validation among them."""
        training = round(self.training / self.epoch)
        return training, max(1, round(self.validation * training))
