"""Which software made a result."""

from __future__ import annotations

import functools
import importlib.metadata
import platform

#: The distribution that holds the packages qsim, hardware, protocols and qml.
DISTRIBUTION = "qsim-net"


def versions() -> dict[str, str]:
    """Versions of qsim, Python and NumPy: what the figures of a run depend on."""
    return dict(_found())


@functools.cache
def _found() -> tuple[tuple[str, str], ...]:
    return (
        ("qsim", importlib.metadata.version(DISTRIBUTION)),
        ("python", platform.python_version()),
        ("numpy", importlib.metadata.version("numpy")),
    )
