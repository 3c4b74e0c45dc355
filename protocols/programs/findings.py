"""What programs have found: the numbers that they return, and the states of the qubits that they return."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

from protocols.local.qubit import UsedQubit
from qsim.errors import StateError
from qsim.model.rows import MetricRow
from qsim.statistics import Tally
from qsim.units import to_s


class Findings:
    """The findings of a company of programs.

    Args:
        roles: the roles, in order.
        target: the state with which returned qubits are compared; None compares none.

    Attributes:
        fidelity: of the returned qubits of a round with the target, each as of its own return.
        spacing: time from one complete round to the next, s.
        rounds: complete rounds.
    """

    def __init__(self, roles: tuple[str, ...], target: str | None) -> None:
        self._roles = roles
        self._target = target
        self._numbers: dict[tuple[str, str], Tally] = {}
        self._open: dict[int, dict[str, Any]] = {}
        self._last = 0
        self.fidelity = Tally()
        self.spacing = Tally()
        self.rounds = 0

    def note(self, role: str, played: int, found: Any, now: int) -> None:
        """Note what a program has returned.

        Args:
            role: its role.
            played: the number of its round.
            found: a number, numbers by name, a used qubit, or nothing.
            now: when, ps.

        Raises:
            StateError: it is none of these.
        """
        if not isinstance(found, UsedQubit) and found is not None:
            named = found if isinstance(found, Mapping) else {"result": found}
            for name, value in named.items():
                if not isinstance(value, numbers.Real):
                    raise StateError(
                        "a program returns a number, numbers by name, a qubit or nothing; it returned "
                        f"{value!r} as '{name}'"
                    )
                self._numbers.setdefault((role, str(name)), Tally()).add(float(value))
        entry = self._open.setdefault(played, {})
        entry[role] = found
        if len(entry) == len(self._roles):
            del self._open[played]
            self._complete([entry[role] for role in self._roles], now)

    def rows(self) -> list[MetricRow]:
        """The rows of the table of metrics."""
        rows = [
            MetricRow(f"program {role}", name, "1", tally.n, tally.mean, tally.sd)
            for (role, name), tally in self._numbers.items()
        ]
        source = f"programs {' '.join(self._roles)}"
        if self._target is not None:
            kept = self.fidelity
            rows.append(MetricRow(source, f"fidelity to {self._target}", "1", kept.n, kept.mean, kept.sd))
        rows.append(
            MetricRow(source, "time a round", "s", self.spacing.n, self.spacing.mean, self.spacing.sd)
        )
        return rows

    def _complete(self, found: list[Any], now: int) -> None:
        self.rounds += 1
        self.spacing.add(to_s(now - self._last))
        self._last = now
        qubits = [one for one in found if isinstance(one, UsedQubit)]
        if self._target is None or not qubits:
            return
        first = qubits[0].group
        assert first is not None
        for qubit in qubits[1:]:
            assert qubit.group is not None
            first.join(qubit.group)
        self.fidelity.add(first.fidelity(self._target, qubits, now))
