"""``python -m tests.mutation [MODULE ...] [--sample N] [--seed S]``: which faults no test notices."""

from __future__ import annotations

import argparse
import importlib
import random
import sys
from pathlib import Path

from tests.mutation.faults import Fault, faults, faulty
from tests.mutation.modules import MODULES
from tests.mutation.trial import noticed

ROOT = Path(__file__).parents[2]
#: Loaded once, for all trials; nothing of ours, which each trial loads with its fault.
_SHARED = (
    "hypothesis",
    "numpy",
    "scipy.special",
    "networkx",
    "pydantic",
    "yaml",
    "pandas",
    "pyarrow",
    "joblib",
)
#: Share of the faults that the tests of a module must notice.
GOAL = 0.9


def survivors(name: str, sample: int | None, seed: int) -> tuple[int, list[Fault]]:
    """How many faults of a module were tried, and those that its tests let pass."""
    module, tests = MODULES[name]
    path = ROOT / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    if noticed(module, str(path), compile(source, str(path), "exec"), tests):
        raise SystemExit(f"{name}: its tests fail, or take too long, without any fault")
    tried = faults(source)
    if sample is not None and sample < len(tried):
        tried = sorted(random.Random(seed).sample(tried, sample), key=tried.index)
    passed = []
    for fault in tried:
        if not noticed(module, str(path), compile(faulty(source, fault), str(path), "exec"), tests):
            print(f"{path.relative_to(ROOT)}:{fault}", flush=True)  # noqa: T201
            passed.append(fault)
    return len(tried), passed


def main() -> int:
    """Try the modules asked for; 1 where too few faults are noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help=f"of {', '.join(MODULES)}; all by default"
    )
    parser.add_argument("--sample", type=int, help="faults of each module, drawn at random; all by default")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    chosen = parser.parse_args()
    unknown = set(chosen.modules) - set(MODULES)
    if unknown:
        parser.error(f"unknown module {min(unknown)!r} (known: {', '.join(MODULES)})")
    for name in _SHARED:
        importlib.import_module(name)
    few = False
    for name in chosen.modules or MODULES:
        tried, passed = survivors(name, chosen.sample, chosen.seed)
        share = 1 - len(passed) / tried
        few |= share < GOAL
        print(f"{name}: {tried - len(passed)} of {tried} noticed, {share:.0%}", flush=True)  # noqa: T201
    return int(few)


if __name__ == "__main__":
    sys.exit(main())
