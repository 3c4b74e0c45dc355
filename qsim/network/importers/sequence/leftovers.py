"""Keys that no part of the conversion asks for, and what to say of them."""

from __future__ import annotations

import re
from typing import Any, Final

from qsim.network.importers.sequence.ledger import Ledger, below
from qsim.network.report import LossReport

_PARALLEL = ("parallel runs of older versions", "one process")
_DATA = ("data memories hold no entanglement of the network", "left out")
_LAN = ("graph states of a quantum LAN have no counterpart", "left out")
_KEY = ("weak-laser key distribution has no counterpart", "left out")

#: Keys without bearing on the simulated physics: why, and what was done.
_HARMLESS: Final = {
    "name": ("channels need no name", "left out"),
    "is_parallel": _PARALLEL,
    "process_num": _PARALLEL,
    "lookahead": _PARALLEL,
    "groups": _PARALLEL,
    "group": _PARALLEL,
    "async": _PARALLEL,
    "port": _PARALLEL,
    "ip": _PARALLEL,
    "truncation": ("it belongs to Fock states, which carry no network", "left out"),
    "seed": ("each entity draws from a stream of its own, seeded by its name", "run.seed 0"),
}
#: Keys that mean something to SeQUeNCe and have no counterpart.
_DROPPED: Final = {
    "DataMemoryArray": _DATA,
    "data_memo_size": _DATA,
    "LightSource": _KEY,
    "QSDetector": _KEY,
    "local_memories": _LAN,
    "client_number": _LAN,
    "measurement_bases": _LAN,
}


def report_leftovers(ledger: Ledger, report: LossReport, used: set[str]) -> None:
    """Report every value that is neither converted nor reported.

    Args:
        ledger: the account.
        report: where to.
        used: names of the templates that a node or a connection uses.
    """
    for path, value in ledger.left():
        _report(report, path, value, used)
        ledger.mark_told(path)


def _report(report: LossReport, path: str, value: Any, used: set[str]) -> None:
    used_here = any(_within(path, below("templates", name)) for name in used)
    if _within(path, "templates") and not used_here:
        report.harmless(path, value, "no node and no connection uses this template", "left out")
        return
    keys = re.split(r"[.\[\]]+", path)
    for key in keys:
        if key in _HARMLESS:
            report.harmless(path, value, *_HARMLESS[key])
            return
        if key in _DROPPED:
            report.dropped(path, value, *_DROPPED[key])
            return
    report.dropped(path, value, "SeQUeNCe's topologies do not read it where it stands", "left out")


def _within(path: str, container: str) -> bool:
    return path == container or path.startswith((f"{container}.", f"{container}["))
