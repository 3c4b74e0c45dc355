"""The page on best values: its cells, with what they print."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import pytest

from qsim.analytic import photon_shape
from tests.docs.pages import DOCS

_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CELLS = _CELL.findall((DOCS / "how-to" / "best-value.md").read_text(encoding="utf-8"))
#: The cells before the sweep.
EXACT = 3


def printed(cells: list[str]) -> str:
    """What cells print, run one after the other."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        for cell in cells:
            exec(cell, names)
    return out.getvalue()


def test_exact_values_are_the_closed_forms() -> None:
    text = printed(CELLS[:EXACT])
    windows = re.findall(r"W = +(\d+) ns: captured ([\d.]+), p [^,]+, F ([\d.]+)", text)
    assert len(windows) == 6
    for width, captured, fidelity in windows:
        shape = 12e-9, int(width) * 1e-9
        assert float(captured) == pytest.approx(photon_shape.capture(*shape), abs=6e-4)
        kept = photon_shape.coherence(*shape, 15e-9)
        # Dark counts of 1 kHz cost up to .005 more in windows of 100 ns.
        assert 0 < (1 + kept**2) / 2 - float(fidelity) < 0.005
    means = re.findall(r"μ = +([\d.]+): p \S+, F ([\d.]+)", text)
    assert len(means) == 4
    for mean, fidelity in means:
        # Ends that lose nine of ten photons: nearly 1/(1 + 2 μ) of a pair, and white noise.
        weight = 1 / (1 + 2 * float(mean))
        assert float(fidelity) == pytest.approx((1 + 3 * weight) / 4, abs=0.02)
    # By the fidelity alone it would be 5.2 ns: photons that differ cost coherence, and leave Z alone.
    assert "most key at W = 17.4 ns" in text


@pytest.mark.slow
def test_the_sweep_is_drawn() -> None:
    import matplotlib.pyplot as plt

    try:
        assert "16 runs" in printed(CELLS)
        assert len(plt.gca().texts) == 4
        throughput, fidelity = plt.gca().lines[0].get_data()
        # A longer cut-off gives more pairs, and older ones.
        assert throughput[0] < throughput[-1]
        assert fidelity[0] > fidelity[-1]
    finally:
        plt.close("all")
