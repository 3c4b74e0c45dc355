"""Autoregression and exponential smoothing: the same forecasts as statsmodels gives from each step."""

from __future__ import annotations

import numpy as np
import pytest

from qml.comparison.statistical_models import Autoregression, Smoothing, _ets, statistical_models
from qml.comparison.target_chain import TRANSFORMS, Chain, chains
from qml.tasks import SeriesTask, forecast_pairs
from qsim.errors import ParameterError
from tests.qml.causality import assert_causal

pytest.importorskip("statsmodels")


def task(horizon: int = 1, steps: int = 160) -> SeriesTask:
    time = np.arange(steps)
    noise = np.random.default_rng(1).standard_normal(steps)
    values = 20 + 3 * np.sin(time * np.pi / 3) + 0.05 * time + 0.3 * noise
    inputs, later = forecast_pairs(values, horizon)
    rest = len(inputs) - 20 - 25 - 35
    return SeriesTask("one", inputs, later, 20, rest, 25, 35, gap=horizon - 1)


@pytest.mark.parametrize("horizon", [1, 4])
def test_autoregression_forecasts_as_statsmodels_does(horizon: int) -> None:
    from statsmodels.tsa.ar_model import AutoReg

    given = task(horizon)
    fitted = Autoregression().fit(given, 0)
    stop, target = given.fit_part.stop, given.inputs[:, 0]
    theirs = AutoReg(target[:stop], fitted.features).fit()
    answers = fitted.answers(given.inputs, given.targets)
    assert answers[stop - 1, 0] == pytest.approx(theirs.forecast(horizon)[-1], rel=1e-9)
    longer = theirs.append(target[stop : stop + 7]).forecast(horizon)[-1]
    assert answers[stop + 6, 0] == pytest.approx(longer, rel=1e-9)


@pytest.mark.parametrize("horizon", [1, 4, 8])
def test_smoothing_forecasts_as_statsmodels_does(horizon: int) -> None:
    given = task(horizon)
    fitted = Smoothing(6).fit(given, 0)
    assert fitted.form["seasonal"] == "add"
    answers = fitted.answers(given.inputs, given.targets)
    for last in (given.test_part.start, given.test_part.start + 9):
        seen = fitted.chain.linked(given.inputs[: last + 1, 0])
        theirs = _ets(seen, fitted.form).smooth(fitted.parameters).forecast(horizon)[-1]
        assert answers[last, 0] == pytest.approx(float(fitted.chain.unlinked(theirs)), rel=1e-9)


@pytest.mark.parametrize("model", statistical_models(chains(TRANSFORMS, 6), 6), ids=lambda one: one.name)
def test_neither_looks_ahead(model) -> None:
    given = task(2)
    fitted = model.fit(given, 0)
    assert_causal(lambda inputs: fitted.answers(inputs, given.targets), given.inputs, 140)
    inputs = given.inputs.copy()
    inputs[given.test_part.start :] += 5
    changed = SeriesTask("one", inputs, given.targets, *given.parts, gap=given.gap)
    again = model.fit(changed, 0)
    np.testing.assert_array_equal(
        again.answers(given.inputs, given.targets), fitted.answers(given.inputs, given.targets)
    )


def test_a_straight_line_and_too_short_a_series() -> None:
    inputs, later = forecast_pairs(np.arange(60.0))
    line = SeriesTask("line", inputs, later, 5, 30, 10, 14)
    fitted = Autoregression((Chain(difference=True),)).fit(line, 0)
    np.testing.assert_allclose(fitted.answers(inputs, later)[5:], later[5:], atol=1e-9)
    with pytest.raises(ParameterError, match="11 steps are too few to fit to"):
        Smoothing().check(SeriesTask("short", inputs[:15], later[:15], 2, 6, 3, 4))
