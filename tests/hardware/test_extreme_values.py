"""Values far beyond any apparatus give the limit of the formula."""

from __future__ import annotations

from hardware.link_models.single_click import SingleClick


def test_a_phase_that_is_lost_entirely_leaves_no_coherence() -> None:
    assert SingleClick(phase_deviation=1e200).contrast == 0.0
