"""Ensembles: parallel cells with random gains, leaks and delays.

Many small cells side by side do what one large cell cannot: each remembers for as long as its leak says, and
sees the input now and some steps ago. The classical control has the same wiring around random tanh units.
"""

from __future__ import annotations

from dataclasses import replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from qml.cells.bank import Bank, draw_bank
from qml.cells.base import Cell
from qml.cells.quantum_cells import QuantumCell
from qml.engines.choice import EngineChoice
from qml.feature_cache import FeatureCache
from qml.inputs import Range, draw_range, whole
from qml.maps.affine import TanhUnits
from qml.reservoir import Reservoir
from qsim.errors import ParameterError


def ensemble(
    cell: Cell,
    *,
    seed: int,
    cells: int = 1,
    leak: Range = 1.0,
    input_gain: Range | None = None,
    hidden_gain: Range | None = None,
    input_shift: Range | None = None,
    delays: tuple[int, int] | None = None,
    channels: int = 1,
    sees: int | None = None,
    readout: tuple[str, ...] = (),
    engine: EngineChoice | None = None,
    cache: FeatureCache | None = None,
    name: str | None = None,
) -> Reservoir:
    """Draw a reservoir of parallel cells.

    Args:
        cell: equations and sizes; with `delays` it must have two channels for each channel that it sees.
        seed: of everything that is drawn; cell number i depends on the seed and on i alone.
        cells: how many.
        leak: share of the new state at each step, in (0, 1].
        input_gain: factor on incoming numbers of quantum cells; by default the cell's own.
        hidden_gain: factor on the hidden vector of quantum cells; by default the cell's own.
        input_shift: added to incoming numbers of quantum cells, drawn for each channel; by default the
            cell's own.
        delays: shortest and longest delay in steps; cell number i sees the input now and k_i steps ago, with
            k_i spread evenly. By default no delayed input.
        channels: of the input.
        sees: channels that each cell sees; cells take turns, so that all are seen equally often. All by
            default: a wire for each makes circuits of many wires where the input has many channels.
        readout: what is read of each cell; by default what the published model reads.
        engine: how it is computed.
        cache: where features are kept to be used again.
        name: for tables; by default the kind of cell.

    Raises:
        ParameterError: a range that is none, a cell whose channels do not fit, or too few cells to see all
            channels.

    Example:
        >>> from qml.cells.quantum_cells import QRNN
        >>> ensemble(QRNN(channels=2, hidden=2), seed=1, cells=8, delays=(0, 12)).size
        16
    """
    whole("cells", cells, 1)
    seen = _turns(cells, channels, sees)
    taps = _taps(delays, seen) if delays is not None or seen.shape[1] < channels else None
    expected = channels if taps is None else taps.shape[1]
    if cell.channels != expected:
        raise ParameterError(f"the cell has {cell.channels} channels where {expected} come in")
    sources = np.random.SeedSequence(seed).spawn(cells)
    bank = draw_bank(cell, sources)
    drawn = []
    for source in sources:
        rng = np.random.default_rng(source.spawn(1)[0])
        drawn.append(_draw(cell, rng, leak, input_gain, hidden_gain, input_shift))
    weights = {**bank.weights}
    for key in drawn[0][1]:
        weights[key] = np.stack([own[key] for _, own in drawn])
    return Reservoir(
        Bank(cell, weights, np.array([one for one, _ in drawn])),
        readout,
        taps,
        engine or EngineChoice(),
        cache,
        name or cell.name,
    )


def _draw(
    cell: Cell,
    rng: np.random.Generator,
    leak: Range,
    input_gain: Range | None,
    hidden_gain: Range | None,
    input_shift: Range | None,
) -> tuple[float, dict[str, NDArray[np.float64]]]:
    """A cell's own leak, and its encoding where that differs from what the cell says."""
    own_leak = float(draw_range("leak", leak, rng, 1)[0])
    if not isinstance(cell, QuantumCell):
        if not input_gain is hidden_gain is input_shift is None:
            raise ParameterError(f"the cell '{cell.name}' has no gains; its weights have scales of their own")
        return own_leak, {}

    def own(name: str, given: Range | None, count: int) -> NDArray[np.float64]:
        return draw_range(name, getattr(cell, name) if given is None else given, rng, count)

    incoming = own("input_gain", input_gain, cell.channels)
    fed_back = own("hidden_gain", hidden_gain, 1)
    shift = own("input_shift", input_shift, cell.channels)
    return own_leak, {
        "gain": cell.encoding(incoming, float(fed_back[0]), rest=1.0),
        "shift": cell.encoding(shift, 0.0, rest=0.0),
    }


def _turns(cells: int, channels: int, sees: int | None) -> NDArray[np.int64]:
    """The channels that each cell sees, (cells, sees): in each round all once, in rounds in other company."""
    if sees is None or whole("sees", sees, 1) == channels:
        return np.tile(np.arange(channels), (cells, 1))
    if sees > channels:
        raise ParameterError(f"`sees` must be at most the {channels} channels of the input, not {sees}")
    of_a_round = -(-channels // sees)
    if cells < of_a_round:
        raise ParameterError(
            f"{cells} cell{'s' * (cells > 1)} that see {sees} of {channels} channels each do not see all:"
            f" at least {of_a_round} are needed"
        )
    factors = [factor for factor in range(1, channels) if gcd(factor, channels) == 1]
    rounds, places = np.divmod(np.arange(cells), of_a_round)
    slots = places[:, None] * sees + np.arange(sees)
    # A factor without a divisor in common with their number, and a shift, only change their order.
    mixed = slots * np.array(factors)[rounds % len(factors), None] + rounds[:, None]
    turned: NDArray[np.int64] = mixed % channels
    return turned


def _taps(delays: tuple[int, int] | None, seen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Taps of cells that see these channels (cells, channels), and where delays are given once more."""
    if delays is None:
        return np.stack([seen, np.zeros_like(seen)], axis=-1)
    if not isinstance(delays, tuple) or len(delays) != 2:
        raise ParameterError(f"delays must be (shortest, longest), not {delays!r}")
    low, high = whole("delays[0]", delays[0], 0), whole("delays[1]", delays[1], 0)
    if low > high:
        raise ParameterError(f"delays must be (shortest, longest), not {delays}")
    cells, own = seen.shape
    spread = np.round(np.linspace(low, high, cells)).astype(np.int64)
    taps = np.zeros((cells, 2 * own, 2), dtype=np.int64)
    taps[:, :, 0] = np.tile(seen, 2)
    taps[:, own:, 1] = spread[:, None]
    return taps


def tanh_control(cell: QuantumCell, scale: float, bias_scale: float) -> QuantumCell:
    """The same cell with random tanh units in the place of its circuits."""
    return replace(cell, units=TanhUnits(scale, bias_scale))
