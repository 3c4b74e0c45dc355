"""Link models: heralded entanglement schemes at both levels of detail."""

from hardware.link_models.base import AttemptProfile as AttemptProfile
from hardware.link_models.base import Bench as Bench
from hardware.link_models.base import ClickModel as ClickModel
from hardware.link_models.base import LinkModel as LinkModel
from hardware.link_models.double_click import BarrettKok as BarrettKok
from hardware.link_models.double_click import TwoPhoton as TwoPhoton
from hardware.link_models.midpoint_source import MidpointSource as MidpointSource
from hardware.link_models.single_click import SingleClick as SingleClick
