"""The singular value decomposition behind ridge regression: one for a whole path of penalties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Spectrum:
    """Rows of features and targets taken apart once; the weights for any penalty follow.

    With centred features X = U diag(s) V^T and centred targets Y, the weights that minimise
    ``|Y - X W|^2 + a |W|^2`` are ``V diag(s / (s^2 + a)) U^T Y`` (Hastie, Tibshirani and Friedman, The
    Elements of Statistical Learning, 2nd ed., section 3.4.1). The penalty is counted in units of the mean
    squared singular value, ``a = penalty * trace(X^T X) / features``, so that one path of penalties suits
    features of any common size and blocks of any length.

    Attributes:
        centre: (features,), the means.
        spread: (features,), what the features were divided by.
        singular: (rank,), the singular values above round-off, falling.
        right: (rank, features), the right singular vectors.
        projected: (rank, targets), the targets along the left singular vectors.
        level: (targets,), the means of the targets.
        unit: the mean squared singular value.
    """

    centre: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]
    singular: npt.NDArray[np.float64]
    right: npt.NDArray[np.float64]
    projected: npt.NDArray[np.float64]
    level: npt.NDArray[np.float64]
    unit: float

    @classmethod
    def of(cls, features: npt.NDArray[np.float64], targets: npt.NDArray[np.float64], scale: bool) -> Self:
        """Take rows apart.

        Args:
            features: (rows, features).
            targets: (rows, targets).
            scale: divide every feature by its standard deviation, constant ones excepted.
        """
        centre, level = features.mean(axis=0), targets.mean(axis=0)
        # The mean of many equal numbers is off in the last digits; a second pass leaves nothing of them.
        centre += (features - centre).mean(axis=0)
        centred = features - centre
        spread = np.ones(features.shape[1])
        if scale:
            deviation = centred.std(axis=0)
            varies = deviation > 1e-13 * np.abs(features).max(axis=0)
            spread[varies] = deviation[varies]
        left, singular, right = np.linalg.svd(centred / spread, full_matrices=False)
        # Below these two, directions are round-off: of the decomposition, and of the features themselves.
        floor = max(max(features.shape) * singular[0], 2 * np.linalg.norm(features / spread))
        rank = int(np.count_nonzero(singular > np.finfo(np.float64).eps * floor))
        return cls(
            centre,
            spread,
            singular[:rank],
            right[:rank],
            left[:, :rank].T @ (targets - level),
            level,
            float(np.sum(singular**2)) / features.shape[1],
        )

    def rotated(self, penalties: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Weights on the right singular vectors, one penalty for each target: (rank, targets)."""
        singular = self.singular[:, None]
        weights: npt.NDArray[np.float64] = singular / (singular**2 + penalties * self.unit) * self.projected
        return weights

    def weights(self, penalties: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Weights on the features as given, one penalty for each target: (features, targets)."""
        weights: npt.NDArray[np.float64] = (self.right.T @ self.rotated(penalties)) / self.spread[:, None]
        return weights

    def errors(
        self,
        penalties: tuple[float, ...],
        features: npt.NDArray[np.float64],
        targets: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        """Mean squared error on other rows for every penalty and target: (penalties, targets)."""
        along = ((features - self.centre) / self.spread) @ self.right.T
        wanted = targets - self.level
        return np.array(
            [
                np.mean((along @ self.rotated(np.full(targets.shape[1], penalty)) - wanted) ** 2, axis=0)
                for penalty in penalties
            ]
        )
