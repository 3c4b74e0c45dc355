"""Quantum reservoirs, their trained twins and classical ones on five tasks, as in arXiv:2211.02612."""

import sys

from _script import parser, perform

from qml.experiments.paper import run_paper

QUICK = {"seeds": 2, "trained_seeds": 2, "tasks": ("damped-shm",), "epochs": 15}


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--scaling", default="authors", help="authors (default), or train: no leak")
    options.add_argument("--init", default="normal", help="spread of angles: normal (default) or uniform")
    options.add_argument("--quick", action="store_true", help="a trial run: one task, two seeds, 15 epochs")
    given = vars(options.parse_args())
    return perform(run_paper, {**(QUICK if given.pop("quick") else {}), **given})


if __name__ == "__main__":
    sys.exit(main())
