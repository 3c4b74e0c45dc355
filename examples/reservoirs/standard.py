"""Quantum reservoirs and their baselines on the standard tasks: a few minutes on two cores."""

import sys

from _script import parser, perform

from qml.experiments.standard import run_standard


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=10, metavar="N", help="series and models (10)")
    options.add_argument("--quick", action="store_true", help="a trial run whose scores mean nothing")
    return perform(run_standard, vars(options.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
