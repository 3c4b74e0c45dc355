"""JAX, where it is installed: which version, which device, and double precision without touching settings."""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import AbstractContextManager
from functools import cache
from importlib.metadata import version
from typing import Any

from qsim.errors import ParameterError

#: Versions that were tested; PennyLane 0.45 needs names that JAX 0.11 removed.
_OLDEST, _TOO_NEW = (0, 7, 1), (0, 11, 0)


@cache
def installed() -> bool:
    """Whether JAX can be imported."""
    return importlib.util.find_spec("jax") is not None and importlib.util.find_spec("jaxlib") is not None


def load() -> Any:
    """The jax module.

    Raises:
        ParameterError: JAX is not installed, or of a version that does not go with PennyLane.
    """
    if not installed():
        raise ParameterError("this needs JAX, which is not installed; pip install 'qsim-net[jax]'")
    check_version(_version())
    import jax

    return jax


@cache
def _version() -> str:
    """Of JAX; to ask the system for it takes longer than a step of a reservoir."""
    return version("jax")


def check_version(found: str) -> None:
    """Refuse versions of JAX that are known not to work.

    Raises:
        ParameterError: see above; the message says which versions work.
    """
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    if not _OLDEST <= numbers < _TOO_NEW:
        raise ParameterError(
            f"JAX {found} is installed; PennyLane 0.45 works with 0.7.1 up to, not including, 0.11"
            " (pip install 'qsim-net[jax]')"
        )


def double_precision(jax: Any, on: bool = True) -> AbstractContextManager[Any]:
    """64-bit numbers within the block only: the user's own JAX settings stay as they are."""
    # The newer of the tested versions have it in the package itself, the older ones among the experiments.
    home = jax if hasattr(jax, "enable_x64") else importlib.import_module("jax.experimental")
    context: AbstractContextManager[Any] = home.enable_x64(on)
    return context


def device(jax: Any, name: str) -> Any:
    """The first device of a platform, ``cpu`` or ``gpu``; ``auto`` is the GPU where there is one.

    Raises:
        ParameterError: JAX sees no such device.
    """
    if name == "auto":
        name = "gpu" if sees_gpu() else "cpu"
    try:
        return jax.devices(name)[0]
    except RuntimeError:
        raise ParameterError(
            f"device='{name}': JAX sees no {name.upper()} on this machine; use device='cpu', or install a"
            " CUDA build of JAX where there is an NVIDIA GPU (pip install 'jax[cuda12]>=0.7.1,<0.11')"
        ) from None


@cache
def sees_gpu() -> bool:
    """Whether JAX is installed and sees a GPU."""
    if not installed():
        return False
    try:
        return bool(load().devices("gpu"))
    except RuntimeError:
        return False


def free_memory(device: Any) -> int | None:
    """Bytes that a device of JAX has left; None where it does not say."""
    statistics = device.memory_stats() or {}
    return statistics.get("bytes_limit", 0) - statistics.get("bytes_in_use", 0) or None
