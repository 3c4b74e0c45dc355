"""Tasks to train and score on: those of the papers in windows, and the standard set as series."""

from qml.tasks.lorenz import LORENZ_LYAPUNOV as LORENZ_LYAPUNOV
from qml.tasks.paper import paper_names as paper_names
from qml.tasks.paper import paper_task as paper_task
from qml.tasks.series import SeriesTask as SeriesTask
from qml.tasks.series import forecast_pairs as forecast_pairs
from qml.tasks.standard import standard_names as standard_names
from qml.tasks.standard import standard_task as standard_task
from qml.tasks.windowed import WindowedTask as WindowedTask
from qml.tasks.windowed import forecast_windows as forecast_windows
from qml.tasks.windowed import target_windows as target_windows
