"""The saboteur goes when its test is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qsim import registry


@pytest.fixture(autouse=True)
def _without_saboteur() -> Iterator[None]:
    yield
    registry.unregister("app", "saboteur")
