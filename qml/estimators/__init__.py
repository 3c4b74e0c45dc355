"""Reservoirs as scikit-learn estimators: windows, series, and forecasts that feed on themselves."""

from qml.estimators.forecaster import ReservoirForecaster as ReservoirForecaster
from qml.estimators.stateful import ReservoirSeriesRegressor as ReservoirSeriesRegressor
from qml.estimators.window_estimators import ReservoirFeatures as ReservoirFeatures
from qml.estimators.window_estimators import ReservoirRegressor as ReservoirRegressor
