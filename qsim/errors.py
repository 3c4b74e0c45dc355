"""Everything that qsim raises on purpose.

::

    QsimError
    ├── ParameterError          a value outside its bounds, or of the wrong kind
    │   └── UnitError           a quantity that cannot be read
    ├── ScenarioError           one or more faults in a scenario, reported together
    ├── RegistryError           an unknown kind or name, or a name registered twice
    ├── NetworkError            a network that cannot be built, or a question it cannot answer
    │   └── NoRouteError        two nodes with no path between them
    ├── StateError              a quantum state that is no state
    ├── ResultError             a stored result that cannot be read or written
    └── SimulationError         a fault met while a simulation runs
        ├── SchedulingError     an event in the past, or a delay that is no time
        └── LifecycleError      a memory moved along a transition that its life cycle does not have

An error says what is wrong, where, and what would be right. ``except QsimError`` catches all of them;
an exception of another type is a defect of qsim.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class QsimError(Exception):
    """Base of every error that qsim raises on purpose."""


class ParameterError(QsimError, ValueError):
    """A parameter outside its bounds or of the wrong kind."""


class UnitError(ParameterError):
    """A quantity that cannot be read: unknown unit, wrong dimension, or not a number."""


class RegistryError(QsimError, LookupError):
    """An unknown kind or name, or a name registered twice."""


class NetworkError(QsimError, ValueError):
    """A network that cannot be built, or a question that it cannot answer."""


class NoRouteError(NetworkError):
    """Two nodes have no path between them."""


class StateError(QsimError, ValueError):
    """A quantum state that is not normalised, not positive, or of the wrong shape."""


class ResultError(QsimError, ValueError):
    """A stored result that cannot be read, or a place that none can be written to."""


class SimulationError(QsimError, RuntimeError):
    """A fault met while a simulation runs."""


class SchedulingError(SimulationError):
    """An event in the past, or a delay that is no time."""


class LifecycleError(SimulationError):
    """A memory moved along a transition that its life cycle does not have."""


class ScenarioError(QsimError, ValueError):
    """One or more faults in a scenario, all found in one pass.

    Attributes:
        faults: one line each, worded ``file:line:column: key.path: what is wrong``.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[str, ...]]]:
        # Pickled by its faults: workers send errors home, and the message alone would be taken for them.
        return type(self), (self.faults,)


def nearest(word: str, choices: Iterable[str]) -> str:
    """Word a hint for a mistyped name.

    Args:
        word: what was written.
        choices: what would have been right.

    Returns:
        `` (did you mean 'x'?)`` when a choice is close, otherwise a list of the choices,
        otherwise an empty string when there is nothing to choose from.

    Example:
        >>> nearest("lenght", ["length", "between"])
        " (did you mean 'length'?)"
    """
    known = sorted(choices)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f" (did you mean '{close[0]}'?)"
    if not known:
        return ""
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f" (known: {shown})"
