"""The drive in NumPy: a Python loop over time, everything else in arrays."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.cells.bank import Bank
from qml.cells.quantum_cells import QuantumCell
from qml.engines.base import Advance, Driven, Engine, State, mix, zero_state
from qml.engines.memory_budget import available, estimate, require
from qml.maps.base import Computation, Evaluator

#: Rows of a batch that enter one matrix product. Fixed, so that a row's bits depend on its place there and on
#: itself, not on the rows beside it or on how many there are.
_TILE = 16
#: Amplitudes that one pass may hold: larger batches are cut into passes.
_PASS = 2**21


class NumpyEngine(Engine):
    """Drives banks with NumPy."""

    def run(
        self,
        bank: Bank,
        inputs: NDArray[np.float64],
        readout: tuple[str, ...],
        *,
        every: bool,
        state: State | None = None,
        advance: Advance | None = None,
    ) -> Driven:
        """Drive all cells through all inputs; see `Engine.run`."""
        bank.cell.check_readout(readout)
        batch = inputs.shape[1]
        evaluator = self.evaluator or bank.cell.evaluator(Computation(single=self.single))
        tile = _TILE if evaluator.tiled and not every else 1
        rows = rows_of_a_pass(bank, tile, self.single, evaluator)
        arrays = bank.prepared(evaluator)
        before = state or State(zero_state(bank.cell, bank.cells, batch), evaluator.noise(bank.cells, batch))
        passes = []
        for start in range(0, batch, rows):
            piece = slice(start, start + rows)
            begin = _rows(before, piece)
            passes.append(
                self._pass(bank, evaluator, arrays, inputs[:, piece], readout, every, tile, begin, advance)
            )
        parts = zip(*(done.state.parts for done in passes), strict=True)
        noise = zip(*(done.state.noise for done in passes), strict=True)
        return Driven(
            np.concatenate([done.features for done in passes], axis=1),
            State(
                tuple(np.concatenate(part, axis=1) for part in parts),
                tuple(sum(generators, ()) for generators in noise),
            ),
        )

    def _pass(
        self,
        bank: Bank,
        evaluator: Evaluator,
        arrays: list[list[Any]],
        inputs: NDArray[np.float64],
        readout: tuple[str, ...],
        every: bool,
        tile: int,
        start: State,
        advance: Advance | None,
    ) -> Driven:
        cell, (_, batch, steps, _) = bank.cell, inputs.shape
        dtype = np.float32 if self.single else np.float64
        padded = -(-batch // tile) * tile
        fill = ((0, 0), (0, padded - batch), (0, 0))
        state = tuple(np.pad(part, fill).astype(dtype) for part in start.parts)
        shape = (bank.cells, padded, inputs.shape[3])
        leak = None if np.all(bank.leak == 1) else bank.leak[:, None, None].astype(dtype)
        order, noise = cell.order(readout), copy.deepcopy(start.noise)

        def maps(stage: int, values: Any, full: bool) -> Any:
            return evaluator.evaluate(np, arrays[stage], values, order if full else 0, tile, noise)

        kept = []
        for step in range(steps):
            now = np.pad(inputs[:, :, step], fill).astype(dtype)
            after, seen = cell.step(np, maps, state, np.broadcast_to(now, (shape[0], *now.shape[1:])))
            state = after if leak is None else mix(state, after, leak)
            if every or step == steps - 1:
                kept.append(cell.read(np, state, seen, readout)[:, :batch].astype(np.float64))
            if advance is not None:
                advance(batch)
        return Driven(
            np.stack(kept, axis=2) if every else kept[-1],
            State(tuple(part[:, :batch].astype(np.float64) for part in state), noise),
        )


def rows_of_a_pass(bank: Bank, tile: int, single: bool, evaluator: Evaluator | None = None) -> int:
    """Rows that one pass holds, a multiple of `tile`, after making sure that they fit into memory."""
    if not isinstance(bank.cell, QuantumCell):
        return 4096 * tile
    circuits = bank.cells * max(bank.cell.stages)
    axes = bank.cell.wires if evaluator is None else evaluator.axes(bank.cell.wires)
    require(estimate(axes, tile, circuits, single), available(), bank.cell.wires)
    return max(1, _PASS // ((circuits << axes) * tile)) * tile


def _rows(state: State, rows: slice) -> State:
    return State(tuple(part[:, rows] for part in state.parts), tuple(noise[rows] for noise in state.noise))
