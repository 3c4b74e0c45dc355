"""What it does to the wires that they are measured while the series runs on."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Annotated

from qsim.parameters import Declared, Param


@dataclass(frozen=True)
class Measurement(Declared):
    """Z of every wire is measured at every virtual node, and the same systems go on from there.

    A pointer of Gaussian spread 1/g is moved by Z = +1 or -1 and then read: the measurement operators are
    ``(g^2 / 2 pi)^(1/4) exp(-g^2 (v - Z)^2 / 4)``. A reading v has the mean <Z> and the variance
    ``1 - <Z>^2 + 1/g^2``. Averaged over its readings the measurement multiplies the coherences of a wire by
    ``exp(-g^2 / 2)`` and leaves its populations alone. Products of Z are read as products of readings.

    Attributes:
        strength: g, from hardly touching the wire to projecting it; None projects: readings are Z itself
            and no coherence is left.

    Raises:
        ParameterError: on construction, for a strength that is not positive.

    Example:
        >>> round(Measurement(strength=1.0).kept, 4), Measurement().kept
        (0.6065, 0.0)

    References:
        Mujal, Martinez-Pena, Giorgi, Soriano and Zambrini, npj Quantum Information 9, 16 (2023), the online
        protocol. Without a `Measurement` a reservoir follows their restarting protocol: whatever is read is
        read of systems that were not measured before.
    """

    strength: Annotated[float | None, Param("how much a reading tells; left out, everything", gt=0)] = None

    @property
    def kept(self) -> float:
        """Factor on the coherences of a wire, averaged over readings."""
        return 0.0 if self.strength is None else exp(-(self.strength**2) / 2)

    @property
    def spread(self) -> float:
        """Standard deviation of the pointer."""
        return 0.0 if self.strength is None else 1 / self.strength
