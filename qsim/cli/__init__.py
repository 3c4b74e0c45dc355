"""The command line: ``qsim run | sweep | report | check | convert | trace | schema | doctor``.

One module a command. Data goes to standard output, remarks and progress to standard error. Exit codes: 0 all
is well, 1 the run failed, 2 wrong usage or an invalid scenario, 130 interrupted.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence

from qsim import garbage


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: arguments without the program's name; None takes those of the process.

    Returns:
        The exit code: 0 all is well, 1 the run failed, 2 wrong usage or an invalid scenario, 3 some runs of a
        sweep failed, 130 interrupted.
    """
    with garbage.seldom():
        from qsim.cli.app import main as run

        code = run(argv)
        if argv is None:
            # The process ends with its command. What it has goes back to the system, and to look through all
            # of it once more for cycles would take a quarter of a short command.
            gc.freeze()
    return code
