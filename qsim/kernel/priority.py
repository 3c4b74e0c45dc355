"""Who goes first among events of the same picosecond."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """Order of events that share an instant; equal priorities run in the order of their scheduling.

    Physics happens before anybody hears of it, reports before decisions, decisions before measurements of
    the whole.
    """

    PHYSICS = 0
    REPORT = 1
    CONTROL = 2
    OBSERVE = 3
