"""Link models: how entanglement is heralded on a link, at both levels of detail."""

from hardware.link_models.base import AttemptProfile as AttemptProfile
from hardware.link_models.base import LinkHardware as LinkHardware
from hardware.link_models.base import LinkModel as LinkModel
from hardware.link_models.double_click import BarrettKok as BarrettKok
from hardware.link_models.double_click import TwoPhoton as TwoPhoton
from hardware.link_models.latching_source import LatchingSource as LatchingSource
from hardware.link_models.midpoint_source import MidpointSource as MidpointSource
from hardware.link_models.single_click import SingleClick as SingleClick
