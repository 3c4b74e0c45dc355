"""What finite shots and decaying memory qubits cost: a few minutes on two cores."""

import argparse
import sys
from pathlib import Path

from qml.experiments.noise import run_noise
from qsim.errors import QsimError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of tables and figures")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="series and models (5)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    parser.add_argument("--quick", action="store_true", help="a trial run whose scores mean nothing")
    given = parser.parse_args()

    def progress(done: int, total: int, what: str) -> None:
        print(f"{done} of {total}: {what}", file=sys.stderr)

    try:
        report = run_noise(**vars(given), progress=progress)
    except QsimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted" + ("; the same command goes on from here" if given.out else ""), file=sys.stderr)
        return 130
    print(report.text(), "", *(f"wrote {path}" for path in report.files), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
