"""Nonlinear vector autoregression, the "next generation reservoir": past inputs and their products."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import comb
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.baselines.taps import LinearTaps
from qsim.errors import ParameterError
from qsim.parameters import Param

#: More weights than this are refused: a decomposition of so many columns takes minutes and gigabytes.
MOST_FEATURES = 20_000


@dataclass(frozen=True)
class NVAR(LinearTaps):
    """Past inputs and all their distinct products up to some order.

    With K = lags * channels taps there are C(K + d - 1, d) products of d factors. The constant is left to the
    readout's intercept. The original takes one order of products beside the taps, second or third; here
    `order` = 3 has both.

    Args:
        lags: inputs seen, the one of the moment included.
        stride: steps between them.
        channels: values in each input.
        order: most factors in a product; 1 is `LinearTaps`.

    Raises:
        ParameterError: on construction, for a setting out of its bounds or more than 20,000 features.

    References:
        Gauthier, Bollt, Griffith and Barbosa, Nature Communications 12, 5564 (2021).

    Example:
        >>> [NVAR(lags).size for lags in (12, 20, 30)]
        [90, 230, 495]
    """

    order: Annotated[int, Param("most factors in a product", ge=1)] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size > MOST_FEATURES:
            raise ParameterError(
                f"NVAR with {self.lags} lags of {self.channels} channel(s) to order {self.order} has "
                f"{self.size} features, more than {MOST_FEATURES}: take fewer lags or a lower order"
            )

    @property
    def name(self) -> str:
        stride = f", stride {self.stride}" if self.stride > 1 else ""
        return f"NVAR ({self.lags} lags, order {self.order}{stride})"

    @property
    def size(self) -> int:
        taps = self.lags * self.channels
        return sum(comb(taps + factors - 1, factors) for factors in range(1, self.order + 1))

    def _expanded(self, taps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        blocks = [taps]
        for factors in range(2, self.order + 1):
            chosen = np.array(list(itertools.combinations_with_replacement(range(taps.shape[1]), factors))).T
            products = taps[:, chosen[0]]
            for factor in chosen[1:]:
                products *= taps[:, factor]
            blocks.append(products)
        return np.concatenate(blocks, axis=1)
