"""A minimal document, and helpers to see what becomes of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qsim.errors import ScenarioError
from qsim.scenario import Scenario, from_document

Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    """Two nodes, one link, nothing to do."""
    return {
        "run": {"duration": "1 s"},
        "nodes": {"A": None, "B": None},
        "links": [{"between": ["A", "B"], "length": "20 km"}],
    }


@pytest.fixture
def faults() -> Callable[..., list[str]]:
    """The faults of a document that must have some."""

    def found(document: Document, *overrides: str) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            from_document(document, overrides=overrides)
        return list(caught.value.faults)

    return found


@pytest.fixture
def scenario() -> Callable[..., Scenario]:
    """The scenario of a document."""
    return lambda document, *overrides: from_document(document, overrides=overrides)
