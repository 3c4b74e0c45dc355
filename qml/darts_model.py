"""A reservoir as a forecasting model of darts, deterministic or with sampled paths.

For darts from 0.40; tested with 0.48. Nothing else imports this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from qml.estimators.forecaster import ReservoirForecaster
from qml.estimators.rolling_errors import rolling_errors, sampled_paths
from qsim.errors import ParameterError

try:
    from darts import TimeSeries
    from darts.models.forecasting.forecasting_model import LocalForecastingModel
except ImportError:
    raise ImportError(
        "qml.darts_model needs darts, which is not installed: pip install 'qsim-net[darts]'"
    ) from None


class DartsReservoir(LocalForecastingModel):  # type: ignore[misc]
    """Forecasts a series of one component by feeding answers back.

    With several samples, paths are the forecast plus the errors that a copy, fitted without the last part of
    the series, made from rolling origins in it: quantiles over samples are intervals.

    Args:
        forecaster: its settings; a `ReservoirForecaster` with a horizon of one step. By default an
            echo-state network of 50 units.
        calibration: share of the series, the last part, that errors are taken from.

    Raises:
        ParameterError: of `fit`, for a setting that is wrong, a series that is too short or has several
            components; of `predict`, where the calibration part has no path of so many steps.
    """

    def __init__(self, forecaster: ReservoirForecaster | None = None, calibration: float = 0.25) -> None:
        super().__init__()
        self.forecaster = forecaster
        self.calibration = calibration

    @property
    def supports_multivariate(self) -> bool:
        """One component at a time."""
        return False

    @property
    def supports_probabilistic_prediction(self) -> bool:
        """Samples can be drawn."""
        return True

    def fit(self, series: TimeSeries, verbose: bool | None = None) -> DartsReservoir:
        """Learn from a series of one component."""
        super().fit(series, verbose=verbose)
        if series.width != 1:
            raise ParameterError(f"a series of one component is needed, this one has {series.width}")
        settings = self.forecaster or ReservoirForecaster("esn", hidden=50, washout=10)
        self.forecaster_ = clone(settings).fit(self._values())
        return self

    def predict(
        self,
        n: int,
        num_samples: int = 1,
        verbose: bool | None = None,
        show_warnings: bool = True,
        random_state: int | None = None,
    ) -> TimeSeries:
        """Forecast `n` steps; with `num_samples` above 1 so many paths, drawn from `random_state`."""
        super().predict(n, num_samples, verbose=verbose)
        answers = self.forecaster_.forecast(n)
        if num_samples == 1:
            return self._build_forecast_series(answers)
        errors = rolling_errors(self.forecaster_, self._values(), n, self.calibration)
        seed: Any = 0 if random_state is None else random_state
        return self._build_forecast_series(sampled_paths(errors, answers, num_samples, seed)[:, None, :])

    def _values(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.asarray(self.training_series.univariate_values(), dtype=np.float64)
