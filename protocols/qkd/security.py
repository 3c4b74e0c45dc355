"""How much of a block is secret: analyses of pairs, and of weak pulses with and without decoys."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, log2, sqrt

from protocols.qkd.counts import Analysis, Counts
from qsim.analytic import decoy_bb84, differential_phase_key, finite_key
from qsim.analytic.qkd import Detected, binary_entropy

__all__ = [
    "BellAnalysis",
    "DecoyAnalysis",
    "DifferentialPhaseAnalysis",
    "PairAnalysis",
    "PlainAnalysis",
    "needed",
    "pulse_analysis",
]


@dataclass(frozen=True, slots=True)
class PairAnalysis:
    """Measured pairs or single photons: `qsim.analytic.finite_key.single_photon_length`.

    Attributes:
        secrecy, correctness: ε of a key's secrecy and of its being equal at both ends.
        finite: whether the block is what it is; otherwise its shares are taken for exact.
    """

    secrecy: float
    correctness: float
    finite: bool = True

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key of a block."""
        key, error = sum(counts.key), counts.error_test
        if error is None:
            return 0.0
        if self.finite:
            return finite_key.single_photon_length(
                key, sum(counts.test), error, leaked, self.secrecy, self.correctness
            )
        return max(0.0, key * (1 - binary_entropy(min(0.5, error))) - leaked)


@dataclass(frozen=True, slots=True)
class BellAnalysis:
    """Measured pairs whose CHSH value is all that is known of them, against collective attacks.

    Of four pairs of bases the counts tell how often the bits are not as Φ+ would have them the most. The
    value S that they give leaves an eavesdropper h[(1 + √((S/2)² - 1)) / 2] of a bit.

    Attributes:
        secrecy, correctness: as in `PairAnalysis`.
        finite: whether S is lowered by what Hoeffding's inequality leaves open for each correlator.

    References:
        Acín, Brunner, Gisin, Massar, Pironio, Scarani, Phys. Rev. Lett. 98, 230501 (2007).
    """

    secrecy: float
    correctness: float
    finite: bool = True

    @staticmethod
    def chsh(counts: Counts) -> float | None:
        """The CHSH value; None where a pair of bases has no counts."""
        if min(counts.test, default=0) <= 0:
            return None
        return sum(1 - 2 * wrong / test for wrong, test in zip(counts.wrong, counts.test, strict=True))

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key of a block."""
        value = self.chsh(counts)
        if value is None:
            return 0.0
        spent = leaked
        if self.finite:
            value -= sum(sqrt(2 * log(8 / self.secrecy) / test) for test in counts.test)
            spent += log2(2 / self.correctness) + 2 * log2(2 / self.secrecy)
        if value <= 2:
            return 0.0
        known = binary_entropy((1 + sqrt(min(1.0, (value / 2) ** 2 - 1))) / 2)
        return max(0.0, sum(counts.key) * (1 - known) - spent)


@dataclass(frozen=True, slots=True)
class DecoyAnalysis:
    """Weak pulses with decoys: three intensities, or two where shares are taken for exact.

    The probabilities of the intensities are those with which they were sent in the block.

    Attributes:
        photons: mean photon number of each intensity, signal first and weakest last.
        secrecy, correctness, finite: as in `PairAnalysis`.
    """

    photons: tuple[float, ...]
    secrecy: float
    correctness: float
    finite: bool = True

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key of a block."""
        if min(map(sum, counts.sent), default=0) <= 0:
            return 0.0
        if self.finite:
            return self._finite(counts, leaked)
        key = self._singles(counts, 0)
        phase = self._singles(counts, 1).error_rate
        sent = zip(self.photons, counts.sent, strict=True)
        single = key.detected * sum(slots[0] * mean * exp(-mean) for mean, slots in sent)
        return max(0.0, single * (1 - binary_entropy(phase)) - leaked)

    def _finite(self, counts: Counts, leaked: float) -> float:
        total = sum(map(sum, counts.sent))
        signal, strong, weak = (sum(slots) / total for slots in counts.sent)
        block = finite_key.DecoyBlock(
            (self.photons[0], self.photons[1], self.photons[2]),
            (signal, strong, weak),
            counts.key,
            counts.test,
            counts.wrong,
        )
        bounds = finite_key.decoy_bounds(block, self.secrecy)
        return finite_key.decoy_length(bounds, leaked, self.secrecy, self.correctness)

    def _singles(self, counts: Counts, basis: int) -> decoy_bb84.SinglePhotons:
        """Bounds in a basis, from shares of the slots sent in it."""
        clicks = counts.test if basis else counts.key
        wrong = counts.wrong if basis else (0.0,) * len(clicks)
        if min(slots[basis] for slots in counts.sent) <= 0:
            return decoy_bb84.SinglePhotons(0.0, 0.5)
        seen = [
            Detected(count / slots[basis], errors / count if count else 0.5)
            for count, slots, errors in zip(clicks, counts.sent, wrong, strict=True)
        ]
        if len(seen) == 2:
            if not basis:
                # The background is bounded by errors, of which there are as many in the key as were mended.
                seen[0] = Detected(seen[0].probability, counts.error_key or 0.0)
            return decoy_bb84.one_decoy(seen[0], seen[1], (self.photons[0], self.photons[1]))
        return decoy_bb84.two_decoys(
            seen[0], seen[1], seen[2], (self.photons[0], self.photons[1], self.photons[2])
        )


