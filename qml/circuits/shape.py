"""Size and layout of the variational circuits of a cell."""

from __future__ import annotations

from dataclasses import dataclass

from qsim.errors import ParameterError


@dataclass(frozen=True)
class CircuitShape:
    """What all circuits of a cell have in common.

    Attributes:
        wires: number of qubits, which is also the number of values that are encoded.
        layers: number of variational layers.
        reupload: whether the values are encoded again before every layer but the first
            (Perez-Salinas et al., Quantum 4, 226 (2020)); the published circuit encodes once.

    Raises:
        ParameterError: no wire or no layer.

    Example:
        >>> CircuitShape(wires=4, layers=2).weights
        (2, 4, 3)
    """

    wires: int
    layers: int
    reupload: bool = False

    def __post_init__(self) -> None:
        for name in ("wires", "layers"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ParameterError(f"{name} must be a whole number of at least 1, not {value!r}")

    @property
    def weights(self) -> tuple[int, int, int]:
        """Shape of the angles of one circuit: layers, wires, three Euler angles (radians)."""
        return self.layers, self.wires, 3
