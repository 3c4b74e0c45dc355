"""What a run gives back: tables, summaries, stored files."""

from qsim.results.result import Result as Result
