"""Which engine: chosen by name, with what it runs on and how precisely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qml.cells.base import Cell
from qml.engines import jax_support
from qml.engines.base import Engine
from qml.engines.jax_engine import JaxEngine
from qml.engines.numpy_engine import NumpyEngine
from qml.maps.base import Computation, Evaluator
from qml.maps.pennylane_circuit import open_device
from qsim.errors import ParameterError, nearest

ENGINES = ("auto", "compiled", "qnode", "trainable")
_BACKENDS = ("auto", "numpy", "jax")
_DEVICES = ("cpu", "gpu", "auto")
_PRECISIONS = ("double", "single")


@dataclass(frozen=True)
class EngineChoice:
    """How reservoirs are computed; the features are the same to 1e-12 in double precision.

    Attributes:
        engine: ``auto`` (which is ``compiled``), ``compiled`` for frozen circuits lowered to a few array
            operations, ``qnode`` for PennyLane call by call, ``trainable`` for default.qubit traced by JAX.
        device: ``cpu``, ``gpu``, or ``auto``, which is the GPU where JAX sees one; for ``qnode`` also
            PennyLane's own name of a device, such as ``lightning.qubit``, or a device of PennyLane, which
            samples with its own generator.
        backend: of ``compiled``: ``numpy``, ``jax``, or ``auto``, which takes JAX for series where it is
            installed and for the GPU, otherwise NumPy, also for shots, which JAX draws otherwise.
        precision: ``double`` or ``single``.
        shots: measurements of each circuit at each step; None for exact expectation values.
        seed: of the sampling noise.

    Raises:
        ParameterError: an unknown name, or choices that exclude each other.
    """

    engine: str = "auto"
    device: Any = "cpu"
    backend: str = "auto"
    precision: str = "double"
    shots: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for field, known in (("engine", ENGINES), ("backend", _BACKENDS), ("precision", _PRECISIONS)):
            value = getattr(self, field)
            if value not in known:
                raise ParameterError(f"unknown {field} '{value}'{nearest(str(value), known)}")
        if not isinstance(self.device, str) and self.engine != "qnode":
            raise ParameterError(
                f"device={self.device!r}: a device of PennyLane goes with engine='qnode'; the other engines"
                " take 'cpu' or 'gpu'"
            )
        if self.engine != "qnode" and self.device not in _DEVICES:
            raise ParameterError(
                f"unknown device '{self.device}'{nearest(self.device, _DEVICES)};"
                " PennyLane's devices go with engine='qnode'"
            )
        if self.engine == "qnode" and isinstance(self.device, str) and self.device in ("gpu", "auto"):
            raise ParameterError(
                "engine='qnode' takes a PennyLane device: device='lightning.gpu' where it is installed"
            )
        if self.shots is not None:
            if isinstance(self.shots, bool) or not isinstance(self.shots, int) or self.shots < 1:
                raise ParameterError(f"shots must be a whole number of at least 1, not {self.shots!r}")
            if self.engine == "trainable":
                raise ParameterError("shots are sampled by engine='compiled' or engine='qnode'")
        if self.precision == "single" and self.engine in ("qnode", "trainable"):
            raise ParameterError(f"engine='{self.engine}' computes in double precision only")

    def check_device(self) -> None:
        """See that what was chosen is installed and present, before anything is run on it.

        Raises:
            ParameterError: it is not.
        """
        if self.engine == "qnode":
            open_device(self._pennylane_device, wires=1)
        elif self.device == "gpu":
            jax_support.device(jax_support.load(), "gpu")
        elif self.engine == "trainable" or self.backend == "jax":
            jax_support.load()

    @property
    def _pennylane_device(self) -> Any:
        return "default.qubit" if isinstance(self.device, str) and self.device == "cpu" else self.device

    def build(self, cell: Cell, series: bool) -> Engine:
        """The engine for a kind of cell.

        Args:
            cell: what will be driven.
            series: whether every step of long series is wanted, or the last step of many windows.

        Raises:
            ParameterError: what was chosen is not installed or not present, or not for this cell.
        """
        evaluator, single = self.evaluator(cell), self.precision == "single"
        if evaluator.engine == "trainable" or (evaluator.traceable and self.with_jax(series)):
            return JaxEngine(evaluator, single, self.device)
        return NumpyEngine(evaluator, single)

    def evaluator(self, cell: Cell) -> Evaluator:
        """What computes the maps of a cell.

        Raises:
            ParameterError: the cell, or what stands in it, does not compute as is chosen.
        """
        single = self.precision == "single"
        found = cell.evaluator(
            Computation(self.engine, self._pennylane_device, self.shots, self.seed, single)
        )
        if self.engine not in ("auto", found.engine):
            raise ParameterError(
                f"engine='{self.engine}' does not compute {_named(cell)}; engine='{found.engine}' does"
            )
        if found.sampled != self.shots:
            raise ParameterError(
                f"shots={self.shots}: nothing is sampled in {_named(cell)}, whose numbers are exact; leave"
                " `shots` out, or take circuits that are measured"
            )
        if single and found.engine != "compiled":
            raise ParameterError(f"precision='single': {_named(cell)} computes in double precision only")
        if not found.traceable and (self.backend == "jax" or self.device == "gpu"):
            raise ParameterError(
                f"{_named(cell)} is not written for JAX: leave `backend` at 'auto' and `device` at 'cpu'"
            )
        try:
            hash((cell, found))
        except TypeError as error:
            raise ParameterError(
                f"{_named(cell)} cannot be told from others ({error}): make it, what stands in it and its"
                " evaluator frozen dataclasses of plain values"
            ) from None
        return found

    @property
    def on_gpu(self) -> bool:
        """Whether JAX computes on a GPU."""
        return isinstance(self.device, str) and (
            self.device == "gpu" or (self.device == "auto" and jax_support.sees_gpu())
        )

    def with_jax(self, suits: bool) -> bool:
        """Whether JAX computes.

        Args:
            suits: whether the work is of the kind for which ``auto`` takes it where it is installed.

        Raises:
            ParameterError: a GPU without JAX.
        """
        if self.engine == "qnode" or self.backend == "numpy":
            if self.device == "gpu":
                raise ParameterError("device='gpu' needs backend='jax'")
            return False
        if self.backend == "jax" or self.on_gpu:
            return True
        # The two draw differently: what is sampled does not depend on whether JAX is installed.
        return suits and self.shots is None and jax_support.installed()


def _named(cell: Cell) -> str:
    units = getattr(cell, "units", None)
    return type(cell).__name__ + ("" if units is None else f" with {type(units).__name__}")
