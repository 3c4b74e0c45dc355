"""The statistical budget: by chance alone, hardly ever may any test of a session fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.statistics import LEDGER

#: Bound on the sum of the rates of false alarm of all statistical checks in a session (Boole's inequality).
BUDGET = 1e-6


class Budget:
    """Plugin that adds up the ledgers of a session and its workers, and fails the session above `BUDGET`."""

    def __init__(self, config: pytest.Config) -> None:
        self._rates: dict[str, float] = {}
        self._to_controller: dict[str, Any] | None = getattr(config, "workeroutput", None)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of xdist has ended: take over what it has spent."""
        self._rates |= getattr(node, "workeroutput", {}).get("false alarms", {})

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the ledger to the process that leads, or judge it."""
        if self._to_controller is not None:
            self._to_controller["false alarms"] = dict(LEDGER)
            return
        self._rates |= LEDGER
        if sum(self._rates.values()) > BUDGET:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was spent, and by whom if that was too much."""
        spent = sum(self._rates.values())
        if spent > BUDGET:
            terminalreporter.section("statistical budget exceeded")
            for name, rate in sorted(self._rates.items(), key=lambda entry: -entry[1])[:10]:
                terminalreporter.line(f"{rate:.1e} {name}")
        if spent:
            terminalreporter.line(
                f"false alarms: at most {spent:.1e} for the statistical checks of {len(self._rates)} tests, "
                f"{BUDGET:.0e} allowed"
            )
