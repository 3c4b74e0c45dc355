"""Discrete-event simulation of quantum networks.

Everything a script needs hangs on this package and is imported when it is first used, so ``import qsim`` is
quick and loads no numerical library::

    import qsim
    from qsim.units import km, ms

    network = qsim.Network("Two nodes")
    scenario = qsim.load("network.yaml")
    result = scenario.run(seed=1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.missing_packages import install as _install

if TYPE_CHECKING:
    from qsim import units as units
    from qsim.errors import InvariantError as InvariantError
    from qsim.errors import LifecycleError as LifecycleError
    from qsim.errors import LimitError as LimitError
    from qsim.errors import NetworkError as NetworkError
    from qsim.errors import NoRouteError as NoRouteError
    from qsim.errors import NoRouteNowError as NoRouteNowError
    from qsim.errors import ParameterError as ParameterError
    from qsim.errors import QsimError as QsimError
    from qsim.errors import RegistryError as RegistryError
    from qsim.errors import ResultError as ResultError
    from qsim.errors import ScenarioError as ScenarioError
    from qsim.errors import SchedulingError as SchedulingError
    from qsim.errors import SimulationError as SimulationError
    from qsim.errors import StateError as StateError
    from qsim.errors import UnitError as UnitError
    from qsim.kernel import Interrupt as Interrupt
    from qsim.kernel import Mailbox as Mailbox
    from qsim.kernel import Priority as Priority
    from qsim.kernel import Process as Process
    from qsim.kernel import Simulator as Simulator
    from qsim.kernel import TimeoutExpired as TimeoutExpired
    from qsim.kernel import any_of as any_of
    from qsim.kernel import timeout as timeout
    from qsim.model.program_kind import Role as Role
    from qsim.model.program_kind import program as program
    from qsim.network.builder import Network as Network
    from qsim.network.circuits import distribute as distribute
    from qsim.parameters import Declared as Declared
    from qsim.parameters import OfKind as OfKind
    from qsim.parameters import Param as Param
    from qsim.preset_table import Cited as Cited
    from qsim.preset_table import preset as preset
    from qsim.registry import lookup as lookup
    from qsim.registry import register as register
    from qsim.results import Result as Result
    from qsim.scenario import load as load
    from qsim.scenario.scenario import Scenario as Scenario
    from qsim.sweeps import SweepResult as SweepResult
    from qsim.sweeps.comparison import Comparison as Comparison
    from qsim.sweeps.comparison import compare as compare
    from qsim.sweeps.front_door import sweep as sweep
    from qsim.sweeps.sweep_result import load_result as load_result

    __version__: str

_install()

# Where each name comes from. Type checkers read the block above instead, so that a misspelt name is an
# error to them; a test holds the two lists together.
_HOMES = {
    "Cited": "qsim.preset_table",
    "Comparison": "qsim.sweeps.comparison",
    "Declared": "qsim.parameters",
    "Interrupt": "qsim.kernel",
    "InvariantError": "qsim.errors",
    "LifecycleError": "qsim.errors",
    "LimitError": "qsim.errors",
    "Mailbox": "qsim.kernel",
    "Network": "qsim.network.builder",
    "NetworkError": "qsim.errors",
    "NoRouteError": "qsim.errors",
    "NoRouteNowError": "qsim.errors",
    "OfKind": "qsim.parameters",
    "Param": "qsim.parameters",
    "ParameterError": "qsim.errors",
    "Priority": "qsim.kernel",
    "Process": "qsim.kernel",
    "QsimError": "qsim.errors",
    "RegistryError": "qsim.errors",
    "Result": "qsim.results",
    "ResultError": "qsim.errors",
    "Role": "qsim.model.program_kind",
    "Scenario": "qsim.scenario.scenario",
    "ScenarioError": "qsim.errors",
    "SchedulingError": "qsim.errors",
    "SimulationError": "qsim.errors",
    "Simulator": "qsim.kernel",
    "StateError": "qsim.errors",
    "SweepResult": "qsim.sweeps",
    "TimeoutExpired": "qsim.kernel",
    "UnitError": "qsim.errors",
    "any_of": "qsim.kernel",
    "compare": "qsim.sweeps.comparison",
    "load": "qsim.scenario",
    "load_result": "qsim.sweeps.sweep_result",
    "distribute": "qsim.network.circuits",
    "lookup": "qsim.registry",
    "preset": "qsim.preset_table",
    "program": "qsim.model.program_kind",
    "register": "qsim.registry",
    "sweep": "qsim.sweeps.front_door",
    "timeout": "qsim.kernel",
}

if not TYPE_CHECKING:
    __all__ = sorted([*_HOMES, "__version__", "units"])

    def __getattr__(name: str) -> object:
        import importlib

        if name == "__version__":
            from importlib.metadata import version

            value = version("qsim-net")
        elif name == "units":
            value = importlib.import_module("qsim.units")
        elif name in _HOMES:
            value = getattr(importlib.import_module(_HOMES[name]), name)
        else:
            raise AttributeError(f"module 'qsim' has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
