"""Laws of requests: their quantiles, means and least values belong together."""

from __future__ import annotations

import random

import numpy as np
import pytest

import qsim
from protocols.apps.request_laws import CountLaw, DurationLaw, FidelityLaw, Law, drawn, least_of, mean_of
from qsim.errors import ParameterError
from tests.protocols.apps.test_open_traffic import link

LAWS = [
    DurationLaw(uniform=("1 s", "3 s")),
    DurationLaw(exponential="2 ms"),
    DurationLaw(choice=(1.0, 5.0, 2.0), weights=(1.0, 0.0, 3.0)),
    CountLaw(uniform=(2, 5)),
    CountLaw(geometric=3.5),
    CountLaw(geometric=1.0),
    CountLaw(choice=(7, 3)),
    FidelityLaw(uniform=(0.5, 0.5)),
]


@pytest.mark.parametrize("law", LAWS)
def test_the_mean_is_that_of_the_quantiles(law: Law) -> None:
    shares = (np.arange(200_000) + 0.5) / 200_000
    values = np.array([law.quantile(float(share)) for share in shares])
    assert values.mean() == pytest.approx(law.mean, rel=1e-4)
    assert values.min() >= law.least
    assert law.quantile(0.0) == pytest.approx(law.least, abs=1e-9) or not np.all(np.diff(values) >= 0)
    if law.whole:
        assert (values == np.round(values)).all()
    assert law.quantile(float(np.nextafter(1, 0))) < np.inf


def test_a_choice_without_weight_is_never_drawn() -> None:
    law = DurationLaw(choice=(1.0, 5.0, 2.0), weights=(1.0, 0.0, 3.0))
    drawn_values = [law.quantile(share) for share in np.linspace(0, 1, 1001)[:-1]]
    assert set(drawn_values) == {1.0, 2.0}
    assert drawn_values.count(1.0) == 250


def test_a_number_draws_nothing() -> None:
    stream = random.Random(1)
    before = stream.getstate()
    assert drawn(3.0, stream) == mean_of(3.0) == least_of(3.0) == 3.0
    assert stream.getstate() == before


def test_classes_take_what_files_take() -> None:
    from protocols.apps.poisson_requests import PoissonRequestsApp

    made = PoissonRequestsApp(rate="60 /min", duration={"exponential": "5 ms"}, memories={"uniform": (1, 2)})  # type: ignore[arg-type]
    assert (made.rate, made.duration, made.memories) == (
        1.0, DurationLaw(exponential=5e-3), CountLaw(uniform=(1, 2))
    )  # fmt: skip
    assert PoissonRequestsApp(rate=1.0, duration="5 ms").duration == 5e-3  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="is in km"):
        PoissonRequestsApp(rate=1.0, duration={"exponential": "5 km"})  # type: ignore[arg-type]


def test_a_sweep_knows_the_units_of_laws() -> None:
    scenario = link(rate=1.0, duration={"exponential": "1 s"}).scenario("2 s")
    study = qsim.sweep(scenario, {"traffic[0].duration.exponential": ["1 s", "2000 ms"]}, workers=1)
    assert [(each.path, each.unit) for each in study.parameters] == [("traffic[0].duration.exponential", "s")]
    assert sorted(run.values["traffic[0].duration.exponential"] for run in study.runs) == [1.0, 2.0]
    study = qsim.sweep(scenario, {"traffic[0].duration": ["1 s", "2000 ms"]}, workers=1)
    assert sorted(run.values["traffic[0].duration"] for run in study.runs) == [1.0, 2.0]
