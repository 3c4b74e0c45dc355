"""Readouts: the trained layer that turns features into answers.

Ridge regression in closed form, recursive least squares, the gradient readout of the papers, and any
scikit-learn regressor.
"""

from qml.readouts.base import Readout as Readout
from qml.readouts.gradient import GradientReadout as GradientReadout
from qml.readouts.linear import LinearReadout as LinearReadout
from qml.readouts.recursive import RecursiveReadout as RecursiveReadout
from qml.readouts.regressor import RegressorReadout as RegressorReadout
from qml.readouts.regressor import as_readout as as_readout
from qml.readouts.ridge import RidgeReadout as RidgeReadout
