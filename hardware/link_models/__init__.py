"""Link models: how entanglement is heralded on a link, at both levels of detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.first_use import offered

if TYPE_CHECKING:
    from hardware.link_models.base import AttemptProfile as AttemptProfile
    from hardware.link_models.base import LinkHardware as LinkHardware
    from hardware.link_models.base import LinkModel as LinkModel
    from hardware.link_models.double_click import BarrettKok as BarrettKok
    from hardware.link_models.double_click import TwoPhoton as TwoPhoton
    from hardware.link_models.latching_source import LatchingSource as LatchingSource
    from hardware.link_models.midpoint_source import MidpointSource as MidpointSource
    from hardware.link_models.single_click import SingleClick as SingleClick
else:
    __getattr__, __dir__, __all__ = offered(
        __name__,
        {
            "base": ("AttemptProfile", "LinkHardware", "LinkModel"),
            "double_click": ("BarrettKok", "TwoPhoton"),
            "latching_source": ("LatchingSource",),
            "midpoint_source": ("MidpointSource",),
            "single_click": ("SingleClick",),
        },
    )
