"""What all tests share: one thread for linear algebra, the statistical budget, sizes of statistical tests."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Iterator
from typing import Protocol

import hypothesis
import pytest

# Before NumPy is loaded, here and in every process that a test starts: the products of tests are small, and
# threads that wait for each other by spinning cost ten times the work where the cores are taken.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# What is imported and collected stays, millions of objects: to look through all of them takes a second each
# time, a tenth of the suite with the interpreter's own settings.
gc.set_threshold(20_000, 20, 100)

# Hypothesis draws anew whenever a developer runs the tests, and the same in every run of CI. Nowhere does a
# busy machine make a sound test fail.
hypothesis.settings.register_profile(
    "own", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "own")


def pytest_configure(config: pytest.Config) -> None:
    """Keep account of false alarms; NumPy must not be loaded before the number of threads is set."""
    from tests.budget import Budget

    config.pluginmanager.register(Budget(config))


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--shuffle SEED``: another order of modules, and of the tests in each."""
    parser.addoption(
        "--shuffle", type=int, metavar="SEED", help="run the tests in an order drawn from a seed"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle modules, and tests within each: what a module sets up once is still set up once."""
    seed = config.getoption("--shuffle")
    if seed is None:
        return
    rng = random.Random(seed)
    modules = sorted({item.nodeid.partition("::")[0] for item in items})
    rng.shuffle(modules)
    rng.shuffle(items)
    place = {module: at for at, module in enumerate(modules)}
    items.sort(key=lambda item: place[item.nodeid.partition("::")[0]])


@pytest.fixture(autouse=True, scope="module")
def what_is_registered_is_forgotten() -> Iterator[None]:
    """No test finds a kind of another module's: what one has registered, it forgets."""
    from qsim import registry

    before = {(kind, name) for kind, name, _ in registry.added()}
    yield
    left = [f"{kind} '{name}'" for kind, name, _ in registry.added() if (kind, name) not in before]
    assert not left, f"is still registered: {', '.join(left)}"


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
