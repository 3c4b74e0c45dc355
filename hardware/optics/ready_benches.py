"""Assemblies of the laboratory under names: the dip of Hong, Ou and Mandel, and heralded photons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from hardware.optics.beam_splitter import BeamSplitter
from hardware.optics.light_detector import LightDetector
from hardware.optics.optical_assembly import Assembly
from hardware.optics.optical_attenuator import Attenuator
from hardware.optics.pair_source import PairSource
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register


@register("assembly", "hong-ou-mandel")
@dataclass(frozen=True)
class HongOuMandel(Declared):
    """Two sources, `first` and `second`, at a splitter with the detectors `left` and `right`.

    References:
        Hong, Ou, Mandel, Phys. Rev. Lett. 59, 2044 (1987).
    """

    first: Annotated[Any, OfKind("optic", "source with a port `out`", default="photon-emitter")] = None
    second: Annotated[Any, OfKind("optic", "source with a port `out`", default="photon-emitter")] = None
    detector: Annotated[Any, OfKind("detector", "both detectors", default="threshold")] = None
    transmittance: Annotated[float, Param("of the splitter", ge=0, le=1)] = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.wired()

    def wired(self) -> Assembly:
        """Parts and wires."""
        return Assembly(
            {
                "first": self.first,
                "second": self.second,
                "splitter": BeamSplitter(self.transmittance),
                "left": LightDetector(self.detector),
                "right": LightDetector(self.detector),
            },
            (
                "first.out -> splitter.a",
                "second.out -> splitter.b",
                "splitter.c -> left.in",
                "splitter.d -> right.in",
            ),
        )


@register("assembly", "heralded-photons")
@dataclass(frozen=True)
class HeraldedPhotons(Declared):
    """A pair source whose idler clicks at `herald`, and a splitter for the signal with `left` and `right`.

    Of the clicks of both given the herald comes the g2 of heralded photons.

    References:
        Grangier, Roger, Aspect, Europhys. Lett. 1, 173 (1986).
    """

    mean_pairs: Annotated[float, Param("mean number of pairs of a slot", gt=0, le=100)] = 0.01
    schmidt_modes: Annotated[int, Param("spectral modes that share the pairs", ge=1, le=40)] = 1
    signal_loss: Annotated[float, Param("of the signal before the splitter", unit="dB", ge=0)] = 0.0
    idler_loss: Annotated[float, Param("of the idler before its detector", unit="dB", ge=0)] = 0.0
    detector: Annotated[Any, OfKind("detector", "the three detectors", default="threshold")] = None

    def wired(self) -> Assembly:
        """Parts and wires."""
        return Assembly(
            {
                "pairs": PairSource(self.mean_pairs, schmidt_modes=self.schmidt_modes),
                "signal": Attenuator(self.signal_loss),
                "idler": Attenuator(self.idler_loss),
                "splitter": BeamSplitter(),
                **{name: LightDetector(self.detector) for name in ("herald", "left", "right")},
            },
            (
                "pairs.signal -> signal.in",
                "pairs.idler -> idler.in",
                "idler.out -> herald.in",
                "signal.out -> splitter.a",
                "splitter.c -> left.in",
                "splitter.d -> right.in",
            ),
            ("splitter.b",),
        )
