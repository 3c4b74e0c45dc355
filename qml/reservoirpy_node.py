"""A reservoir as a node of reservoirpy: ``ReservoirNode(reservoir) >> Ridge()``.

For reservoirpy from 0.4.2. Nothing else imports this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from qml.engines.base import State, zero_state
from qml.forecasters.loop import stepwise
from qml.reservoir import Reservoir, ReservoirState
from qsim.errors import ParameterError

try:
    from reservoirpy.node import Node
except ImportError:
    raise ImportError(
        "qml.reservoirpy_node needs reservoirpy, which is not installed: pip install 'reservoirpy>=0.4.2'"
    ) from None

Array = npt.NDArray[np.float64]


class ReservoirNode(Node):  # type: ignore[misc]
    """A frozen reservoir, quantum or classical, as a node whose output is what is read of it.

    Args:
        reservoir: as `qml.ensembles.ensemble` draws it; without shots, for a node's state is arrays alone.
        name: of the node.

    Raises:
        ParameterError: a reservoir with shots.

    Example:
        >>> from reservoirpy.nodes import Ridge
        >>> from qml.cells.quantum_cells import QRNN
        >>> from qml.ensembles import ensemble
        >>> model = ReservoirNode(ensemble(QRNN(), seed=1)) >> Ridge()
    """

    def __init__(self, reservoir: Reservoir, name: str | None = None) -> None:
        if reservoir.engine.shots is not None:
            raise ParameterError(
                "a node keeps arrays only and has no place for the state of sampling noise: shots=None"
            )
        self.reservoir = reservoir
        self.name = name
        self._stepwise = stepwise(reservoir)

    def initialize(self, x: Any, y: Any = None) -> None:
        """Take note of the number of channels, and start from rest."""
        self._set_input_dim(x)
        if self.input_dim != self.reservoir.channels:
            raise ParameterError(
                f"the reservoir takes {self.reservoir.channels} channels, not {self.input_dim}"
            )
        self.output_dim = self.reservoir.size
        bank = self.reservoir.bank
        rest = ReservoirState(
            State(zero_state(bank.cell, bank.cells, 1)), np.zeros((self.reservoir.lag, self.input_dim))
        )
        self.state = self._state(np.zeros(self.output_dim), rest)
        self.initialized = True

    def _step(self, state: dict[str, Array], x: Array) -> dict[str, Array]:
        features, after = self._stepwise.go_on(x[None], self._restored(state))
        return self._state(features[-1], after)

    def _run(self, state: dict[str, Array], x: Array) -> tuple[dict[str, Array], Array]:
        features, after = self.reservoir.go_on(x, self._restored(state))
        return self._state(features[-1], after), features

    @staticmethod
    def _state(out: Array, after: ReservoirState) -> dict[str, Array]:
        parts = {f"part{number}": part for number, part in enumerate(after.cells.parts)}
        return {"out": out, "recent": after.recent, **parts}

    def _restored(self, state: dict[str, Array]) -> ReservoirState:
        count = len(self.reservoir.bank.cell.state_sizes)
        return ReservoirState(
            State(tuple(state[f"part{number}"] for number in range(count))), state["recent"]
        )
