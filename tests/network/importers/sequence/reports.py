"""Reading loss reports."""

from __future__ import annotations

from qsim.network.loss_report import Conversion, Effect


def told(conversion: Conversion, leaf: str) -> bool:
    return any(
        leaf == entry.path or leaf.startswith((f"{entry.path}.", f"{entry.path}["))
        for entry in conversion.report
    )


def entries(conversion: Conversion, effect: Effect) -> dict[str, str]:
    return {entry.path: entry.instead for entry in conversion.report if entry.effect is effect}
