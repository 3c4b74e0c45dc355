"""Points spread over a region: Latin hypercubes and Sobol sequences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qsim.errors import ParameterError
from qsim.model.sweep_spec import RangeSpec, SampleSpec
from qsim.sweeps.parameters import SweptPath


def sampled(spec: SampleSpec, parameters: Mapping[str, SweptPath]) -> list[dict[str, Any]]:
    """The points of a sample, each a mapping from key paths to numbers in SI.

    Args:
        spec: the sample.
        parameters: what is known of its key paths.

    Raises:
        ParameterError: an end of a range is no number, the ends stand the wrong way round, a logarithmic
            range reaches zero, or whole numbers are wanted and the range has none.
    """
    from scipy.stats import qmc

    ranges = {path: _ends(path, each, parameters[path]) for path, each in spec.parameters.items()}
    make = qmc.Sobol if spec.method == "sobol" else qmc.LatinHypercube
    unit_cube = make(d=len(ranges), seed=spec.seed).random(spec.points)
    return [
        {
            path: _spread(float(share), *ends, spec.parameters[path].scale, parameters[path].whole)
            for share, (path, ends) in zip(row, ranges.items(), strict=True)
        }
        for row in unit_cube
    ]


def _ends(path: str, given: RangeSpec, about: SweptPath) -> tuple[float, float]:
    low, high = about.number(given.low), about.number(given.high)
    if low is None or high is None:
        wrong = given.low if low is None else given.high
        raise ParameterError(f"sweep.sample: '{path}' must range between two numbers, got {wrong!r}")
    if not low < high:
        raise ParameterError(
            f"sweep.sample: '{path}' must have low below high, got {given.low} and {given.high}"
        )
    if about.whole and math.ceil(low) > math.floor(high):
        raise ParameterError(
            f"sweep.sample: '{path}' takes whole numbers, and there is none from {given.low} to {given.high}"
        )
    if given.scale == "log" and low <= 0:
        raise ParameterError(f"sweep.sample: '{path}' must be above 0 on a log scale, got low {given.low}")
    return low, high


def _spread(share: float, low: float, high: float, scale: str, whole: bool) -> float | int:
    if whole:
        # Each whole number of the range gets an equal share of the unit interval (or of its magnitude).
        bottom, top = math.ceil(low), math.floor(high)
        value = _between(share, bottom, top + 1, scale)
        return min(top, math.floor(value))
    return _between(share, low, high, scale)


def _between(share: float, low: float, high: float, scale: str) -> float:
    if scale == "log":
        return float(low * (high / low) ** share)
    return low + share * (high - low)
