"""Classical yardsticks that every table of results is printed beside."""

from qml.baselines.nvar import NVAR as NVAR
from qml.baselines.persistence import Persistence as Persistence
from qml.baselines.taps import LinearTaps as LinearTaps
