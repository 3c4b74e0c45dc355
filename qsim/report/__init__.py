"""A result as one page: a single HTML file that opens from disk and asks nothing of the network.

Example:
    >>> from qsim.report import write_report
    >>> write_report("out/metro", "metro.html")  # doctest: +SKIP
"""

from qsim.report.write import write_report as write_report
