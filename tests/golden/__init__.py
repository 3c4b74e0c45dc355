"""Golden runs: many small simulations whose results are kept, to be reproduced bit for bit.

A statistical test lets a change of physics pass that is smaller than its error bars; these runs do not. They
hold no truth: a change that is meant renews them (``python -m tests.golden --renew``) and says why in its
commit. They start from the combinations of what a link and a protocol can be, and go on to single networks,
scripts, imports and the examples.

Only public names of qsim appear here, so that moving code about leaves this package as it is.
"""
