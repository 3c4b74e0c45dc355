"""Key distribution by differential phases over fibre of its own.

Example::

    traffic:
      - kind: dps
        initiator: alice
        responder: bob
        source: {kind: dps, length: 50 km}
        block: 1e8
        finite: false
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import numpy as np

from hardware.optics.differential_phase import DifferentialPhase
from protocols.apps.pulse_keys import PulseKeys
from protocols.qkd.pulse_sessions import PulseSessions, Received
from protocols.qkd.security import DifferentialPhaseAnalysis
from qsim.parameters import Param
from qsim.registry import register

if TYPE_CHECKING:
    from hardware.optics.raw_block import RawBlock
    from protocols.qkd.counts import Analysis


class _Sessions(PulseSessions):
    errors = ("QBER", "QBER of compared bits")


@register("app", "dps")
@dataclass(frozen=True)
class DifferentialPhaseApp(PulseKeys):
    """Makes keys of the phases between pulses; some of the bits, drawn at random, are compared and given up.

    The analysis is of attacks on single photons and of split-off light, not of every attack that there may
    be, and takes error rates for exact: `qsim.analytic.differential_phase_key`.
    """

    protocol = "dps"
    rounds = _Sessions

    compared: Annotated[float, Param("share of the bits that are compared, and make no key", gt=0, lt=1)] = (
        0.1
    )

    def analysis(self) -> Analysis:
        return DifferentialPhaseAnalysis(self.source.mean_photons)

    def received(self, block: RawBlock, stream: Callable[[str], np.random.Generator]) -> Received:
        """Compared bits count as those of a second basis."""
        chosen = (stream("compared").random(len(block.slot)) < self.compared).astype(np.int8)
        return Received(replace(block, sent_basis=chosen, seen_basis=chosen))

    def source_faults(self) -> Iterable[tuple[str, str]]:
        if not isinstance(self.source, DifferentialPhase):
            yield "source", "keys of differential phases take a source of these: `kind: dps`"
        elif self.source.mean_photons >= 0.5:
            yield (
                "source",
                "all pulses of half a photon and more count as read: `mean_photons` must be below 0.5, got "
                f"{self.source.mean_photons:g}",
            )
        if self.finite:
            yield "finite", "error rates of differential phases are taken for exact: say `finite: false`"
