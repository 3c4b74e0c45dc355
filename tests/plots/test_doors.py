"""How figures are reached, and what reaching them costs."""

from __future__ import annotations

import subprocess
import sys

from qsim.plots import ResultPlots, SweepPlots
from qsim.sweeps.sweep_result import SweepResult
from tests.results import specimens


def test_results_and_sweeps_have_their_figures() -> None:
    assert isinstance(specimens.result().plot, ResultPlots)
    assert isinstance(SweepResult("empty", (), ()).plot, SweepPlots)


def test_matplotlib_is_imported_when_something_is_drawn() -> None:
    script = (
        "import sys, qsim.plots, qsim.plots.style, qsim.plots.sweep_lines, qsim.plots.waiting_times\n"
        "print([name for name in ('matplotlib', 'pandas', 'networkx', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
