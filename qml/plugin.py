"""Announces the forecasters to the registry: the entry point ``qml`` of the group ``qsim.plugins``."""

import qml.forecasters  # noqa: F401
