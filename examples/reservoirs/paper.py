"""Quantum reservoirs, their trained twins and classical ones on five tasks, as in arXiv:2211.02612."""

import argparse
import sys
from pathlib import Path

from qml.experiments.paper import run_paper
from qsim.errors import QsimError

QUICK = {"seeds": 2, "trained_seeds": 2, "tasks": ("damped-shm",), "epochs": 15}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of tables and figures")
    parser.add_argument(
        "--scaling", default="authors", help="authors (default), or train, which leaks nothing"
    )
    parser.add_argument(
        "--init", default="normal", help="how circuits are drawn: normal (default) or uniform"
    )
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    parser.add_argument("--quick", action="store_true", help="a trial run: one task, two seeds, 15 epochs")
    given = vars(parser.parse_args())
    options = QUICK if given.pop("quick") else {}

    def progress(done: int, total: int, what: str) -> None:
        print(f"{done} of {total}: {what}", file=sys.stderr)

    try:
        result = run_paper(**options, **given, progress=progress)
    except QsimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "interrupted" + ("; the same command goes on from here" if given["out"] else ""), file=sys.stderr
        )
        return 130
    print(result.text(), "", *(f"wrote {path}" for path in result.files), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
