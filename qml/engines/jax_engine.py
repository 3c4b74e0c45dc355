"""The drive in JAX: time is a `lax.scan`, and the whole program is compiled once for a cell and a shape.

Batches are cut into pieces of one size and series into segments of one length, padded at the end; a segment
is told how many of its steps count, and computes no other. So no new program is compiled when only the number
of windows or steps changes, a single step costs little, and a row's bits depend on its place in its piece and
on its own numbers, not on the rows beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.cells.bank import Bank
from qml.cells.base import Cell
from qml.cells.quantum_cells import QuantumCell
from qml.engines import jax_support
from qml.engines.base import Advance, Driven, Engine, State, mix, zero_state
from qml.engines.memory_budget import available, estimate, require
from qml.maps.base import Computation, Evaluator

#: Windows in one compiled call, on few wires.
_ROWS = 256
#: Steps of a series in one compiled call.
_SEGMENT = 1024
#: Amplitudes of one call, above which fewer windows enter it.
_AMPLITUDES = 2**22


@dataclass(frozen=True)
class JaxEngine(Engine):
    """Drives banks with JAX.

    Attributes:
        device: ``cpu``, ``gpu``, or ``auto``, the GPU where there is one.
    """

    device: str = "cpu"

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
        jax = jax_support.load()
        bank.cell.check_readout(readout)
        device = jax_support.device(jax, self.device)
        batch = inputs.shape[1]
        evaluator = self.evaluator or bank.cell.evaluator(Computation(single=self.single))
        rows = 1 if every else rows_of_a_call(bank, evaluator)
        self._require_memory(bank, evaluator, rows, device)
        start = state or State(zero_state(bank.cell, bank.cells, batch), evaluator.keys(bank.cells, batch))
        keys = np.array(start.noise, dtype=np.uint32)
        with jax_support.double_precision(jax, not self.single), jax.default_device(device):
            dtype = np.float32 if self.single else np.float64
            arrays = jax.device_put(bank.prepared(evaluator), device)
            leak = None if np.all(bank.leak == 1) else bank.leak[:, None, None].astype(dtype)
            call = _program(bank.cell, evaluator, readout, every, rows)
            done = []
            for at in range(0, batch, rows):
                begin = tuple(part[:, at : at + rows].astype(dtype) for part in start.parts)
                if evaluator.sampled is not None:
                    begin += (keys[:, at : at + rows],)
                piece = inputs[:, at : at + rows].astype(dtype)
                seen = np.broadcast_to(piece, (bank.cells, *piece.shape[1:]))
                if every:
                    done.append(_series(call, (arrays, leak), begin, seen, advance))
                else:
                    done.append(_windows(call, (arrays, leak), begin, seen, rows, advance))
        features = np.concatenate([one for one, _ in done], axis=1)
        parts = [np.concatenate(part, axis=1) for part in zip(*(state for _, state in done), strict=True)]
        noise = () if evaluator.sampled is None else tuple(tuple(of_cell) for of_cell in parts.pop())
        return Driven(
            features.astype(np.float64), State(tuple(part.astype(np.float64) for part in parts), noise)
        )

    def _require_memory(self, bank: Bank, evaluator: Evaluator, rows: int, device: Any) -> None:
        if not isinstance(bank.cell, QuantumCell):
            return
        circuits = bank.cells * max(bank.cell.stages)
        free = jax_support.free_memory(device) if device.platform == "gpu" else available()
        require(estimate(evaluator.axes(bank.cell.wires), rows, circuits, self.single), free, bank.cell.wires)


def rows_of_a_call(bank: Bank, evaluator: Evaluator) -> int:
    """Windows in one call: a power of two that depends on the bank and its circuits alone."""
    if not isinstance(bank.cell, QuantumCell):
        return _ROWS
    amplitudes = bank.cells * max(bank.cell.stages) * 2 ** evaluator.axes(bank.cell.wires)
    return int(min(_ROWS, max(1, 2 ** int(np.log2(max(1, _AMPLITUDES // amplitudes))))))


def _windows(
    call: Any, frozen: Any, state: Any, inputs: NDArray[Any], rows: int, advance: Advance | None
) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    _, batch, steps, _ = inputs.shape
    fill = ((0, 0), (0, rows - batch), (0, 0))
    over_time = np.moveaxis(np.pad(inputs, (*fill, (0, 0))), 2, 0)
    begin = tuple(np.pad(part, fill) for part in state)
    features, state = call(*frozen, begin, over_time, np.ones(steps, bool))
    features = np.asarray(features)
    if advance is not None:
        advance(batch * steps)
    return features[:, :batch], tuple(np.asarray(part)[:, :batch] for part in state)


def _series(
    call: Any, frozen: Any, state: Any, inputs: NDArray[Any], advance: Advance | None
) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    _, batch, steps, _ = inputs.shape
    kept = []
    for start in range(0, steps, _SEGMENT):
        piece = inputs[:, :, start : start + _SEGMENT]
        length = piece.shape[2]
        padded = np.pad(piece, ((0, 0), (0, 0), (0, _SEGMENT - length), (0, 0)))
        features, state = call(*frozen, state, np.moveaxis(padded, 2, 0), length)
        kept.append(np.moveaxis(np.asarray(features)[:length], 0, 2))
        if advance is not None:
            advance(batch * length)
    return np.concatenate(kept, axis=2), tuple(np.asarray(part) for part in state)


@lru_cache(maxsize=128)
def _program(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], every: bool, rows: int) -> Any:
    """The compiled drive: (arrays, leak, state, inputs over time, steps that count) -> (features, state).

    A series is told a number of steps, windows which of them count.
    """
    jax = jax_support.load()
    if not every:
        return jax.jit(drive(cell, evaluator, readout, every, rows))
    once = _step(cell, evaluator, readout, rows)
    size = sum(cell.readable[name] for name in readout)

    def run(arrays: Any, leak: Any, state: Any, inputs: Any, count: Any) -> Any:
        def advance(at: Any, before: Any) -> Any:
            state, kept = before
            state, features = once(arrays, leak, state, inputs[at])
            return state, jax.lax.dynamic_update_index_in_dim(kept, features, at, 0)

        kept = jax.numpy.zeros((*inputs.shape[:3], size), dtype=inputs.dtype)
        state, kept = jax.lax.fori_loop(0, count, advance, (state, kept))
        return kept, state

    return jax.jit(run)


def _step(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], rows: int) -> Any:
    """One step of all cells: (arrays, leak, state, inputs) -> (state, features).

    Where something is sampled the keys of all rows are the last part of the state; each step has new ones.
    """
    jax = jax_support.load()
    xp = jax.numpy
    order, sampled = cell.order(readout), evaluator.sampled is not None

    def fold(keys: Any, number: int) -> Any:
        return jax.vmap(jax.vmap(lambda key: jax.random.fold_in(key, number)))(keys)

    def step(arrays: Any, leak: Any, old: Any, values: Any) -> Any:
        old, keys = (old[:-1], old[-1]) if sampled else (old, None)

        def maps(stage: int, values: Any, full: bool) -> Any:
            return evaluator.evaluate(
                xp,
                arrays[stage],
                values,
                order if full else 0,
                rows,
                fold(keys, stage + 1) if sampled else (),
            )

        new, seen = cell.step(xp, maps, old, values)
        if leak is not None:
            new = mix(old, new, leak)
        features = cell.read(xp, new, seen, readout)
        return (*new, fold(keys, 0)) if sampled else new, features

    return step


def drive(cell: Cell, evaluator: Evaluator, readout: tuple[str, ...], every: bool, rows: int) -> Any:
    """The drive as a function that JAX can trace and differentiate.

    (arrays, leak, state, inputs over time, which steps count) -> (features, state).
    """
    jax = jax_support.load()
    xp = jax.numpy
    once = _step(cell, evaluator, readout, rows)

    def run(arrays: Any, leak: Any, state: Any, inputs: Any, counts: Any) -> Any:
        def advance(before: Any, now: Any) -> Any:
            values, counted = now
            old, _ = before
            new, features = once(arrays, leak, old, values)
            new = tuple(xp.where(counted, after, prior) for after, prior in zip(new, old, strict=True))
            return (new, None if every else features), features if every else None

        size = sum(cell.readable[name] for name in readout)
        nothing = None if every else xp.zeros((*inputs.shape[1:3], size), dtype=inputs.dtype)
        (state, last), over_time = jax.lax.scan(advance, (state, nothing), (inputs, counts))
        return (over_time if every else last), state

    return run
