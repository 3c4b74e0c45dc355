"""What tests of programs share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import qsim
from qsim import registry


@pytest.fixture
def register() -> Iterator[Callable[[str, Any], None]]:
    """Registers generator functions as programs for one test."""
    names: list[str] = []

    def register(name: str, function: Any) -> None:
        qsim.program(name)(function)
        names.append(name)

    yield register
    for name in names:
        registry.unregister("program", name)
