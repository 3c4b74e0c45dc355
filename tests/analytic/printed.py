"""Comparison with numbers as they stand in print."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def printed(text: str) -> Any:
    """A printed number: equal to whatever rounds to it, half a unit of its last digit to either side."""
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return pytest.approx(float(text), rel=0, abs=0.5 * 10.0**exponent * (1 + 1e-6))
