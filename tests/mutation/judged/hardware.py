"""Judged faults of hardware."""

from __future__ import annotations

from tests.mutation.judged.verdict import TRUTH, Judged

HARDWARE = (
    Judged(
        "detector",
        "] = 25e6",
        "`25000000.0` -> `25000001.0`",
        "harmless: the dead time is the same picosecond",
    ),
    Judged("detector", "return False", "`return False` -> `return None`", TRUTH),
    Judged(
        "detector", "while time <= until:", "`time <= until` -> `time < until`", "harmless: one picosecond"
    ),
    Judged(
        "weak_pulse_bb84",
        'return {"writer.theta": pi - leak if bit else leak, "writer.phase": 0.0}',
        "`pi - leak` -> `pi + leak`",
        "harmless: the sign of what leaks, and nobody keeps an interference of these states",
    ),
)
