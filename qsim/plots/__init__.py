"""Figures of runs and sweeps, usable in a paper as they come."""

from qsim.plots.result_plots import ResultPlots as ResultPlots
from qsim.plots.sweep_plots import SweepPlots as SweepPlots
