"""Which software made a result."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
from collections.abc import Mapping
from types import MappingProxyType

#: The distribution that holds the packages qsim, hardware, protocols and qml.
DISTRIBUTION = "qsim-net"


@functools.cache
def versions() -> Mapping[str, str]:
    """Versions of qsim, Python and NumPy: what the figures of a run depend on."""
    return MappingProxyType(
        {
            "qsim": importlib.metadata.version(DISTRIBUTION),
            "python": platform.python_version(),
            "numpy": importlib.metadata.version("numpy"),
        }
    )
