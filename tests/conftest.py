"""What all tests share: one thread for linear algebra, and the sizes of statistical tests."""

from __future__ import annotations

import os
from typing import Protocol

import pytest

# Before NumPy is loaded, here and in every process that a test starts: the products of tests are small, and
# threads that wait for each other by spinning cost ten times the work where the cores are taken.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


class Sized(Protocol):
    """Chooses the size of a statistical test."""

    def __call__(self, reduced: int | None, full: int) -> int: ...


@pytest.fixture
def sized() -> Sized:
    """Picks the size of a statistical test: the reduced one, or the full one when QSIM_FULL=1 is set.

    A test that means nothing at a reduced size passes None for it and is skipped then.
    """
    everything = os.environ.get("QSIM_FULL", "") not in ("", "0")

    def choose(reduced: int | None, full: int) -> int:
        if everything:
            return full
        if reduced is None:
            pytest.skip("runs at full size only: set QSIM_FULL=1")
        return reduced

    return choose
