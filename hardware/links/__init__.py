"""Link models: heralded entanglement schemes at both levels of detail."""

from hardware.links.base import AttemptProfile as AttemptProfile
from hardware.links.base import Bench as Bench
from hardware.links.base import ClickModel as ClickModel
from hardware.links.base import LinkModel as LinkModel
from hardware.links.double_click import BarrettKok as BarrettKok
from hardware.links.double_click import TwoPhoton as TwoPhoton
from hardware.links.midpoint_source import MidpointSource as MidpointSource
from hardware.links.single_click import SingleClick as SingleClick
