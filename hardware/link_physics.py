"""What link models say of hardware, worked out once for all links of a network that are alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from hardware.modes import spectral_modes

if TYPE_CHECKING:
    from hardware.link_models.base import AttemptProfile, LinkHardware, LinkModel
    from hardware.spins import SpinPair
    from qsim.quantum.state import PairState


class Worked(NamedTuple):
    """What holds for all attempts on a link.

    Attributes:
        prepared: the two spins at the start of an attempt; None where no emitters send light.
        profile: one attempt by exact calculation, of all modes in frequency that it uses.
        state: state of a freshly heralded pair, its first half at the first end.
    """

    prepared: SpinPair | None
    profile: AttemptProfile
    state: PairState


class LinkPhysics:
    """The link models of one network.

    Args:
        formalism: of pair states.
    """

    def __init__(self, formalism: type[PairState]) -> None:
        self.formalism = formalism
        self._known: dict[tuple[LinkModel, LinkHardware], Worked] = {}
        # Links that are alike have the same objects, which are found sooner than equal ones.
        self._same: dict[tuple[int, int], tuple[LinkModel, LinkHardware, Worked]] = {}
        self._in_rounds: dict[tuple[int, float], tuple[LinkHardware, LinkHardware]] = {}

    def of(self, model: LinkModel, hardware: LinkHardware) -> Worked:
        """What a link model says of hardware."""
        same = self._same.get((id(model), id(hardware)))
        if same is None:
            same = model, hardware, self._of_equal(model, hardware)
            self._same[id(model), id(hardware)] = same
        return same[2]

    def in_rounds(self, hardware: LinkHardware, between: float) -> LinkHardware:
        """Hardware whose attempts have rounds so far apart, s; one object for links that are alike."""
        known = self._in_rounds.get((id(hardware), between))
        if known is None:
            known = hardware, replace(hardware, between_rounds=between)
            self._in_rounds[id(hardware), between] = known
        return known[1]

    def _of_equal(self, model: LinkModel, hardware: LinkHardware) -> Worked:
        try:
            known = self._known.get((model, hardware))
        except TypeError:
            # A device of a user's own need not be hashable.
            return self._work_out(model, hardware)
        if known is None:
            known = self._known[model, hardware] = self._work_out(model, hardware)
        return known

    def _work_out(self, model: LinkModel, hardware: LinkHardware) -> Worked:
        profile = model.profile(hardware)
        modes = spectral_modes(hardware.first, hardware.second)
        if modes > 1:
            profile = profile.any_of(modes)
        return Worked(model.spins(hardware), profile, self.formalism.from_density_matrix(profile.rho))
