"""Sweeps: one scenario run many times, with other values and other seeds.

`qsim.scenario.sweep_section` says what varies, `plan` checks every point before anything runs, `pool` does
the runs, `store` keeps each one as a file, `study` leads them, and `front_door.sweep` is for users.
"""

from qsim.sweeps.front_door import sweep as sweep
