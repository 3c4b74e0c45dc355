"""``python -m tests.mutation [MODULE ...] [--sample N] [--seed S]``: which faults no test notices."""

from __future__ import annotations

import argparse
import ast
import random
import sys
from pathlib import Path
from typing import NamedTuple

from tests.mutation.faults import faults, faulty, function_at
from tests.mutation.judged import sentenced
from tests.mutation.known import KNOWN
from tests.mutation.modules import MODULES
from tests.mutation.trial import load, noticed, sound

ROOT = Path(__file__).parents[2]
#: Share of the faults that the tests of a module must notice.
GOAL = 0.9


class Trial(NamedTuple):
    """One fault to be tried: in words, at which line, and the source with it."""

    words: str
    line: int
    tree: ast.Module


def trials(source: str, name: str, sample: int | None, seed: int) -> tuple[list[Trial], list[Trial]]:
    """What is tried of a module: the known faults, and those that are drawn."""
    every = faults(source)
    spared = sentenced(name, source, every)
    drawn = [fault for fault in every if fault not in spared]
    if sample is not None and sample < len(drawn):
        drawn = sorted(random.Random(seed).sample(drawn, sample), key=drawn.index)
    known = [
        Trial(str(fault), fault.line(source), ast.parse(fault.put_into(source)))
        for fault in KNOWN
        if fault.module == name
    ]
    return known, [Trial(str(fault), fault.line, faulty(source, fault)) for fault in drawn]


def enough(name: str, sample: int | None, seed: int) -> bool:
    """Try a module, and print what its tests let pass; whether they notice enough, and all known faults."""
    module, tests = MODULES[name]
    path = ROOT / f"{module.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    load(tests)
    run = sound(str(path), tests)
    if run is None:
        raise SystemExit(f"{name}: its tests fail, or take too long, without any fault")
    passed = []
    for chosen in trials(source, name, sample, seed):
        passed.append(0)
        for words, line, tree in chosen:
            code = compile(tree, str(path), "exec")
            if not noticed(module, str(path), code, tests, run, function_at(source, line)):
                print(f"{path.relative_to(ROOT)}:{words}", flush=True)  # noqa: T201
                passed[-1] += 1
    known, drawn = passed
    number = len(chosen)
    share = 1 - drawn / number
    print(f"{name}: {number - drawn} of {number} noticed, {share:.0%}", flush=True)  # noqa: T201
    return share >= GOAL and not known


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
    done = [enough(name, chosen.sample, chosen.seed) for name in chosen.modules or MODULES]
    return int(not all(done))


if __name__ == "__main__":
    sys.exit(main())
