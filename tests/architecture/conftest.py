"""Lists the long files at the end of the run."""

from __future__ import annotations

import pytest

from tests.architecture.test_sizes import SOFT, lengths


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the files over the soft limit, which are refused only beyond the hard one."""
    for name, count in sorted(lengths().items()):
        if count > SOFT:
            terminalreporter.write_line(f"{name} has {count} lines: over {SOFT}, consider splitting it")
