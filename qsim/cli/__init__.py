"""The command line: ``qsim run | sweep | report | check | convert | trace | schema | doctor``.

One module a command. Data goes to standard output, remarks and progress to standard error. Exit codes: 0 all
is well, 1 the run failed, 2 wrong usage or an invalid scenario, 130 interrupted.
"""

from qsim.cli.app import main as main
