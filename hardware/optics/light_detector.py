"""A detector as a part of an optical circuit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from hardware.optics.optical_part import OpticalPart, Route
from hardware.optics.weak_laser import ENCODINGS
from qsim.parameters import OfKind, Param
from qsim.registry import register


@register("optic", "detector")
@dataclass(frozen=True)
class LightDetector(OpticalPart):
    """Where light ends in a click. It watches round each moment at which light of a slot may come."""

    outputs: ClassVar[tuple[str, ...]] = ()

    detector: Annotated[Any, OfKind("detector", "the detector", default="threshold")] = None
    encoding: Annotated[
        str | None,
        Param("encoding that its clicks are read in; left out, whatever comes is counted", choices=ENCODINGS),
    ] = None

    def routes(self, wavelength: float) -> Iterable[Route]:
        """None: light ends here."""
        return ()
