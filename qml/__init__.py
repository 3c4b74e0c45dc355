"""Quantum reservoirs: recurrent quantum cells with frozen circuits, and readouts that are trained.

Everything a script needs hangs on this package and is imported when it is first used, so ``import qml`` is
quick and loads neither PennyLane nor JAX::

    from qml import QRNN, CircuitUnits, RidgeReadout, ensemble, nrmse, standard_task

    task = standard_task("narma-10")
    cell = QRNN(channels=2, hidden=2, units=CircuitUnits(init="uniform"))
    reservoir = ensemble(cell, seed=0, cells=8, delays=(0, 12), input_gain=(0.1, 0.5), leak=(0.1, 1.0),
                         readout=("z", "zz"))
    features = reservoir.features(task.inputs)
    readout = RidgeReadout().fit(features[task.fit_part], task.targets[task.fit_part])
    print(nrmse(task.targets[task.test_part], readout.predict(features[task.test_part])))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qml.baselines import NVAR as NVAR
    from qml.baselines import LinearTaps as LinearTaps
    from qml.baselines import Persistence as Persistence
    from qml.cells.classical_cells import ESN as ESN
    from qml.cells.classical_cells import GRU as GRU
    from qml.cells.classical_cells import LSTM as LSTM
    from qml.cells.classical_cells import RNN as RNN
    from qml.cells.quantum_cells import QGRU as QGRU
    from qml.cells.quantum_cells import QLSTM as QLSTM
    from qml.cells.quantum_cells import QRNN as QRNN
    from qml.engines.choice import EngineChoice as EngineChoice
    from qml.ensembles import ensemble as ensemble
    from qml.ensembles import tanh_control as tanh_control
    from qml.estimators import ReservoirFeatures as ReservoirFeatures
    from qml.estimators import ReservoirForecaster as ReservoirForecaster
    from qml.estimators import ReservoirRegressor as ReservoirRegressor
    from qml.estimators import ReservoirSeriesRegressor as ReservoirSeriesRegressor
    from qml.estimators import TrainedRegressor as TrainedRegressor
    from qml.feature_cache import FeatureCache as FeatureCache
    from qml.information_capacity import processing_capacity as processing_capacity
    from qml.maps.affine import TanhUnits as TanhUnits
    from qml.maps.circuit import CircuitUnits as CircuitUnits
    from qml.persistent import Measurement as Measurement
    from qml.persistent import PersistentReservoir as PersistentReservoir
    from qml.persistent import StepNoise as StepNoise
    from qml.readouts import GradientReadout as GradientReadout
    from qml.readouts import RecursiveReadout as RecursiveReadout
    from qml.readouts import RidgeReadout as RidgeReadout
    from qml.reservoir import Reservoir as Reservoir
    from qml.scaling import Scaler as Scaler
    from qml.scores import memory_capacity as memory_capacity
    from qml.scores import mse as mse
    from qml.scores import nrmse as nrmse
    from qml.scores import r2 as r2
    from qml.scores import valid_prediction_time as valid_prediction_time
    from qml.series_files import read_series as read_series
    from qml.tasks import paper_task as paper_task
    from qml.tasks import standard_task as standard_task

# What comes from where. Type checkers read the block above instead, so that a misspelt name is an error to
# them; a test holds the two lists together.
_NAMES = {
    "qml.baselines": ("LinearTaps", "NVAR", "Persistence"),
    "qml.cells.classical_cells": ("ESN", "GRU", "LSTM", "RNN"),
    "qml.cells.quantum_cells": ("QGRU", "QLSTM", "QRNN"),
    "qml.engines.choice": ("EngineChoice",),
    "qml.ensembles": ("ensemble", "tanh_control"),
    "qml.estimators": (
        "ReservoirFeatures",
        "ReservoirForecaster",
        "ReservoirRegressor",
        "ReservoirSeriesRegressor",
        "TrainedRegressor",
    ),
    "qml.feature_cache": ("FeatureCache",),
    "qml.information_capacity": ("processing_capacity",),
    "qml.maps.affine": ("TanhUnits",),
    "qml.maps.circuit": ("CircuitUnits",),
    "qml.persistent": ("Measurement", "PersistentReservoir", "StepNoise"),
    "qml.readouts": ("GradientReadout", "RecursiveReadout", "RidgeReadout"),
    "qml.reservoir": ("Reservoir",),
    "qml.scaling": ("Scaler",),
    "qml.scores": ("memory_capacity", "mse", "nrmse", "r2", "valid_prediction_time"),
    "qml.series_files": ("read_series",),
    "qml.tasks": ("paper_task", "standard_task"),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}

__all__ = sorted(_HOMES)

if not TYPE_CHECKING:

    def _pennylanes(name: str) -> str:
        """What is to be said where PennyLane is meant, which many scripts import under our name."""
        import sys

        if name.startswith("_") or not hasattr(sys.modules.get("pennylane"), name):
            return ""
        return (
            "; that is PennyLane's: import it under another name beside this package (import pennylane as qp)"
        )

    def __getattr__(name: str) -> object:
        import importlib

        if name not in _HOMES:
            raise AttributeError(f"module 'qml' has no attribute {name!r}{_pennylanes(name)}")
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
