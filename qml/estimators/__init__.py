"""Scikit-learn estimators: reservoirs of windows and series, forecasts fed by themselves, trained cells."""

from qml.estimators.forecaster import ReservoirForecaster as ReservoirForecaster
from qml.estimators.stateful import ReservoirSeriesRegressor as ReservoirSeriesRegressor
from qml.estimators.trained import TrainedRegressor as TrainedRegressor
from qml.estimators.window_estimators import ReservoirFeatures as ReservoirFeatures
from qml.estimators.window_estimators import ReservoirRegressor as ReservoirRegressor
