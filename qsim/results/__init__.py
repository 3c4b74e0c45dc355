"""Results: the rows of a run, the runs of a sweep, and how they are stored."""

from qsim.results.result import Result as Result
from qsim.results.rows import FlowRow as FlowRow
from qsim.results.rows import LinkRow as LinkRow
from qsim.results.rows import MemoryRow as MemoryRow
from qsim.results.rows import MetricRow as MetricRow
from qsim.results.rows import PairRow as PairRow
from qsim.results.rows import Stall as Stall
from qsim.results.sweep_result import FailedRun as FailedRun
from qsim.results.sweep_result import SweepResult as SweepResult
from qsim.results.sweep_result import SweepRun as SweepRun
from qsim.results.sweep_result import SweptParameter as SweptParameter
