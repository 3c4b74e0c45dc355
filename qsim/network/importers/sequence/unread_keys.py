"""Keeps account of every key of a configuration: read, reported, or left over.

`Section` is how the converter reads a mapping: each read marks the key. When the conversion is done,
`KeyTracker.close` reports whatever nobody has touched, so no key can be lost in silence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final

from qsim.errors import NetworkError
from qsim.network.loss_report import LossReport

_PARALLEL = ("parallel runs of older versions", "one process")
_DATA = ("data memories hold no entanglement of the network", "left out")
_LAN = ("graph states of a quantum LAN have no counterpart", "left out")
_KEY = ("only the nodes of key distribution send weak pulses", "left out")

#: Keys without bearing on the simulated physics: why, and what was done.
_HARMLESS: Final = {
    "name": ("channels need no name", "left out"),
    "is_parallel": _PARALLEL,
    "process_num": _PARALLEL,
    "lookahead": _PARALLEL,
    "groups": _PARALLEL,
    "group": _PARALLEL,
    "async": _PARALLEL,
    "port": _PARALLEL,
    "ip": _PARALLEL,
    "truncation": ("it belongs to Fock states, which carry no network", "left out"),
    "seed": ("each entity draws from a stream of its own, seeded by its name", "run.seed 0"),
    "other_nodes": ("the channels say which nodes an analyser joins", "left out"),
}
#: Keys that mean something to SeQUeNCe and have no counterpart.
_DROPPED: Final = {
    "DataMemoryArray": _DATA,
    "data_memo_size": _DATA,
    "LightSource": _KEY,
    "QSDetector": _KEY,
    "local_memories": _LAN,
    "client_number": _LAN,
    "measurement_bases": _LAN,
}


def report_unread(keys: KeyTracker, report: LossReport, used: set[str]) -> None:
    """Report every value that is neither converted nor reported.

    Args:
        keys: the account.
        report: where to.
        used: names of the templates that a node or a connection uses.
    """
    for path, value in keys.left():
        _report(report, path, value, used)
        keys.mark_told(path)


def _report(report: LossReport, path: str, value: Any, used: set[str]) -> None:
    used_here = any(_within(path, below("templates", name)) for name in used)
    if _within(path, "templates") and not used_here:
        report.harmless(path, value, "no node and no connection uses this template", "left out")
        return
    keys = re.split(r"[.\[\]]+", path)
    for key in keys:
        if key in _HARMLESS:
            report.harmless(path, value, *_HARMLESS[key])
            return
        if key in _DROPPED:
            report.dropped(path, value, *_DROPPED[key])
            return
    report.dropped(path, value, "SeQUeNCe's topologies do not read it where it stands", "left out")


def _within(path: str, container: str) -> bool:
    return path == container or path.startswith((f"{container}.", f"{container}["))


class KeyTracker:
    """The account of one configuration.

    Attributes:
        document: the configuration.
        report: where losses are noted.
    """

    def __init__(self, document: Mapping[str, Any], report: LossReport) -> None:
        self.document = document
        self.report = report
        self._leaves = dict(leaves(document))
        self._sorted = sorted(self._leaves)
        self._read: set[str] = set()
        self._told: set[str] = set()

    def top(self) -> Section:
        """The configuration as a whole."""
        return Section(self, self.document, "")

    def mark_read(self, path: str) -> None:
        """Note that a value, with all below it, is carried by the new document."""
        self._read.update(self._below(path))

    def mark_told(self, path: str) -> bool:
        """Note that a value, with all below it, is in the report; False when it already is."""
        below = set(self._below(path)) or {path}
        fresh = not below <= self._told
        self._told |= below
        return fresh

    def forget(self, path: str) -> None:
        """Note that a value, with all below it, is not carried by the new document after all."""
        self._read.difference_update(self._below(path))

    def left(self) -> Iterator[tuple[str, Any]]:
        """The values that are neither read nor reported, in order."""
        for path, value in self._leaves.items():
            if path not in self._read and path not in self._told:
                yield path, value

    def converted(self) -> tuple[str, ...]:
        """The values that the new document carries, in order."""
        return tuple(path for path in self._leaves if path in self._read)

    def _below(self, path: str) -> Iterator[str]:
        """The leaf at a path, or the leaves below it."""
        if path in self._leaves:
            yield path
            return
        for opening in (f"{path}.", f"{path}["):
            for index in range(bisect_left(self._sorted, opening), len(self._sorted)):
                if not self._sorted[index].startswith(opening):
                    break
                yield self._sorted[index]


class Section:
    """One mapping of a configuration, read key by key.

    Attributes:
        path: where it is.
    """

    def __init__(self, keys: KeyTracker, values: Mapping[str, Any], path: str) -> None:
        self.keys = keys
        self.path = path
        self._values = values

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def same_as(self, other: Section) -> bool:
        """Whether another section holds the same values."""
        return self._values == other._values

    def at(self, key: str) -> str:
        """Where a key of this section is."""
        return below(self.path, key)

    def first_of(self, *keys: str) -> str:
        """The first of some names of one thing that is there; the very first if none is."""
        return next((key for key in keys if key in self._values), keys[0])

    def peek(self, key: str) -> Any:
        """A value, without marking it."""
        return self._values.get(key)

    def number(self, key: str, default: float, *, least: float | None = None) -> float:
        """A finite number.

        Raises:
            NetworkError: the value is none, or below `least`.
        """
        value: Any = self._values.get(key)
        if value is None:
            return default
        if not is_number(value):
            raise self.fault(key, "a number")
        if least is not None and value < least:
            raise self.fault(key, f"a number of at least {least:g}")
        self.keys.mark_read(self.at(key))
        number: float = value
        return number

    def text(self, key: str, default: str | None = None) -> str:
        """A text.

        Raises:
            NetworkError: the value is none, or missing while there is no default.
        """
        value = self._values.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.fault(key, "text")
        self.keys.mark_read(self.at(key))
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false.

        Raises:
            NetworkError: the value is neither.
        """
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(key, "true or false")
        self.keys.mark_read(self.at(key))
        return value

    def section(self, key: str) -> Section | None:
        """A mapping below; None when there is none.

        Raises:
            NetworkError: the value is no mapping.
        """
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.fault(key, "a mapping")
        self._empty(key, value)
        return Section(self.keys, value, self.at(key))

    def sections(self, key: str) -> list[Section]:
        """A list of mappings below; empty when there is none.

        Raises:
            NetworkError: the value is no list of mappings.
        """
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.fault(key, "a list of mappings")
        self._empty(key, value)
        for index, item in enumerate(value):
            if not item:
                self.keys.mark_read(f"{self.at(key)}[{index}]")
        return [Section(self.keys, item, f"{self.at(key)}[{index}]") for index, item in enumerate(value)]

    def whole_table(self, key: str) -> Any:
        """A value of any shape, marked with all below it."""
        self.keys.mark_read(self.at(key))
        return self._values.get(key)

    def dropped(self, key: str, why: str, instead: str) -> None:
        """Report a value that the scenario does without."""
        self.keys.forget(self.at(key))
        if self.keys.mark_told(self.at(key)):
            self.keys.report.dropped(self.at(key), self._values.get(key), why, instead)

    def dropped_whole(self, why: str, instead: str) -> None:
        """Report that the scenario does without all of this section."""
        self.keys.forget(self.path)
        if self.keys.mark_told(self.path):
            self.keys.report.dropped(self.path, dict(self._values), why, instead)

    def changed(self, key: str, why: str, instead: str) -> None:
        """Report a value that the scenario only comes near to."""
        if self.keys.mark_told(self.at(key)):
            self.keys.report.changed(self.at(key), self._values.get(key), why, instead)

    def harmless(self, key: str, why: str, instead: str) -> None:
        """Report a value without bearing on the simulated physics."""
        if self.keys.mark_told(self.at(key)):
            self.keys.report.harmless(self.at(key), self._values.get(key), why, instead)

    def remark(self, key: str, why: str) -> None:
        """Report a value that is taken, and that SeQUeNCe would not take."""
        if self.keys.mark_told(self.at(key)):
            self.keys.report.remark(self.at(key), self._values.get(key), why)

    def fault(self, key: str, wanted: str) -> NetworkError:
        """The error of a value that is not what it must be."""
        value = self._values.get(key)
        got = "nothing" if value is None else _brief(value)
        return NetworkError(f"{self.keys.report.source}: {self.at(key)}: expected {wanted}, got {got}")

    def _empty(self, key: str, value: Mapping[str, Any] | list[Any]) -> None:
        if not value:
            self.keys.mark_read(self.at(key))


def _brief(value: object) -> str:
    """A value in an error, however large it is."""
    if isinstance(value, int) and abs(value) >= 10**40:
        return "a number of more than 40 digits"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def is_number(value: object) -> bool:
    """Whether a value is a number that arithmetic in double precision can take."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value) if isinstance(value, float) else abs(value) < 10**300


def below(path: str, key: str) -> str:
    """The path of a key of the mapping at a path; keys that would read as several steps stand in brackets.

    Example:
        >>> below("templates", "fast"), below("templates", "v1.2")
        ('templates.fast', 'templates["v1.2"]')
    """
    if not key or any(sign in key for sign in ".[]"):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar and every empty container of a document, with its path.

    Example:
        >>> list(leaves({"nodes": [{"name": "a"}], "templates": {}}))
        [('nodes[0].name', 'a'), ('templates', {})]
    """
    if isinstance(value, Mapping) and value:
        for key, entry in value.items():
            yield from leaves(entry, below(path, str(key)))
    elif isinstance(value, list) and value:
        for index, entry in enumerate(value):
            yield from leaves(entry, f"{path}[{index}]")
    else:
        yield path, value
