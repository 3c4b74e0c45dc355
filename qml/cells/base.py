"""What all recurrent cells share, and what a user's own must offer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from qml.maps.base import PAGE, Computation, Evaluator, Weights
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, Param
from qsim.registry import define_kind

#: Computes the maps of a stage: (stage, values, whether all that can be read is wanted) ->
#: (cells, batch, maps, outputs).
Maps = Callable[[int, Any, bool], Any]
#: Parts of a state, arrays of shape (cells, batch, size).
Parts = tuple[Any, ...]
#: The state after a step, and what can be read besides it.
Stepped = tuple[Parts, dict[str, Any]]


@dataclass(frozen=True)
class Cell(Declared, ABC):
    """A recurrent cell: equations over abstract maps, independent of how the maps are computed.

    A subclass is a frozen dataclass, registered under the kind ``cell``.

    Attributes:
        channels: numbers that come in at each step.
        hidden: numbers that are fed back.

    Raises:
        ParameterError: no channel or no hidden number.
    """

    channels: Annotated[int, Param("numbers that come in at each step", ge=1)] = 1
    hidden: Annotated[int, Param("numbers that are fed back", ge=1)] = 3

    #: What tables and messages call the cell; the name of its class unless it says otherwise.
    name: ClassVar[str]
    #: Number of maps in each stage; the maps of one stage have the same input.
    stages: ClassVar[tuple[int, ...]] = (1,)
    #: What the published model reads.
    default_readout: ClassVar[tuple[str, ...]] = ("hidden",)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" not in vars(cls):
            cls.name = cls.__name__.lower()

    @property
    @abstractmethod
    def state_sizes(self) -> tuple[int, ...]:
        """Length of each part of the state; the first part is the hidden vector."""

    @property
    @abstractmethod
    def readable(self) -> dict[str, int]:
        """What can be read of the cell, by name, with the length of each."""

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> Weights:
        """Frozen weights of one cell."""

    @abstractmethod
    def evaluator(self, how: Computation) -> Evaluator:
        """What computes this cell's maps as is asked, or as nearly so as they can be."""

    @abstractmethod
    def step(self, xp: Any, maps: Maps, state: Parts, inputs: Any) -> Stepped:
        """One time step.

        Args:
            xp: NumPy or jax.numpy.
            maps: the cell's maps.
            state: before the step.
            inputs: shape (cells, batch, channels).

        Returns:
            the new state, and what can be read besides it: under ``observed`` the outputs of the circuit
            that is measured, where the cell has one.
        """

    def check_readout(self, readout: tuple[str, ...]) -> None:
        """Refuse a readout that this cell does not have.

        Raises:
            ParameterError: an empty readout, or an unknown or repeated name.
        """
        if not readout:
            raise ParameterError(f"readout is empty{nearest('', self.readable)}")
        for name in readout:
            if name not in self.readable:
                raise ParameterError(
                    f"the cell '{self.name}' has no readout '{name}'{nearest(name, self.readable)}"
                )
        if len(set(readout)) < len(readout):
            raise ParameterError(f"readout names something twice: {', '.join(readout)}")

    def read(self, xp: Any, state: Parts, seen: dict[str, Any], readout: tuple[str, ...]) -> Any:
        """The features of this step, shape (cells, batch, features)."""
        return xp.concatenate([self._part(name, state, seen) for name in readout], axis=-1)

    def _part(self, name: str, state: Parts, seen: dict[str, Any]) -> Any:
        return state[0] if name == "hidden" else state[1]

    def order(self, readout: tuple[str, ...]) -> int:
        """Largest number of Z in what is read."""
        return 1


define_kind("cell", Cell, PAGE)


def sigmoid(xp: Any, values: Any) -> Any:
    """1 / (1 + exp(-x)) without overflow."""
    return 0.5 + 0.5 * xp.tanh(0.5 * values)


def uniform(rng: np.random.Generator, bound: float, *shape: int) -> NDArray[np.float64]:
    """Numbers drawn evenly from -bound to bound."""
    return rng.uniform(-bound, bound, shape)
