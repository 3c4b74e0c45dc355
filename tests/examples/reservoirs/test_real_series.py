"""Experiment `real_series`: its series, its table, and what it refuses before anything runs."""

from __future__ import annotations

import numpy as np
import pytest
from real_series import LONG, SERIES, run_real_series, series_task

from qml.comparison.score_table import BASELINES
from qsim.errors import ParameterError

pytest.importorskip("statsmodels")
pytest.importorskip("pmdarima")


def test_series_are_whole_and_enough_of_them_were_not_tuned_on() -> None:
    for one in SERIES.values():
        values = one.values()
        assert values.ndim == 1
        assert np.isfinite(values).all()
        assert len(values) >= 60
    assert sum(not one.tuned for one in SERIES.values()) >= 10
    assert set(LONG) <= set(SERIES)
    assert SERIES["airline"].values()[:3].tolist() == [112.0, 118.0, 132.0]


def test_a_split_fits_every_series() -> None:
    assert series_task("airline").parts == (28, 70, 17, 28)


def test_a_small_run_has_all_models() -> None:
    report = run_real_series(seeds=1, series=["nile"], features=12, workers=1)
    table = report.tables["real_series"]
    assert {score.model for score in table.scores} == {"QRNN ensemble", *BASELINES, "AR", "ETS"}
    assert "nile: QRNN ensemble" in table.text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"series": ["airlines"]}, r"unknown series 'airlines' \(did you mean 'airline'\?\)"),
        ({"seeds": 0}, "`seeds` must be a whole number of at least 1"),
    ],
)
def test_nonsense_is_refused(arguments, message) -> None:
    with pytest.raises(ParameterError, match=message):
        run_real_series(**arguments)
