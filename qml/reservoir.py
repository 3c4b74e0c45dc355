"""A reservoir: a bank of cells, what each of them sees of the input, and what is read of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qml.cells.bank import Bank
from qml.engines.base import Advance, State
from qml.engines.choice import EngineChoice
from qml.feature_cache import FeatureCache
from qml.inputs import check_washout, series, windows
from qsim.errors import ParameterError


@dataclass(frozen=True, eq=False)
class ReservoirState:
    """Where a series stands, to go on from.

    Attributes:
        cells: the state of the cells.
        recent: the last inputs, as many as the longest lag, shape (steps, channels).
    """

    cells: State
    recent: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reservoir:
    """A map from inputs to features; nothing in it is trained.

    Attributes:
        bank: the cells.
        readout: what is read of each cell, by name; by default what the published model reads.
        taps: for each cell and each of its channels the (channel of the input, lag in steps) that it sees,
            shape (cells, channels, 2); by default each cell sees all channels of the input, undelayed.
            Before the beginning of a series the input counts as zero.
        engine: how it is computed.
        cache: where features are kept to be used again; None keeps none.
        name: for tables.

    Raises:
        ParameterError: an unknown readout, taps that do not fit the cells, or an engine that does not compute
            them as is asked.
    """

    bank: Bank
    readout: tuple[str, ...] = ()
    taps: NDArray[np.int64] | None = None
    engine: EngineChoice = field(default_factory=EngineChoice)
    cache: FeatureCache | None = None
    name: str = "reservoir"

    def __post_init__(self) -> None:
        if not self.readout:
            object.__setattr__(self, "readout", self.bank.cell.default_readout)
        self.bank.cell.check_readout(self.readout)
        self.engine.evaluator(self.bank.cell)
        shape = (self.bank.cells, self.bank.cell.channels, 2)
        if self.taps is not None and (self.taps.shape != shape or self.taps.min() < 0):
            raise ParameterError(
                f"taps must be numbers of at least 0 of shape {shape}, not {self.taps.shape}"
            )

    @property
    def size(self) -> int:
        """Number of features."""
        return self.bank.cells * sum(self.bank.cell.readable[name] for name in self.readout)

    @property
    def lag(self) -> int:
        """The longest lag, in steps."""
        return 0 if self.taps is None else int(self.taps[..., 1].max())

    @property
    def channels(self) -> int:
        """Channels that the input must have (at least)."""
        return self.bank.cell.channels if self.taps is None else int(self.taps[..., 0].max()) + 1

    def features(
        self, inputs: NDArray[np.float64], *, washout: int = 0, advance: Advance | None = None
    ) -> NDArray[np.float64]:
        """Drive the reservoir through one series from rest.

        Args:
            inputs: shape (steps, channels) or (steps,).
            washout: features of the first steps, which still remember the beginning, are left out.
            advance: told of progress, in steps.

        Returns:
            shape (steps - washout, size), cells in order.

        Raises:
            ParameterError: inputs that are not finite, of a wrong shape, or no longer than the washout.
        """
        checked = series("inputs", inputs, self.channels)
        check_washout(washout, len(checked))
        return self._cached("series", checked, lambda: self._drive(checked, None, advance)[0])[washout:]

    def features_of_many(
        self, inputs: NDArray[np.float64], *, washout: int = 0, advance: Advance | None = None
    ) -> NDArray[np.float64]:
        """Drive several series of one length at once, each from rest.

        Args:
            inputs: shape (series, steps, channels) or (series, steps).
            washout: see `features`.
            advance: told of progress, in steps of series.

        Returns:
            shape (series, steps - washout, size); each series as `features` gives it, bit for bit.

        Raises:
            ParameterError: see `features`.
        """
        checked = windows("inputs", inputs, self.channels)
        check_washout(washout, checked.shape[1])
        driven = self.engine.build(self.bank.cell, series=True).run(
            self.bank, self._tapped(checked), self.readout, every=True, advance=advance
        )
        return self._joined(driven.features)[:, washout:]

    def go_on(
        self, inputs: NDArray[np.float64], state: ReservoirState | None = None
    ) -> tuple[NDArray[np.float64], ReservoirState]:
        """Drive the reservoir on from where it stood; the features of all steps, and where it then stands.

        Raises:
            ParameterError: see `features`.
        """
        return self._drive(series("inputs", inputs, self.channels), state, None)

    def window_features(
        self, inputs: NDArray[np.float64], *, advance: Advance | None = None
    ) -> NDArray[np.float64]:
        """Drive the reservoir through each window from rest and read the last step.

        Args:
            inputs: shape (windows, length, channels) or (windows, length).
            advance: told of progress, in steps of windows.

        Returns:
            shape (windows, size).

        Raises:
            ParameterError: inputs that are not finite or of a wrong shape.
        """
        checked = windows("inputs", inputs, self.channels)

        def computed() -> NDArray[np.float64]:
            driven = self.engine.build(self.bank.cell, series=False).run(
                self.bank, self._tapped(checked), self.readout, every=False, advance=advance
            )
            return self._joined(driven.features)

        return self._cached("windows", checked, computed)

    def _drive(
        self, inputs: NDArray[np.float64], state: ReservoirState | None, advance: Advance | None
    ) -> tuple[NDArray[np.float64], ReservoirState]:
        lag = self.lag
        recent = np.zeros((lag, inputs.shape[1])) if state is None else state.recent
        joined = np.concatenate([recent, inputs])
        driven = self.engine.build(self.bank.cell, series=True).run(
            self.bank,
            self._tapped(joined[None])[:, :, lag:],
            self.readout,
            every=True,
            state=None if state is None else state.cells,
            advance=advance,
        )
        return self._joined(driven.features)[0], ReservoirState(driven.state, joined[len(joined) - lag :])

    def _tapped(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each cell sees of (batch, steps, channels): (cells or 1, batch, steps, channels of a cell)."""
        if self.taps is None:
            return inputs[None]
        batch, steps, _ = inputs.shape
        seen = np.zeros((*self.taps.shape[:2], batch, steps))
        for cell, taps in enumerate(self.taps):
            for channel, (source, lag) in enumerate(taps):
                seen[cell, channel, :, lag:] = inputs[:, : max(0, steps - lag), source]
        return np.moveaxis(seen, 1, -1)

    @staticmethod
    def _joined(features: NDArray[np.float64]) -> NDArray[np.float64]:
        """From the cells' features (cells, ..., features) to those of the whole (..., cells * features)."""
        moved = np.moveaxis(features, 0, -2)
        return np.ascontiguousarray(moved).reshape(*moved.shape[:-2], -1)

    def _cached(
        self, mode: str, inputs: NDArray[np.float64], compute: Callable[[], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        # Of a device that was handed in there is no name to keep features under.
        if self.cache is None or not isinstance(self.engine.device, str):
            return compute()
        taps = np.empty(0) if self.taps is None else self.taps
        key = self.cache.key(mode, self.bank.fingerprint, self.readout, self.engine, taps, inputs)
        known = self.cache.get(key)
        if known is None:
            known = compute()
            self.cache.put(key, known)
        return known
