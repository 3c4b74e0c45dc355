"""What finite shots and decaying memory qubits cost: a few minutes on two cores."""

import sys

from _script import parser, perform

from qml.experiments.noise import run_noise


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=5, metavar="N", help="series and models (5)")
    options.add_argument("--quick", action="store_true", help="a trial run whose scores mean nothing")
    return perform(run_noise, vars(options.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
