"""Which modules are tried, and which tests hold each; the quick ones first."""

from __future__ import annotations

#: By a short name: the module, and its tests.
MODULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "kernel": (
        "qsim.kernel.simulator",
        ("tests/kernel/test_simulator.py", "tests/kernel/test_handle.py", "tests/kernel/test_stop.py",
         "tests/kernel/test_any_of.py", "tests/kernel/test_process.py"),
    ),
    "states": (
        "qsim.quantum.bell_diagonal",
        ("tests/quantum/test_states.py", "tests/quantum/test_quarter_turns.py",
         "tests/quantum/test_measured_half.py", "tests/quantum/test_purification.py",
         "tests/quantum/test_swapping.py", "tests/quantum/test_decay.py"),
    ),
    "swapping": (
        "protocols.entanglement.swapping",
        ("tests/protocols/entanglement/test_swapped_pairs.py",
         "tests/protocols/entanglement/test_swapping.py", "tests/protocols/entanglement/test_policies.py",
         "tests/protocols/entanglement/test_retrieval.py", "tests/protocols/test_formalisms.py"),
    ),
    "tracking": ("protocols.entanglement.tracking", ("tests/protocols/entanglement/test_tracking.py",)),
    "purification": (
        "protocols.entanglement.purification",
        ("tests/protocols/entanglement/test_outcomes.py",
         "tests/protocols/entanglement/test_purification.py", "tests/protocols/entanglement/test_rounds.py"),
    ),
    "calendar": ("protocols.network.calendar", ("tests/protocols/network/test_calendar.py",)),
    "reservation": (
        "protocols.network.reservation",
        ("tests/protocols/network/test_reservation.py", "tests/protocols/node/test_transfer.py"),
    ),
    "ridge": ("qml.readouts.ridge", ("tests/qml/readouts/test_ridge.py",)),
    "spectrum": ("qml.readouts.spectrum", ("tests/qml/readouts/test_ridge.py",)),
    "units": ("qsim.units", ("tests/test_units.py",)),
    "store": (
        "qsim.sweeps.store",
        ("tests/sweeps/test_store.py", "tests/sweeps/test_study.py", "tests/sweeps/test_strangers.py"),
    ),
}  # fmt: skip
