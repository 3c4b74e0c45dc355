"""A series on disk and a forecast file that names it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

#: Baselines of a series of one's own, where statsmodels is installed.
STATISTICAL = ("AR", "ETS") if find_spec("statsmodels") else ()
STUDY = """\
name: router load
data: {file: load.csv, columns: [load]}
features: 20
seeds: 2
split: {washout: 20}
transforms: []
engine: {backend: numpy}
"""


def load(steps: int = 260) -> np.ndarray:
    """A daily and a weekly wave with some noise."""
    rng = np.random.default_rng(4)
    time = np.arange(steps)
    return 10 + 3 * np.sin(time / 4) + 2 * np.sin(time / 13) + 0.2 * rng.standard_normal(steps)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The forecast file; its series lies beside it."""
    rows = (f"{value},{step % 24},1.5" for step, value in enumerate(load()))
    (tmp_path / "load.csv").write_text("\n".join(["load,hour,flat", *rows]) + "\n")
    steps = (f"{min(step, 150)},{max(step, 200)}" for step in range(260))
    (tmp_path / "step.csv").write_text("\n".join(["early,late", *steps]) + "\n")
    (tmp_path / "large.csv").write_text("load\n" + "\n".join(map(str, [1, 2, 1e200] * 100)) + "\n")
    file = tmp_path / "study.yaml"
    file.write_text(STUDY)
    return file
