"""What a readout sees: a feature map or part of it, and beside it the last inputs and what is known ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qml.baselines import LinearTaps

Array = npt.NDArray[np.float64]


class FeatureMap(Protocol):
    """A reservoir, or what stands in its place."""

    @property
    def size(self) -> int:
        """Number of features."""

    def features(self, inputs: Array, /) -> Array:
        """Features (steps, size) of inputs (steps, channels), those of a step from inputs up to it."""


@dataclass(frozen=True, eq=False)
class View:
    """A feature map and what of it, and beside it, comes before the readout.

    Attributes:
        source: the feature map, of the first `channels` inputs.
        channels: that it sees.
        every: 1 for all its features, 2 for every second one, ...
        taps: last inputs of each channel that are read as they are (a linear skip connection).
        direct: further channels, which are known for the step that is forecast and read as they are.
    """

    source: FeatureMap
    channels: int
    every: int = 1
    taps: int = 0
    direct: int = 0

    @property
    def size(self) -> int:
        """Number of features."""
        return -(-self.source.size // self.every) + self.taps * self.channels + self.direct

    @property
    def memory(self) -> int:
        """Inputs before the one of the moment that the skip connection asks for."""
        return max(0, self.taps - 1)

    def features(self, inputs: Array, /) -> Array:
        """Features (steps, size) of inputs (steps, channels + direct)."""
        return self.around(self.source.features(inputs[:, : self.channels]), inputs)

    def around(self, own: Array, inputs: Array, before: Array | None = None) -> Array:
        """The view of features that the source gave.

        Args:
            own: (steps, features of the source).
            inputs: (steps, channels + direct).
            before: the inputs (at most `memory`, channels) that came before; none by default.
        """
        if self.every == 1 and not self.taps and not self.direct:
            return own
        parts = [own[:, :: self.every]]
        if self.taps:
            seen = inputs[:, : self.channels]
            joined = seen if before is None else np.concatenate([before, seen])
            parts.append(LinearTaps(self.taps, channels=self.channels).features(joined)[-len(inputs) :])
        return np.hstack([*parts, inputs[:, self.channels :]])


class Drivable(Protocol):
    """A source that goes on from where it stood; see `qml.forecasters.loop.Drivable`."""

    def go_on(self, inputs: Array, state: Any = None) -> tuple[Array, Any]:
        """Features, and the state afterwards."""


@dataclass(frozen=True, eq=False)
class DrivenView:
    """A view whose source goes on from where it stood.

    Attributes:
        view: what is read.
        driven: its source.
    """

    view: View
    driven: Drivable

    def go_on(self, inputs: Array, state: Any = None) -> tuple[Array, Any]:
        """Features (steps, size) of inputs (steps, channels + direct), and the state afterwards."""
        own_state, before = (None, None) if state is None else state
        seen = inputs[:, : self.view.channels]
        own, own_state = self.driven.go_on(seen, own_state)
        features = self.view.around(own, inputs, before)
        joined = seen if before is None else np.concatenate([before, seen])
        return features, (own_state, joined[len(joined) - min(len(joined), self.view.memory) :])
