"""Reservoirs as scikit-learn estimators: windows, series, and forecasts that feed on themselves."""

from qml.estimators.forecaster import ReservoirForecaster as ReservoirForecaster
from qml.estimators.stateful import ReservoirSeriesRegressor as ReservoirSeriesRegressor
from qml.estimators.windowed import ReservoirFeatures as ReservoirFeatures
from qml.estimators.windowed import ReservoirRegressor as ReservoirRegressor
