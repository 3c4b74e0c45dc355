"""Forecasters of loads, registered under the kind ``forecaster``; importing them loads no machinery."""

from qml.forecasters.base import FittedForecaster as FittedForecaster
from qml.forecasters.base import Forecaster as Forecaster
from qml.forecasters.registered import ESNForecaster as ESNForecaster
from qml.forecasters.registered import HarmonicForecaster as HarmonicForecaster
from qml.forecasters.registered import LinearForecaster as LinearForecaster
from qml.forecasters.registered import PersistenceForecaster as PersistenceForecaster
from qml.forecasters.registered import QRNNForecaster as QRNNForecaster
from qml.forecasters.registered import TanhForecaster as TanhForecaster
