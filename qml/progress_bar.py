"""A progress bar for drives and studies that take long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def progress_bar(
    total: int, label: str = "driving", stream: IO[str] | None = None
) -> Iterator[Callable[[int], None]]:
    """Show how far a drive has come, on a terminal; say nothing elsewhere.

    Args:
        total: steps of rows of the whole work.
        label: what is being done.
        stream: where to, by default standard error.

    Yields:
        What to hand to a reservoir as ``advance``.

    Example:
        >>> from qml import RNN
        >>> from qml.ensembles import ensemble
        >>> with progress_bar(total=500) as advance:
        ...     features = ensemble(RNN(), seed=0).features([0.0] * 500, advance=advance)
        >>> features.shape
        (500, 3)
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    target = stream or sys.stderr
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    console = Console(file=target)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(label, total=total)
        yield lambda steps: shown.advance(task, steps)
