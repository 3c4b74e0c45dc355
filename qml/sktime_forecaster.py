"""A reservoir as a forecaster of sktime, with conformal intervals.

For sktime from 1.2. Nothing else imports this module.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd
from sklearn.base import clone

from qml.estimators.forecaster import ReservoirForecaster
from qml.estimators.rolling_errors import half_widths, rolling_errors

try:
    from sktime.forecasting.base import BaseForecaster
except ImportError:
    raise ImportError(
        "qml.sktime_forecaster needs sktime, which is not installed: pip install 'qsim-net[sktime]'"
    ) from None


class SktimeReservoir(BaseForecaster):  # type: ignore[misc]
    """Forecasts one column by feeding answers back; several columns are forecast each by itself.

    Intervals are split conformal: their half-width at each step ahead comes from the errors that a copy,
    fitted without the last part of the series, made from rolling origins in it. `update` with
    ``update_params=False`` goes on through new values without learning; otherwise everything is fitted again.

    Args:
        forecaster: its settings; a `ReservoirForecaster` with a horizon of one step. By default an
            echo-state network of 50 units.
        calibration: share of the series, the last part, that intervals are learnt on.

    Raises:
        ParameterError: of `fit`, for a setting that is wrong or a series that is too short; of
            `predict_interval`, where there are too few errors for the coverage.

    Example:
        >>> import numpy as np
        >>> import pandas as pd
        >>> from qml.estimators import ReservoirForecaster
        >>> from qml.sktime_forecaster import SktimeReservoir
        >>> model = SktimeReservoir(ReservoirForecaster("esn", hidden=30, washout=20))
        >>> wave = pd.Series(np.sin(0.3 * np.arange(200)))
        >>> bool(abs(model.fit(wave, fh=[1, 5]).predict()[204] - np.sin(0.3 * 204)) < 0.01)
        True
    """

    _tags: ClassVar[dict[str, Any]] = {
        "capability:exogenous": False,
        "capability:insample": False,
        "capability:missing_values": False,
        "capability:multivariate": False,
        "capability:pred_int": True,
        "capability:pred_int:insample": False,
        "capability:update": True,
        "requires-fh-in-fit": False,
        "y_inner_mtype": "pd.Series",
        "python_dependencies": ["qsim-net"],
    }

    # What was seen is kept here: sktime's own memory is going to be off by default.
    _config: ClassVar[dict[str, Any]] = {"remember_data": False}

    def __init__(self, forecaster: ReservoirForecaster | None = None, calibration: float = 0.25) -> None:
        self.forecaster = forecaster
        self.calibration = calibration
        super().__init__()

    def _fit(self, y: pd.Series, X: Any, fh: Any) -> SktimeReservoir:
        settings = self.forecaster or ReservoirForecaster("esn", hidden=50, washout=10)
        self.forecaster_, self.seen_ = clone(settings).fit(y.to_numpy(dtype=float)), y
        return self

    def _update(self, y: pd.Series, X: Any = None, update_params: bool = True) -> SktimeReservoir:
        later, joined = y[y.index > self.seen_.index[-1]], y.combine_first(self.seen_)
        if update_params:
            return self._fit(joined, X, None)
        if len(later):
            self.forecaster_.update(later.to_numpy(dtype=float))
        self.seen_ = joined
        return self

    def _predict(self, fh: Any, X: Any) -> pd.Series:
        steps = fh.to_relative(self.cutoff).to_numpy().astype(int)
        answers = self.forecaster_.forecast(int(steps.max()))
        return pd.Series(answers[steps - 1], index=fh.to_absolute_index(self.cutoff), name=self.seen_.name)

    def _predict_interval(self, fh: Any, X: Any, coverage: list[float]) -> pd.DataFrame:
        steps = fh.to_relative(self.cutoff).to_numpy().astype(int)
        centre = self._predict(fh, X).to_numpy()
        errors = rolling_errors(
            self.forecaster_, self.seen_.to_numpy(dtype=float), int(steps.max()), self.calibration
        )
        name = self._get_varnames()[0]
        columns = pd.MultiIndex.from_product([[name], coverage, ["lower", "upper"]])
        table = pd.DataFrame(index=fh.to_absolute_index(self.cutoff), columns=columns, dtype=float)
        for level in coverage:
            half = half_widths(errors, level, steps)
            table[(name, level, "lower")], table[(name, level, "upper")] = centre - half, centre + half
        return table

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:  # noqa: ARG003
        """Settings with which sktime's own checks make instances."""
        esn = ReservoirForecaster("esn", hidden=5, washout=0, backend="numpy")
        return [{"forecaster": esn, "calibration": 0.5}, {"forecaster": esn, "calibration": 0.7}]
