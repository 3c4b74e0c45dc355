"""What figures of key rates need: the metrics that are key rates, the length across, the bound above."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qsim.analytic import capacity
from qsim.errors import ParameterError, ResultError
from qsim.plots.sweep_labels import is_number

if TYPE_CHECKING:
    from qsim.sweeps.sweep_result import SweepResult


def key_metrics(known: Iterable[str]) -> list[str]:
    """Those of the metrics of runs that are secret bits per second: of flows, and of sessions and relays."""
    return [name for name in known if name == "key_rate_hz" or name.endswith(": key rate")]


def swept_length(sweep: SweepResult) -> str | None:
    """Path of the first length that takes several values; None where none does."""
    for varied in sweep.parameters:
        values = {run.values.get(varied.path) for run in sweep.runs}
        if varied.unit == "m" and len(values) > 1 and is_number(values):
            return varied.path
    return None


def chosen(sweep: SweepResult, parameter: str | None, metric: str | None) -> tuple[str, str]:
    """The length across and the key rate upwards: those named, else the first of the sweep.

    Raises:
        ResultError: none is named, and the sweep varies no length or its runs tell no key rate.
    """
    from qsim.results.run_metrics import described_metrics

    across = parameter or swept_length(sweep)
    if across is None:
        raise ResultError("the sweep varies no length; name in `parameter` what to draw the key rate against")
    rates = [metric] if metric else key_metrics(described_metrics(run.result for run in sweep.runs))
    if not rates:
        raise ResultError(
            "no run of the sweep tells a key rate; set run.error_rates to true for that of the delivered "
            "pairs, or let an application make keys (bb84, bbm92, dps, e91, mdi)"
        )
    return across, rates[0]


def repeaterless(source_rate: float, attenuation: float, fibres: int) -> Callable[[float], float]:
    """Secret bits per second that no channel without repeaters exceeds, by the length of a fibre.

    Args:
        source_rate: uses of the channel per second, Hz.
        attenuation: of fibre, dB/m.
        fibres: how many such fibres lie between the two ends.

    Raises:
        ParameterError: a number that is none of these.

    References:
        Pirandola, Laurenza, Ottaviani, Banchi, Nat. Commun. 8, 15043 (2017).
    """
    if not source_rate > 0:
        raise ParameterError(f"`source_rate` must be above 0 Hz, got {source_rate!r}")
    if not fibres >= 1:
        raise ParameterError(f"`fibres` must be at least 1, got {fibres!r}")

    def bound(length: float) -> float:
        passed = capacity.transmission(fibres * length, attenuation)
        return source_rate * capacity.repeaterless_bound(passed)

    return bound
