"""Digests of results and traces, over the exact bits of every value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from numbers import Integral, Real
from typing import Any

import numpy as np

import qsim
from qsim.model.rows import columns as described

#: What is known of a run: an entry a table, as the number of rows and a digest a column.
Record = dict[str, Any]

TABLES = ("flows", "unfinished", "hops", "links", "memories", "metrics", "pairs", "stalls")
#: Columns that only runs with faults fill, and none of these has any; the fingerprint has them where it is.
_OF_FAULTS = frozenset({"fault", "hit_by", "down_s"})
#: The columns that `run.error_rates` fills.
_OF_KEYS = frozenset({"error_z", "error_x", "key_fraction", "key_rate_hz"})
#: Enough to notice an accident; a few thousand of them still make a file of readable size.
_COLUMN_BYTES, _BYTES = 4, 12


def exact(value: object) -> str:
    """A value as text that differs whenever the value does, to the last bit and in its type.

    Numbers of NumPy count as those of Python.
    """
    match value:
        case None:
            return "none"
        case bool() | np.bool_():
            return f"b{bool(value):d}"
        case Integral():
            return f"i{int(value)}"
        case Real():
            return f"f{float(value).hex()}"
        case str():
            return json.dumps(str(value))
        case Mapping():
            return "{" + ",".join(f"{exact(key)}:{exact(item)}" for key, item in value.items()) + "}"
        case Sequence():
            return "[" + ",".join(map(exact, value)) + "]"
    raise TypeError(f"no exact text for a {type(value).__name__}: {value!r}")


def digest(values: Iterable[object], size: int = _BYTES) -> str:
    """A few hexadecimal characters that stand for values in their order."""
    made = hashlib.blake2b(digest_size=size)
    for value in values:
        made.update(exact(value).encode() + b"\n")
    return made.hexdigest()


@cache
def columns(table: str) -> tuple[str, ...]:
    """The columns of a table of a result, in order, that any of these runs fills."""
    network = qsim.Network(memory={"count": 1}).add_nodes("a", "b").add_link("a", "b", "1 km")
    return tuple(
        name for name in network.run("1 us").frame(table).columns if name not in _OF_FAULTS | _OF_KEYS
    )


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


class TraceDigest:
    """A trace sink that digests the whole trace, and the times of its events on their own.

    New names for events or their fields change the first alone.
    """

    def __init__(self) -> None:
        self.events = 0
        self._whole = hashlib.blake2b(digest_size=_BYTES)
        self._times = hashlib.blake2b(digest_size=_BYTES)

    def emit(self, time_ps: int, event: str, entity: str, **fields: Any) -> None:
        self.events += 1
        self._times.update(b"%d\n" % time_ps)
        text = repr((time_ps, event, entity, *fields.items()))
        if "np." in text:
            text = repr((time_ps, event, entity, *((key, _plain(value)) for key, value in fields.items())))
        self._whole.update(text.encode() + b"\n")

    def close(self) -> None:
        pass

    def record(self) -> Record:
        """Both digests and the number of events."""
        times = f"{self.events} {self._times.hexdigest()}"
        return {"trace": self._whole.hexdigest(), "trace times": times}


def record(result: qsim.Result) -> Record:
    """What is kept of a result; empty tables are left out."""
    figures = (result.simulated_s, result.completed, result.rejected, result.interrupted)
    made: Record = {
        "fingerprint": result.fingerprint,
        "events": result.events,
        "figures": digest(figures),
    }
    if result.notes:
        made["notes"] = digest(result.notes)
    for table in TABLES:
        rows = result.table(table)
        if rows:
            made[table] = " ".join(
                [str(len(rows)), *(digest(cell, _COLUMN_BYTES) for cell in _cells(table, rows))]
            )
    return made


def _cells(table: str, rows: Sequence[Any]) -> Iterator[list[Any]]:
    """The columns of rows, without those that were added later and say nothing of them."""
    added = {column.name for column in described(table) if column.added}
    for name in columns(table):
        cells = [getattr(row, name) for row in rows]
        if name not in added or any(cell is not None for cell in cells):
            yield cells


def observed(scenario: qsim.Scenario, *, twice: bool = True) -> Record:
    """Run a scenario with a trace, and again without (`twice`): who listens must change nothing."""
    trace = TraceDigest()
    made = {**record(scenario.run(trace=trace)), **trace.record()}
    if not twice:
        return made
    silent = record(scenario.run())
    if any(made[key] != value for key, value in silent.items()):
        made["without trace"] = silent
    return made
