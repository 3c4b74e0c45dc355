"""Values far beyond any apparatus give the limit of the formula, or are refused by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware.detector import ThresholdDetector
from hardware.emitter import EmitterParameters
from hardware.link_models.double_click import TwoPhoton
from hardware.link_models.single_click import SingleClick
from qsim.errors import ParameterError


def test_a_phase_that_is_lost_entirely_leaves_no_coherence() -> None:
    assert SingleClick(phase_deviation=1e200).contrast == 0.0


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: EmitterParameters(lifetime=1e-300), "lifetime"),
        (lambda: TwoPhoton(bin_separation=1e300), "bin_separation"),
        (lambda: ThresholdDetector(count_rate=1e-300), "count_rate"),
    ],
)
def test_a_time_that_no_clock_counts_is_refused_by_name(make: Callable[[], object], field: str) -> None:
    with pytest.raises(ParameterError, match=field):
        make()
