"""Ensembles that absorb one photon of a pair each, while the others meet and one click heralds.

At either end a source of pairs sends one photon into the memory and the other to the station. One click there
leaves one excitation in either of the two memories, in superposition: a qubit is "nothing" or "one photon" in
a memory. What the sources send more than one pair of, and what a memory fails to absorb, is in the state.

References:
    Duan, Lukin, Cirac, Zoller, Nature 414, 413 (2001); with absorptive memories: Simon et al., Phys. Rev.
    Lett. 98, 190503 (2007). Two links of the laboratory: Lago-Rivera et al., Nature 594, 37 (2021); Liu et
    al., Nature 594, 41 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING, Annotated

import numpy as np

from hardware.link_models.base import AttemptProfile, LinkHardware, LinkModel
from qsim.parameters import Param
from qsim.quantum.light import GaussianLight
from qsim.registry import register
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray


@register("link-model", "stored-pairs")
@dataclass(frozen=True)
class StoredPairs(LinkModel):
    """Down-conversion at both ends, memories that absorb the signal, one click of the idlers.

    A memory's `efficiency` is the probability that it absorbs. Where more than one photon is in the two
    memories together, the pair counts as both of its qubits in "one photon".
    """

    mean_pairs: Annotated[float, Param("mean number of pairs of a source in an attempt", gt=0, le=1)] = 0.01
    idler_efficiency: Annotated[
        float, Param("probability that an idler photon gets into the fibre", ge=0, le=1)
    ] = 1.0
    visibility: Annotated[
        float, Param("interference visibility of the idlers of the two sources", ge=0, le=1)
    ] = 1.0
    phase_deviation: Annotated[
        float,
        Param(
            "standard deviation σ of the optical phase between the arms; coherence falls by e^(-σ²/2)",
            unit="rad",
            ge=0,
        ),
    ] = 0.0

    @property
    def frame(self) -> int:
        """-1: clicks herald one excitation in all."""
        return -1

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        total = np.zeros((4, 4), dtype=np.complex128)
        for output in (0, 1):
            total += self.heralded(hardware, output)
        success = float(np.trace(total).real)
        rho = total / success if success > 0 else np.eye(4, dtype=np.complex128) / 4
        # The correction flips the second end's qubit: Ψ becomes Φ.
        return AttemptProfile(success, 1.0, hardware.with_white_noise(rho[np.ix_(_FLIP, _FLIP)]))

    def heralded(self, hardware: LinkHardware, output: int) -> NDArray[np.complex128]:
        """State of both memories where one output alone clicks, its trace the probability; Ψ- made Ψ+.

        Args:
            hardware: of the link.
            output: which of the two.
        """
        # Modes: signal and idler of the first source, of the second.
        light = GaussianLight.squeezed_pairs([self.mean_pairs, self.mean_pairs])
        clicks, dark = self._detection(hardware)
        stored = [np.zeros((4, 4), dtype=np.complex128) for _ in range(4)]
        first, second = hardware.first.efficiency, hardware.second.efficiency
        stored[0][0, 0], stored[1][2, 2] = first, second
        for place, sign in ((2, 1), (3, -1)):
            mode = np.array([sqrt(first), 0, sign * sqrt(second), 0]) / sqrt(2)
            stored[place] = np.outer(mode, mode).astype(np.complex128)
        other = 1 - output
        quiet = 1 - dark[other], (1 - dark[output]) * (1 - dark[other])

        forms = clicks[other], clicks[0] + clicks[1]

        def given(one: int, two: int) -> NDArray[np.float64]:
            """Probability of the herald and of no or one photon in each of two modes of the memories."""
            seen = np.array([stored[one], stored[two]])
            first_form, second_form = (light.numbers(seen, 1, form) for form in forms)
            return quiet[0] * first_form - quiet[1] * second_form

        ends, shared = given(0, 1), given(2, 3)
        zero, left, right = ends[0, 0], ends[1, 0], ends[0, 1]
        together = shared[1, 0] - shared[0, 1]
        silences = [float(light.silence(form).real) for form in forms]
        whole = quiet[0] * silences[0] - quiet[1] * silences[1]
        state = np.diag([zero, right, left, max(whole - zero - right - left, 0.0)]).astype(np.complex128)
        coherence = together / 2 * (1 - 2 * output) * exp(-self.phase_deviation * self.phase_deviation / 2)
        state[1, 2] = state[2, 1] = coherence
        return state

    def _detection(self, hardware: LinkHardware) -> tuple[list[NDArray[np.complex128]], list[float]]:
        """What each detector sees of the modes, and its probability of a click without them."""
        clicks, dark = [], []
        arms = [
            sqrt(self.idler_efficiency * transmission)
            for transmission in (hardware.transmission_first, hardware.transmission_second)
        ]
        alike = np.ones((4, 4))
        alike[1, 3] = alike[3, 1] = sqrt(self.visibility)
        for sign, model in zip((1, -1), hardware.detectors, strict=True):
            row = np.array([0, arms[0], 0, sign * arms[1]]) / sqrt(2)
            clicks.append((model.efficiency * np.outer(row, row) * alike).astype(np.complex128))
            noise = model.efficiency * sum(hardware.background) / 2 * model.window_ps() / PS_PER_S
            dark.append(1 - (1 - model.click_probability(0)) * exp(-noise))
        return clicks, dark


#: Basis states with the second qubit flipped.
_FLIP = [1, 0, 3, 2]
