"""The comparison with SeQUeNCe as measured where both could run, to print where SeQUeNCe is not installed."""

from __future__ import annotations

from typing import Final

#: With what the table was measured.
MEASURED_WITH: Final = (
    "`beside_sequence.py --slow` on 23 November 2026 with SeQUeNCe 1.3.1 and qsim 0.1.0, CPython 3.12.1, "
    "2 vCPU AMD EPYC under KVM, other work on the machine (load average 2.5)"
)
#: Columns as `beside_sequence.COLUMNS`.
TABLE: Final = [
    [
        "kernel, 1 pending",
        "0.462 (0.452–0.494)",
        "0.164 (0.16–0.165)",
        "2.82",
        "432,000 /s",
        "1,220,000 /s",
    ],
    [
        "kernel, 1,000 pending",
        "0.701 (0.656–0.745)",
        "0.231 (0.216–0.239)",
        "3.22",
        "284,000 /s",
        "861,000 /s",
    ],
    [
        "kernel, 100,000 pending",
        "1.45 (1.43–1.5)",
        "1.15 (1.1–1.35)",
        "1.3",
        "118,000 /s",
        "148,000 /s",
    ],
    [
        "one pair over 10 km, 1 s; photon detail",
        "2.58 (2.46–2.63)",
        "0.144 (0.141–0.17)",
        "17.4",
        "584 pairs, F 0.95000, 55,817 events",
        "568 pairs, F 0.95000, 61,235 events",
    ],
    [
        "one pair over 10 km, 1 s; attempt detail",
        "2.58 (2.46–2.63)",
        "0.00773 (0.00735–0.00779)",
        "334",
        "584 pairs, F 0.95000, 55,817 events",
        "529 pairs, F 0.95000, 1,162 events",
    ],
    [
        "chain, 1 repeater, 20 km, 1 s; photon detail",
        "1.79 (1.77–1.79)",
        "0.101 (0.0986–0.105)",
        "17.8",
        "184 pairs, F 0.98010, 39,137 events",
        "176 pairs, F 0.98010, 41,177 events",
    ],
    [
        "chain, 1 repeater, 20 km, 1 s; attempt detail",
        "1.79 (1.77–1.79)",
        "0.0102 (0.00968–0.0106)",
        "174",
        "184 pairs, F 0.98010, 39,137 events",
        "182 pairs, F 0.98010, 1,929 events",
    ],
    [
        "chain, 3 repeaters, 20 km, 1 s; photon detail",
        "3.02 (2.86–3.06)",
        "0.161 (0.16–0.167)",
        "18.3",
        "130 pairs, F 0.96060, 62,546 events",
        "129 pairs, F 0.96060, 67,989 events",
    ],
    [
        "chain, 3 repeaters, 20 km, 1 s; attempt detail",
        "3.02 (2.86–3.06)",
        "0.0161 (0.0159–0.0172)",
        "180",
        "130 pairs, F 0.96060, 62,546 events",
        "125 pairs, F 0.96060, 3,431 events",
    ],
    [
        "set-up of a 10 x 10 grid; the same configuration, converted",
        "0.853 (0.847–0.876)",
        "0.226 (0.212–0.227)",
        "3.88",
        "100 routers",
        "100 routers",
    ],
    [
        "set-up of a 10 x 10 grid; a scenario of its own",
        "0.853 (0.847–0.876)",
        "0.0586 (0.057–0.0594)",
        "14.8",
        "100 routers",
        "100 routers",
    ],
    [
        "set-up of a 20 x 20 grid; the same configuration, converted",
        "50.5",
        "4.92",
        "10.3",
        "400 routers",
        "400 routers",
    ],
    [
        "set-up of a 20 x 20 grid; a scenario of its own",
        "50.5",
        "0.233",
        "217",
        "400 routers",
        "400 routers",
    ],
]
