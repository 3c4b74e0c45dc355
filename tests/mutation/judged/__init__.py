"""Faults that no test notices, looked at one by one: they cannot be noticed, or need not be.

They are not tried again. Those that wanted a test have one by now and are not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.mutation.faults import Fault
from tests.mutation.judged.hardware import HARDWARE
from tests.mutation.judged.protocols import PROTOCOLS
from tests.mutation.judged.qsim_and_qml import QSIM_AND_QML
from tests.mutation.judged.verdict import Judged

JUDGED = (*QSIM_AND_QML, *HARDWARE, *PROTOCOLS)


def sentenced(name: str, source: str, drawn: Sequence[Fault]) -> dict[Fault, Judged]:
    """Those of all faults of a module that are listed here."""
    lines = source.splitlines()
    listed = {(one.line, one.fault, one.nth): one for one in JUDGED if one.module == name}
    seen: Counter[tuple[int, str]] = Counter()
    found = {}
    for fault in drawn:
        text = fault.text
        key = lines[fault.line - 1].strip(), text, seen[fault.line, text]
        seen[fault.line, text] += 1
        if key in listed:
            found[fault] = listed[key]
    return found
