"""Python's collector of cyclic garbage, and when it had better rest."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Let the collector rest while very many objects are made that stay.

    As their number grows it would look through all of them again and again, for a third of the time that a
    network of 100,000 nodes takes to set up, and find nothing. What it had switched off stays off.

    Example:
        >>> with resting():
        ...     gc.isenabled()
        False
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
