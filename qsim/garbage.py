"""Python's collector of cyclic garbage, and when it had better rest."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Final

#: From so many objects on it pays to spare the collector further looks at them.
MANY: Final = 200_000
#: While so many lie aside: new objects between two looks at the youngest, and looks between two at older
#: ones. A large network makes most of its protocols as it runs, and they stay as well.
SELDOM: Final = (2_000, 1_000, 20)


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Let the collector rest while very many objects are made that stay.

    As their number grows it would look through all of them again and again, for a third of the time that a
    network of 100,000 nodes takes to set up, and find nothing. What it had switched off stays off. Where many
    have been made it looks once at the end, which counts them among the old ones and frees what an earlier
    network has left.

    Example:
        >>> with resting():
        ...     gc.isenabled()
        False
    """
    if not gc.isenabled():
        yield
        return
    before = gc.get_count()[0]
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] - before > MANY:
            gc.collect()
        gc.enable()


@contextlib.contextmanager
def seldom() -> Iterator[None]:
    """Let the collector look only when there are many new objects.

    What a command imports stays, a hundred thousand objects, and the collector takes a tenth of a short
    command to find that out. Cycles are still freed, some megabytes later.

    Example:
        >>> with seldom():
        ...     gc.get_threshold()[0]
        200000
    """
    before = gc.get_threshold()
    if before[0]:  # 0 switches it off
        gc.set_threshold(max(MANY, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def aside(objects: int) -> Iterator[None]:
    """Let the collector leave alone what there is by now, if that is much, and look seldom at what is made.

    Args:
        objects: so many at least were made while it was resting, and stay.
    """
    if objects <= MANY or gc.get_freeze_count():
        yield
        return
    usual = gc.get_threshold()
    gc.freeze()
    # A threshold of 0 is how a caller keeps the collector from looking at all.
    gc.set_threshold(*(SELDOM if usual[0] else usual))
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        # What was made meanwhile and is still there joins the old ones without one more look.
        gc.freeze()
        gc.unfreeze()
