"""From a file named on the command line to a run under the eyes of a person: progress, interruption."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim import plugins as plugin_loader
from qsim.cli.progress import Progress
from qsim.errors import NetworkError
from qsim.units import to_ps

if TYPE_CHECKING:
    from qsim.cli.console import Console
    from qsim.kernel import Simulator
    from qsim.results import Result
    from qsim.scenario.scenario import Scenario

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ADVICE = "\nstopping after {}; once more to quit at once\n"


class Interruption:
    """While entered, the first SIGINT or SIGTERM stops the run in order, and the second quits at once.

    Args:
        stop: what ends the run after the event in hand; called from the signal handler.
        quiet: say nothing.
        after: what is still finished, for the message.

    Attributes:
        requested: whether a signal has come.

    Raises:
        KeyboardInterrupt: in the running event, on the second signal.
    """

    def __init__(
        self, stop: Callable[[], object], *, quiet: bool = False, after: str = "the event in hand"
    ) -> None:
        self.requested = False
        self._advice = _ADVICE.format(after).encode()
        self._stop = stop
        self._quiet = quiet
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        # Python lets only the main thread handle signals; elsewhere nobody can press Ctrl-C at us.
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def remind(self) -> None:
        """Stop again if a signal came before the run could hear of it."""
        if self.requested:
            self._stop()

    def _on_signal(self, *_: object) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        self._stop()
        if not self._quiet:
            # Not through sys.stderr: the handler may have cut into a write there, and that is not re-entrant.
            with contextlib.suppress(OSError):
                os.write(2, self._advice)


#: Events that are many, and how many are run in a second, roughly.
_MANY, _A_SECOND = 5_000_000, 150_000
#: Files that may be something else than a scenario.
_FOREIGN = frozenset({".json", ".graphml", ".gml", ".gz"})


def overridden(settings: list[str] | None, **run: object) -> list[str]:
    """The overrides of ``--set``, and those of options that stand for values of the section `run`."""
    return [*(settings or ()), *(f"run.{key}={value}" for key, value in run.items() if value is not None)]


def load_scenario(
    path: Path, console: Console, *, plugins: Iterable[str] | None, overrides: Iterable[str]
) -> Scenario:
    """Read a scenario, or somebody else's description of a network, whose conversion is reported.

    Args:
        path: the file.
        console: where the losses of a conversion are reported.
        plugins: modules and files to import first.
        overrides: ``key.path=value`` overrides.

    Raises:
        ScenarioError: the file has faults.
        NetworkError: a foreign description cannot be read.
        RegistryError: a plug-in cannot be imported.
    """
    plugin_loader.load(plugins or ())
    from qsim import scenario

    if not is_foreign(path):
        loaded = scenario.load(path, overrides=tuple(overrides))
        for note in loaded.notes:
            console.say(note)
        return loaded
    from qsim.network.importers import convert_file

    conversion = convert_file(path)
    console.say(f"{path} is converted as it is read; 'qsim convert' makes it a scenario of qsim's own")
    if conversion.report.entries:
        console.say(conversion.report.text())
    return scenario.from_document(conversion.document, source=str(path), overrides=tuple(overrides))


def is_foreign(path: Path) -> bool:
    """Whether a file is somebody else's description of a network."""
    if path.suffix.lower() not in _FOREIGN:
        return False
    from qsim.network.importers import recognises

    try:
        return recognises(path)
    except NetworkError:
        # The scenario loader meets the same fault, and gives its place.
        return False


def _span(seconds: float) -> str:
    """A time that somebody has to wait, such as 3 minutes."""
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {name}"
    return f"{seconds:.0f} seconds"


def simulate(engine: Any, duration: float, console: Console) -> tuple[Result, bool]:
    """Run a live simulation to its end, or to the first Ctrl-C.

    Args:
        engine: what `Scenario.engine` made.
        duration: simulated time to run, s.
        console: the voice of the command.

    Returns:
        The result, of what was finished when the run was interrupted; and whether somebody interrupted it.
    """
    until = to_ps(duration)
    expected = engine.expected_events(until)
    if expected >= _MANY:
        rounded = round(expected, 2 - len(str(expected)))
        console.say(f"about {rounded:,} events are to be expected: {_span(expected / _A_SECOND)} or so")
    console.running = True
    bar = Progress(duration, console.terminal)
    with Interruption(engine.stop, quiet=console.quiet) as interruption, bar:

        def progress(sim: Simulator) -> None:
            interruption.remind()
            bar(sim)

        console.detail("the network is built; the run begins")
        result: Result = engine.run(progress=progress, until=until)
    return result, interruption.requested
