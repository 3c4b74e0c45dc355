"""``python -m tests.golden``: compare the golden runs with what is kept, or renew what is kept.

    python -m tests.golden                      compare all; exit code 1 when one differs
    python -m tests.golden --check NAME         compare those whose name has NAME in it, with both values
    python -m tests.golden --renew              write what the program does now, and print what that changes

A commit that renews a run says why the run has changed.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden import combinations, examples, networks, scripts
from tests.golden.digests import TABLES, Record, columns

KEPT = Path(__file__).with_name("golden.json")


def all_cases() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every case: its name, and what gives its record, its records by name, or None if it is refused."""
    for module in (combinations, networks, scripts, examples):
        yield from module.cases()


def runs(wanted: str = "") -> dict[str, Record]:
    """The records of all cases with `wanted` in their names, by name."""
    made: dict[str, Record] = {}
    for name, run in all_cases():
        if wanted not in name:
            continue
        found = run()
        if found is None:
            continue
        parts = {"": found} if "fingerprint" in found else found
        for part, record in parts.items():
            full = f"{name}, {part}" if part else name
            assert full not in made, f"two golden runs are called {full}"
            made[full] = record
    return made


def versions() -> dict[str, str]:
    """What the last bits of a number may hang on besides the program."""
    return {"numpy": np.__version__, "python": platform.python_version(), "machine": platform.machine()}


def differences(kept: Record | None, now: Record | None) -> Iterator[tuple[str, Any, Any]]:
    """What differs in one run: what it is, and both values."""
    if kept is None or now is None:
        yield ("is new" if kept is None else "is gone"), None, None
        return
    for key in sorted(kept.keys() | now.keys()):
        before, after = kept.get(key), now.get(key)
        if before == after:
            continue
        yield (f"{key}{_cells(key, before, after)}" if key in TABLES else key), before, after


def _cells(table: str, before: str | None, after: str | None) -> str:
    """Which columns of a table differ, if both have its rows."""
    first, second = (text.split() if text else ["0"] for text in (before, after))
    if first[0] != second[0]:
        return f" ({first[0]} rows were kept, {second[0]} are there)"
    if len(first) != len(second):
        return " (it has other columns)"
    # Columns that were added later come last, and may be left out.
    names = [name for name, a, b in zip(columns(table), first[1:], second[1:], strict=False) if a != b]
    return f" ({', '.join(names)})"


def compare(kept: dict[str, Any], now: dict[str, Record], *, values: bool = False) -> list[str]:
    """A line for each run that differs, with both values below it if asked."""
    lines = [
        f"columns of {table}: {' '.join(kept['columns'].get(table, ()))}; now {' '.join(columns(table))}"
        for table in TABLES
        if kept["columns"].get(table) != list(columns(table))
    ]
    for name in dict.fromkeys([*kept["runs"], *now]):
        found = list(differences(kept["runs"].get(name), now.get(name)))
        if found:
            lines.append(f"{name}: {', '.join(what for what, *_ in found)}")
        if values:
            lines += [f"   {what}\n      kept {a}\n      now  {b}" for what, a, b in found]
    return lines


def read() -> dict[str, Any]:
    """What is kept."""
    if not KEPT.exists():
        return {"versions": {}, "columns": {}, "runs": {}}
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return kept


def write(now: dict[str, Record]) -> None:
    """Keep these runs, a line each, so that a change shows which of them it touches."""
    tables = {table: list(columns(table)) for table in TABLES}
    head = f'"versions": {json.dumps(versions())},\n"columns": {json.dumps(tables)},\n"runs": '
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(now[name], sort_keys=True)}" for name in sorted(now))
    KEPT.write_text(f"{{\n{head}{{\n{lines}\n}}\n}}\n", encoding="utf-8")


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__.partition("\n")[0])
    options.add_argument("--renew", action="store_true", help="write what the program does now")
    options.add_argument("--check", metavar="NAME", default="", help="only these, with both values")
    given = options.parse_args()
    if given.renew and given.check:
        options.error("all runs are renewed together: leave out --check")
    kept, now = read(), runs(given.check)
    kept["runs"] = {name: run for name, run in kept["runs"].items() if given.check in name}
    lines = compare(kept, now, values=bool(given.check))
    for what, version in versions().items():
        if version != kept["versions"].get(what, version):
            lines.append(f"{what} is {version}; what is kept was made with {kept['versions'][what]}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if given.renew:
        write(now)
        sys.stdout.write(
            f"{len(now)} runs are kept in {KEPT.name}; say in the commit why a run has changed\n"
        )
        return 0
    differing = any(kept["runs"].get(name) != now.get(name) for name in kept["runs"].keys() | now)
    sys.stdout.write(f"{len(now)} runs, {'some differ' if differing else 'all as they were'}\n")
    return int(differing)


if __name__ == "__main__":
    sys.exit(main())
