"""The means of a sweep as a table of text."""

from __future__ import annotations

import qsim
from qsim.sweeps.summary_table import summary_text
from tests.sweeps.scenes import SCENARIO


def test_points_can_be_told_apart_and_take_one_line() -> None:
    points = [
        {"label": "in\ntwo lines", "traffic[0].pairs": 1000001},
        {"label": "x", "traffic[0].pairs": 1000002},
    ]
    study = qsim.sweep(SCENARIO, list=points, workers=1)
    lines = summary_text(study, 120).splitlines()
    assert len(lines) == 4
    assert lines[2].split()[:4] == ["in", "two", "lines", "1000001"]
    assert lines[3].split()[:2] == ["x", "1000002"]
