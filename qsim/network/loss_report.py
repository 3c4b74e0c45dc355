"""What an import keeps and what it loses.

An importer turns somebody else's description of a network into a scenario document. Whatever it cannot
express is listed here with its place, its value, the reason, and what was done instead, so that nothing is
lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What an entry of a report means for the simulation."""

    #: The scenario does without it.
    DROPPED = "dropped"
    #: The scenario has something near it.
    CHANGED = "changed"
    #: The source does not say; a value was put in.
    ASSUMED = "assumed"
    #: It is taken as it stands, and is hardly what was meant.
    REMARK = "remark"
    #: It has no bearing on the simulated physics.
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class LossEntry:
    """One thing that was not taken over as it stands.

    Attributes:
        path: where it is in the source, such as ``nodes[2].seed``.
        value: what the source says there; None when it says nothing.
        why: why it cannot be taken over.
        instead: what was done instead.
        effect: what that means for the simulation.
    """

    path: str
    value: Any
    why: str
    instead: str
    effect: Effect

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain data."""
        return asdict(self) | {"effect": self.effect.value}


@dataclass(slots=True)
class LossReport:
    """Everything that an import did not take over as it stands, in the order met.

    Attributes:
        source: the file or object that was read.
        entries: one `LossEntry` a finding.
    """

    source: str
    entries: list[LossEntry] = field(default_factory=list)

    def __iter__(self) -> Iterator[LossEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def losses(self) -> tuple[LossEntry, ...]:
        """The entries by which the scenario differs from the source."""
        return tuple(entry for entry in self.entries if entry.effect in (Effect.DROPPED, Effect.CHANGED))

    def dropped(self, path: str, value: Any, why: str, instead: str) -> None:
        """Note something that the scenario does without."""
        self.entries.append(LossEntry(path, value, why, instead, Effect.DROPPED))

    def changed(self, path: str, value: Any, why: str, instead: str) -> None:
        """Note something that the scenario only comes near to."""
        self.entries.append(LossEntry(path, value, why, instead, Effect.CHANGED))

    def assumed(self, path: str, why: str, instead: str) -> None:
        """Note a value that the source does not give."""
        self.entries.append(LossEntry(path, None, why, instead, Effect.ASSUMED))

    def harmless(self, path: str, value: Any, why: str, instead: str) -> None:
        """Note something without bearing on the simulated physics."""
        self.entries.append(LossEntry(path, value, why, instead, Effect.HARMLESS))

    def remark(self, path: str, value: Any, why: str, instead: str = "taken as it stands") -> None:
        """Note a value that is taken, and is hardly what was meant."""
        self.entries.append(LossEntry(path, value, why, instead, Effect.REMARK))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        return {
            "source": self.source,
            "lost": len(self.losses),
            "entries": [entry.to_dict() for entry in self.entries],
        }

    def text(self) -> str:
        """The report for a reader: like entries in one line, the losses first.

        Example:
            >>> report = LossReport("old.json")
            >>> report.harmless("nodes[0].seed", 0, "streams are seeded by name", "one root seed")
            >>> report.harmless("nodes[1].seed", 1, "streams are seeded by name", "one root seed")
            >>> print(report.text())
            harmless: nodes[0].seed = 0 and 1 more: streams are seeded by name; one root seed
        """
        groups: dict[tuple[Effect, str, str], list[LossEntry]] = {}
        for effect in Effect:
            for entry in self.entries:
                if entry.effect is effect:
                    groups.setdefault((effect, entry.why, entry.instead), []).append(entry)
        return "\n".join(_line(*key, entries) for key, entries in groups.items())


@dataclass(frozen=True, slots=True)
class Conversion:
    """A scenario document made from something else.

    Attributes:
        document: the document, ready for `qsim.scenario.from_document` and `qsim.scenario.to_yaml`.
        report: what was not taken over as it stands.
        converted: the places of the source whose values the document carries.
    """

    document: dict[str, Any]
    report: LossReport
    converted: tuple[str, ...] = ()


def _line(effect: Effect, why: str, instead: str, entries: list[LossEntry]) -> str:
    first = entries[0]
    where = first.path if first.value is None else f"{first.path} = {_shown(first.value)}"
    more = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
    return f"{effect}: {where}{more}: {why}; {instead}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
