"""The shapes of two photons in time: what the windows of the detectors keep of them, and how they overlap.

An emitter that is excited at an instant emits with an exponential law. Its optical transition may dephase
besides, and the two emitters may differ in frequency, so photons that are caught within a short window are
more alike than all of them. Integrals over the windows are taken by Gauss-Legendre nodes on pieces that are
short on the scale of everything that varies, and are exact to rounding; `qsim.analytic.photon_shape` has the
closed forms for windows with sharp edges.

References:
    Legero, Wilk, Kuhn, Rempe, Appl. Phys. B 77, 797 (2003): two-photon interference resolved in time.
    Bylander, Robert-Philip, Abram, Eur. Phys. J. D 22, 295 (2003): dephasing, T2/(2 T1) without a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, exp, inf, log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from qsim.errors import ParameterError
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    import random

    from numpy.typing import NDArray

    from hardware.detector import DetectorModel
    from hardware.emission import Emission

_NODES = 10
#: Lifetimes after which nothing of an exponential is left, at double precision.
_GONE = 40.0
#: Standard deviations within which jitter is followed.
_FAR = 8.0
#: Most pieces that a window may take: about as many beats of the two frequencies.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class WavePackets:
    """The photons of two arms, each emitted after an excitation at the instant zero.

    Attributes:
        lifetimes: mean delays of the photons, s.
        dephasing: rate at which both transitions together dephase, 1/s.
        detuning: difference of the angular frequencies, 1/s.
        captured: probabilities that a photon of either arm is given a time within the window of output 0, 1.
        coherent: integral over either window of both photons' amplitudes, complex.
        crossed: interference of two photons in the windows of outputs i and j.
    """

    lifetimes: tuple[float, float]
    dephasing: float
    detuning: float
    captured: tuple[tuple[float, float], tuple[float, float]]
    coherent: tuple[complex, complex]
    crossed: tuple[tuple[float, float], tuple[float, float]]

    @classmethod
    def of(
        cls, emissions: Sequence[Emission], detuning: float, detectors: Sequence[DetectorModel]
    ) -> WavePackets:
        """The photons of two emitters in the windows of two detectors.

        Args:
            emissions: both with a lifetime.
            detuning: difference of the optical frequencies, Hz.
            detectors: at outputs 0 and 1.

        Raises:
            ParameterError: the frequencies beat too often within the windows.
        """
        first, second = (_lifetime(emission) for emission in emissions)
        dephasing = sum(emission.dephasing for emission in emissions)
        beat = 2 * pi * detuning
        windows = [_Window.of(detector) for detector in detectors]
        steps = _Steps.over(windows, (first, second), dephasing, beat)
        weights = [window.weight(steps.times) for window in windows]
        amplitudes = np.exp(-steps.times * (1 / first + 1 / second) / 2) / sqrt(first * second)
        phases = np.exp(-(dephasing - 1j * beat) * steps.times)
        densities = [np.exp(-steps.times / lifetime) / lifetime for lifetime in (first, second)]
        captured = [[steps.integral(weight * density).real for weight in weights] for density in densities]
        coherent = [steps.integral(weight * amplitudes * phases) for weight in weights]
        rate = dephasing + 1j * beat
        earlier = [steps.faded(weight * amplitudes, rate) for weight in weights]
        crossed = [
            [
                steps.integral(mine * amplitudes * past + theirs * amplitudes * own).real
                for theirs, past in zip(weights, earlier, strict=True)
            ]
            for mine, own in zip(weights, earlier, strict=True)
        ]
        return cls(
            (first, second),
            dephasing,
            beat,
            ((captured[0][0], captured[0][1]), (captured[1][0], captured[1][1])),
            (coherent[0], coherent[1]),
            ((crossed[0][0], crossed[0][1]), (crossed[1][0], crossed[1][1])),
        )

    def delay(self, first: bool, rng: random.Random) -> float:
        """Draw when a photon of an arm is emitted, s after the excitation."""
        return -self.lifetimes[0 if first else 1] * log(1 - rng.random())

    def density(self, first: bool, delay: float) -> float:
        """Density of the delay of a photon of an arm, 1/s."""
        lifetime = self.lifetimes[0 if first else 1]
        return exp(-delay / lifetime) / lifetime

    def coherence(self, output: int, delay: float) -> float:
        """What a click at a delay keeps of the coherence, over the geometric mean of the two densities.

        The phase is counted from its mean over the output's window, which is known and corrected.
        """
        whole = self.coherent[output]
        phase = self.detuning * delay - (np.angle(whole) if whole else 0.0)
        return exp(-self.dephasing * delay) * cos(phase)

    def outside(self, output: int) -> float:
        """The same for a photon that leaves by an output and is not in its window, summed over delays."""
        first, second = self.lifetimes
        fading = (1 / first + 1 / second) / 2 + self.dephasing - 1j * self.detuning
        whole = self.coherent[output]
        turned = abs(whole) / whole if whole else 1.0
        return float(((1 / sqrt(first * second) / fading - whole) * turned).real)

    def crossing(self, one: float, two: float) -> float:
        """Interference term of two photons that come out at two delays, 1/s²."""
        first, second = self.lifetimes
        amplitudes = exp(-(one + two) * (1 / first + 1 / second) / 2) / (first * second)
        return amplitudes * exp(-self.dephasing * abs(one - two)) * cos(self.detuning * (one - two))


@dataclass(frozen=True, slots=True)
class _Window:
    """When a detector's window is open, s after the excitation, and how much the times stated spread."""

    opens: float
    closes: float
    jitter: float

    @classmethod
    def of(cls, detector: DetectorModel) -> _Window:
        opens = detector.opens_ps()
        return cls(opens / PS_PER_S, (opens + detector.window_ps()) / PS_PER_S, detector.jitter)

    def weight(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability that a click at a time is given one within the window; one after it comes too late."""
        if not self.jitter:
            return np.where((times >= self.opens) & (times <= self.closes), 1.0, 0.0)
        from scipy.special import ndtr

        late, early = (self.closes - times) / self.jitter, (self.opens - times) / self.jitter
        return np.where(times <= self.closes, ndtr(late) - ndtr(early), 0.0)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Nodes in time, piece by piece.

    Attributes:
        times: shape (pieces, nodes).
        lengths: of the pieces, shape (pieces, 1).
    """

    times: NDArray[np.float64]
    lengths: NDArray[np.float64]

    @classmethod
    def over(
        cls, windows: Sequence[_Window], lifetimes: tuple[float, float], dephasing: float, beat: float
    ) -> _Steps:
        end = min(max(window.closes for window in windows), _GONE * max(lifetimes))
        fastest = max(1 / min(lifetimes), dephasing, abs(beat))
        cuts = {0.0, end}
        for window in windows:
            reach = _FAR * window.jitter
            edges = (
                window.opens - reach,
                window.opens,
                window.opens + reach,
                window.closes - reach,
                window.closes,
            )
            cuts.update(min(max(edge, 0.0), end) for edge in edges)
        places = sorted(cuts)
        begins: list[NDArray[np.float64]] = []
        lengths: list[NDArray[np.float64]] = []
        for since, until in pairwise(places):
            jitters = [
                window.jitter
                for window in windows
                for edge in (window.opens, window.closes)
                if window.jitter and abs((since + until) / 2 - edge) < _FAR * window.jitter
            ]
            pieces = ceil((until - since) * max(fastest, 1 / min(jitters, default=inf)))
            if pieces > _MOST:
                raise ParameterError(
                    f"must beat less often within a window that keeps photons for {end:g} s, got "
                    f"{abs(beat) / 2 / pi:g} Hz; photons so unlike do not interfere: leave it out and set "
                    "`visibility` to 0"
                )
            pieces = max(pieces, 1)
            grid = np.linspace(since, until, pieces + 1)
            begins.append(grid[:-1])
            lengths.append(np.diff(grid))
        length = np.concatenate(lengths)[:, None] if lengths else np.zeros((0, 1))
        begin = np.concatenate(begins)[:, None] if begins else np.zeros((0, 1))
        return cls(begin + length * _POINTS, length)

    def integral(self, values: NDArray[np.complex128] | NDArray[np.float64]) -> complex:
        """Integral over all pieces of a function given at the nodes."""
        return complex(np.sum(values * self.lengths * _WEIGHTS))

    def faded(self, values: NDArray[np.float64], rate: complex) -> NDArray[np.complex128]:
        """Integral of a function up to each node, the past fading at a rate, shape (pieces, nodes)."""
        begins = self.lengths * _POINTS
        grown = values * np.exp(rate * begins)
        within = np.exp(-rate * begins) * np.einsum("pn,mn->pm", grown, _UP_TO) * self.lengths
        whole = np.sum(grown * _WEIGHTS, axis=1) * self.lengths[:, 0] * np.exp(-rate * self.lengths[:, 0])
        kept, before = np.exp(-rate * self.lengths[:, 0]), np.zeros(len(whole), dtype=np.complex128)
        for piece in range(1, len(whole)):
            before[piece] = before[piece - 1] * kept[piece - 1] + whole[piece - 1]
        return np.asarray(within + before[:, None] * np.exp(-rate * begins), dtype=np.complex128)


def _lifetime(emission: Emission) -> float:
    if emission.lifetime is None:
        raise ParameterError("photons have a shape where both emitters have a `lifetime`; got one without")
    return emission.lifetime


def _rule() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Gauss-Legendre nodes and weights on [0, 1], and the matrix that integrates from 0 up to each node."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    # The integral of the Legendre polynomial P[k] up to x is (P[k + 1] - P[k - 1]) / (2 k + 1): no inverse,
    # whose last bits hang on the processor.
    values = np.polynomial.legendre.legvander(nodes, _NODES)
    parts = np.einsum("jk,ik->ij", values[:, 1:-1], values[:, 2:] - values[:, :-2])
    up_to = weights * (1 + nodes[:, None] + parts) / 4
    return (nodes + 1) / 2, weights / 2, up_to


_POINTS, _WEIGHTS, _UP_TO = _rule()
