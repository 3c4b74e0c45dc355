"""What programs have found: the numbers that they return, and the states of the qubits that they return."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from protocols.local.qubit import UsedQubit
from qsim.errors import StateError
from qsim.model.rows import MetricRow
from qsim.statistics import Tally
from qsim.units import to_s

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Findings:
    """The findings of a company of programs.

    Args:
        source: what the rows of the table of metrics say of where they are from.
        roles: the roles, in order.
        target: the state with which returned qubits are compared, by name or as a ket; None compares none.

    Attributes:
        fidelity: of the returned qubits of a round with the target, each as of its own return.
        spacing: time from one complete round to the next, s.
        rounds: complete rounds.
        lost: rounds that were lost.
    """

    def __init__(
        self, source: str, roles: tuple[str, ...], target: str | NDArray[np.complex128] | None
    ) -> None:
        self._source = source
        self._roles = roles
        self._target = target
        self._numbers: dict[tuple[str, str], Tally] = {}
        self._open: dict[int, dict[str, Any]] = {}
        self._last = 0
        self.fidelity = Tally()
        self.spacing = Tally()
        self.rounds = 0
        self.lost = 0

    def lose(self, role: str, number: int) -> None:
        """A role knows that a round is lost; what was returned in it counts for nothing."""
        self._open.pop(number, None)
        self.lost += role == self._roles[0]

    def note(self, role: str, played: int, found: Any, now: int) -> None:
        """Note what a program has returned.

        Args:
            role: its role.
            played: the number of its round.
            found: a number, a used qubit, several of them by name, or nothing; the name of a number may end
                in its unit, as in ``waiting time [s]``.
            now: when, ps.

        Raises:
            StateError: it is none of these.
        """
        for name, value in _named(found).items():
            if not isinstance(value, UsedQubit | numbers.Real):
                raise StateError(
                    "a program returns a number, a qubit, several of them by name, or nothing; it returned "
                    f"{value!r} as '{name}'"
                )
        entry = self._open.setdefault(played, {})
        entry[role] = found
        if len(entry) == len(self._roles):
            del self._open[played]
            self._complete({role: _named(entry[role]) for role in self._roles}, now)

    @property
    def rate(self) -> float | None:
        """Complete rounds a second, up to the last; None without any."""
        return self.rounds / to_s(self._last) if self._last else None

    def mean(self, role: str, name: str) -> float | None:
        """The mean of a number that a role has returned, by its name; None without any."""
        tally = self._numbers.get((role, name))
        return None if tally is None else tally.mean

    def rows(self) -> list[MetricRow]:
        """The rows of the table of metrics."""
        found = [
            (f"{self._source}, {role}", *_with_unit(name), tally)
            for (role, name), tally in self._numbers.items()
        ]
        if self._target is not None:
            name = self._target if isinstance(self._target, str) else "the ideal state"
            found.append((self._source, f"fidelity to {name}", "1", self.fidelity))
        found.append((self._source, "time a round", "s", self.spacing))
        rows = [
            MetricRow(source, metric, unit, tally.n, tally.mean, tally.sd)
            for source, metric, unit, tally in found
        ]
        rows.append(MetricRow(self._source, "rounds a second", "Hz", self.rounds, self.rate, None))
        if self.lost:
            share = self.lost / (self.lost + self.rounds)
            rows.append(
                MetricRow(self._source, "rounds lost, share", "1", self.lost + self.rounds, share, None)
            )
        return rows

    def _complete(self, found: dict[str, dict[str, Any]], now: int) -> None:
        for role, values in found.items():
            for name, value in values.items():
                if not isinstance(value, UsedQubit):
                    self._numbers.setdefault((role, name), Tally()).add(float(value))
        self.rounds += 1
        self.spacing.add(to_s(now - self._last))
        self._last = now
        qubits = [one for each in found.values() for one in each.values() if isinstance(one, UsedQubit)]
        if self._target is None or not qubits:
            return
        first = qubits[0].group
        assert first is not None
        for qubit in qubits[1:]:
            assert qubit.group is not None
            first.join(qubit.group)
        self.fidelity.add(first.fidelity(self._target, qubits, now))


def _named(found: Any) -> dict[str, Any]:
    """What a program has returned, by name."""
    if found is None:
        return {}
    return (
        {str(name): value for name, value in found.items()}
        if isinstance(found, Mapping)
        else {"result": found}
    )


def _with_unit(name: str) -> tuple[str, str]:
    """A name and its unit: "1" where it has none."""
    words, bracket, unit = name.removesuffix("]").rpartition(" [")
    return (words, unit) if bracket and name.endswith("]") else (name, "1")
