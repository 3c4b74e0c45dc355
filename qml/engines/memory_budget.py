"""How much memory a drive will take, said before any of it is taken."""

from __future__ import annotations

import os

from qsim.errors import ParameterError

#: Arrays of the size of the state vectors that are alive at once (state, turned state, temporaries).
_COPIES = 5


def estimate(wires: int, rows: int, circuits: int, single: bool) -> int:
    """Bytes for `rows` inputs to `circuits` circuits each on so many wires."""
    return _COPIES * rows * circuits * (1 << wires) * (8 if single else 16)


def available() -> int | None:
    """Bytes of free main memory; None where the system does not say."""
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return None


def require(needed: int, free: int | None, wires: int) -> None:
    """Refuse what cannot fit.

    Raises:
        ParameterError: more is needed than there is.
    """
    if free is not None and needed > free:
        raise ParameterError(
            f"circuits on {wires} wires need about {_readable(needed)} of memory, and {_readable(free)} are"
            " free; use fewer wires (`sees` bounds the channels of a cell), fewer cells, or"
            " precision='single'"
        )


def _readable(size: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} PiB"
