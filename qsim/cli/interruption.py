"""Stopping a run from the keyboard or by a signal, without losing what it has done."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ADVICE = "\nstopping after {}; once more to quit at once\n"


class Interruption:
    """While entered, the first SIGINT or SIGTERM stops the run in order, and the second quits at once.

    Args:
        stop: what ends the run after the event in hand; called from the signal handler.
        quiet: say nothing.
        after: what is still finished, for the message.

    Attributes:
        requested: whether a signal has come.

    Raises:
        KeyboardInterrupt: in the running event, on the second signal.
    """

    def __init__(
        self, stop: Callable[[], object], *, quiet: bool = False, after: str = "the event in hand"
    ) -> None:
        self.requested = False
        self._advice = _ADVICE.format(after).encode()
        self._stop = stop
        self._quiet = quiet
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruption:
        # Python lets only the main thread handle signals; elsewhere nobody can press Ctrl-C at us.
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def remind(self) -> None:
        """Stop again if a signal came before the run could hear of it."""
        if self.requested:
            self._stop()

    def _on_signal(self, *_: object) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        self._stop()
        if not self._quiet:
            # Not through sys.stderr: the handler may have cut into a write there, and that is not re-entrant.
            with contextlib.suppress(OSError):
                os.write(2, self._advice)
