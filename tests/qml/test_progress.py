"""The progress bar shows on terminals alone."""

from __future__ import annotations

import io

import pytest

from qml.progress_bar import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    with progress_bar(40, "washing", stream) as advance:
        advance(10)
        advance(30)
    assert "washing" in stream.getvalue()
    assert "40/40" in stream.getvalue()


def test_a_file_sees_nothing() -> None:
    stream = io.StringIO()
    with progress_bar(40, "washing", stream) as advance:
        advance(40)
    assert stream.getvalue() == ""
