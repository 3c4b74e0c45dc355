"""A device of PennyLane in the place of its name."""

from __future__ import annotations

import numpy as np
import pennylane as qp
import pytest

from qml.engines.choice import EngineChoice
from qml.estimators import ReservoirFeatures
from qsim.errors import ParameterError, ResultError

WINDOWS = np.random.default_rng(0).uniform(-1, 1, (3, 4))


def model(device: object, engine: str = "qnode") -> ReservoirFeatures:
    return ReservoirFeatures("qrnn", hidden=2, readout=("z", "zz"), engine=engine, device=device)


def test_equal_to_the_device_of_that_name() -> None:
    device = qp.device("default.mixed", wires=3)
    np.testing.assert_allclose(
        model(device).fit_transform(WINDOWS), model("cpu", "auto").fit_transform(WINDOWS), atol=1e-12
    )


def test_what_is_wrong_with_a_device_is_said() -> None:
    device = qp.device("default.qubit", wires=2)
    with pytest.raises(ParameterError, match=r"device has the wires \[0, 1\], and the circuits need 0 to 2"):
        model(device).fit_transform(WINDOWS)
    with pytest.raises(ParameterError, match="a device of PennyLane goes with engine='qnode'"):
        EngineChoice(device=device)
    with pytest.raises(ParameterError, match=r"what `pennylane.device\(...\)` gives, not 7"):
        model(7).fit_transform(WINDOWS)


def test_a_device_cannot_be_stored(tmp_path) -> None:  # type: ignore[no-untyped-def]
    fitted = model(qp.device("default.qubit", wires=3)).fit(WINDOWS)
    with pytest.raises(ResultError, match="device"):
        fitted.save(tmp_path / "model.qsim")
