"""Sweeps: many runs that differ in their parameters and seeds, and what comes of them."""

from qsim.sweeps.sweep_result import SweepResult as SweepResult
from qsim.sweeps.sweep_runs import FailedRun as FailedRun
from qsim.sweeps.sweep_runs import SweepRun as SweepRun
from qsim.sweeps.sweep_runs import SweptParameter as SweptParameter