@dataclass(frozen=True, slots=True)
class PlainAnalysis:
    """Weak pulses of one intensity: every pulse of several photons counts as read and as clicked.

    The bound on their number among those sent is Hoeffding's; the bits of single photons that are left are
    treated as `PairAnalysis` does, with all errors among them. A quarter of ε goes to either bound and a half
    to the rest.

    Attributes:
        photons: mean photon number.
        secrecy, correctness, finite: as in `PairAnalysis`.
    """

    photons: float
    secrecy: float
    correctness: float
    finite: bool = True

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key of a block."""
        several = 1 - (1 + self.photons) * exp(-self.photons)
        left = []
        for clicks, slots in ((counts.key, counts.sent[0][0]), (counts.test, counts.sent[0][1])):
            room = sqrt(slots / 2 * log(4 / self.secrecy)) if self.finite else 0.0
            left.append(sum(clicks) - slots * several - room)
        key, test = left
        if key <= 0 or test <= 0 or sum(counts.wrong) >= test / 2:
            return 0.0
        single = Counts((key,), (test,), counts.wrong)
        return PairAnalysis(self.secrecy / 2, self.correctness, self.finite).length(single, leaked)


@dataclass(frozen=True, slots=True)
class DifferentialPhaseAnalysis:
    """Phases between pulses: `qsim.analytic.differential_phase_key.secret_share`, errors taken for exact.

    Attributes:
        photons: mean photon number of a pulse.
    """

    photons: float

    def length(self, counts: Counts, leaked: float) -> float:
        """Bits of key of a block."""
        error = counts.error_test
        if error is None:
            return 0.0
        share = differential_phase_key.secret_share(min(0.5, error), self.photons)
        return max(0.0, sum(counts.key) * share - leaked)


def pulse_analysis(
    photons: tuple[float, ...], secrecy: float, correctness: float, finite: bool
) -> DecoyAnalysis | PlainAnalysis:
    """The analysis of weak pulses with so many intensities."""
    if len(photons) == 1:
        return PlainAnalysis(photons[0], secrecy, correctness, finite)
    return DecoyAnalysis(photons, secrecy, correctness, finite)


def needed(analysis: Analysis, counts: Counts) -> float:
    """Sifted bits that a block with the same shares must have to give any key; infinite where none does.

    Reconciliation is taken to tell 1.2 times the Shannon limit.
    """
    key = sum(counts.key)
    if key <= 0:
        return inf
    error = counts.error_key or counts.error_test or 0.0
    told = 1.2 * binary_entropy(min(0.5, error))
    return finite_key.least_block(lambda bits: analysis.length(counts.scaled(bits / key), told * bits))
