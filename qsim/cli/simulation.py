"""Running a scenario under the eyes of a person: progress, interruption."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from qsim.cli.interruption import Interruption
from qsim.cli.progress import Progress
from qsim.cli.talk import is_terminal

if TYPE_CHECKING:
    from qsim.cli.talk import Talk
    from qsim.kernel import Simulator
    from qsim.results import Result


def simulate(engine: Any, duration: float, talk: Talk) -> tuple[Result, bool]:
    """Run a live simulation to its end, or to the first Ctrl-C.

    Args:
        engine: what `Scenario.engine` made.
        duration: simulated time of the whole run, s.
        talk: the voice of the command.

    Returns:
        The result, of what was finished when the run was interrupted; and whether somebody interrupted it.
    """
    talk.running = True
    terminal = sys.stderr if is_terminal(sys.stderr) and not talk.quiet else None
    with Interruption(engine.stop, quiet=talk.quiet) as interruption, Progress(duration, terminal) as bar:

        def progress(sim: Simulator) -> None:
            interruption.remind()
            bar(sim)

        talk.detail("the network is built; the run begins")
        result: Result = engine.run(progress=progress)
    return result, interruption.requested
