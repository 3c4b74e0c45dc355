"""Results: the rows of a run and how they are stored."""

from qsim.results.result import Result as Result
from qsim.results.rows import FlowRow as FlowRow
from qsim.results.rows import LinkRow as LinkRow
from qsim.results.rows import MemoryRow as MemoryRow
from qsim.results.rows import MetricRow as MetricRow
from qsim.results.rows import PairRow as PairRow
from qsim.results.rows import Stall as Stall
