"""Which modules are tried, and which tests hold each; the quick ones first."""

from __future__ import annotations

#: What holds a kind to have its contract.
_CONTRACTS = "tests/test_contracts.py::test_every_kind_has_a_contract_and_its_page"
#: What holds the time that a node needs before light can cross it.
_SWITCHES = (
    "tests/protocols/network/test_node_kinds.py"
    "::test_flows_through_a_switch_begin_late_and_take_a_station_each"
)

#: By a short name: the module, and its tests: files, or single tests of files that hold much else.
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
        ("tests/protocols/entanglement/test_order_of_choice.py",
         "tests/protocols/entanglement/test_swapped_pairs.py",
         "tests/protocols/entanglement/test_swapping.py", "tests/protocols/entanglement/test_policies.py",
         "tests/protocols/entanglement/test_retrieval.py", "tests/protocols/test_formalisms.py",
         _CONTRACTS),
    ),
    "swap_operation": (
        "protocols.entanglement.swap_operation",
        ("tests/protocols/entanglement/test_swapped_pairs.py",
         "tests/protocols/entanglement/test_swapping.py", "tests/protocols/entanglement/test_policies.py",
         "tests/protocols/entanglement/test_retrieval.py",
         "tests/protocols/entanglement/test_processors.py", "tests/protocols/test_formalisms.py"),
    ),
    "tracking": (
        "protocols.entanglement.tracking",
        ("tests/protocols/entanglement/test_tracking.py",
         "tests/protocols/entanglement/test_crossing_swaps.py"),
    ),
    "purification": (
        "protocols.entanglement.purification",
        ("tests/protocols/entanglement/test_outcomes.py", "tests/protocols/entanglement/test_purifier.py",
         "tests/protocols/entanglement/test_purification.py", "tests/protocols/entanglement/test_rounds.py",
         "tests/protocols/entanglement/test_policies.py", _CONTRACTS),
    ),
    "calendar": (
        "protocols.network.calendar",
        ("tests/protocols/network/test_calendar.py", "tests/protocols/network/test_limit.py"),
    ),
    "limit": ("protocols.network.limit", ("tests/protocols/network/test_limit.py",)),
    "reservation": (
        "protocols.network.reservation",
        ("tests/protocols/network/test_reservation.py", "tests/protocols/node/test_transfer.py", _SWITCHES,
         "tests/protocols/network/test_link_state.py", "tests/protocols/faults/test_effects.py",
         "tests/protocols/faults/test_hits.py", "tests/protocols/faults/test_made_again.py",
         "tests/protocols/faults/test_recovery.py", "tests/protocols/faults/test_windows_to_come.py",
         "tests/protocols/faults/test_unanswered.py", "tests/protocols/faults/test_fault_of_a_flow.py",
         "tests/protocols/resource/test_allocation.py"),
    ),
    "ridge": ("qml.readouts.ridge", ("tests/qml/readouts/test_ridge.py",)),
    "spectrum": ("qml.readouts.spectrum", ("tests/qml/readouts/test_ridge.py",)),
    "units": ("qsim.units", ("tests/test_units.py",)),
    "store": (
        "qsim.sweeps.store",
        ("tests/sweeps/test_store.py", "tests/sweeps/test_study.py", "tests/sweeps/test_strangers.py"),
    ),
    "light": (
        "qsim.quantum.light.fock_light",
        ("tests/quantum/test_states_of_light.py", "tests/quantum/test_continuous_variables.py"),
    ),
    "gaussian_light": (
        "qsim.quantum.light.gaussian_light",
        ("tests/quantum/test_states_of_light.py", "tests/quantum/test_continuous_variables.py"),
    ),
    "detector": (
        "hardware.detector",
        ("tests/hardware/test_detector.py", "tests/hardware/test_extreme_values.py", _CONTRACTS),
    ),
    "weak_pulse_bb84": (
        "hardware.optics.weak_pulse_bb84",
        ("tests/hardware/optics/test_weak_pulse_bb84.py", "tests/hardware/optics/test_key_sources.py"),
    ),
    "finite_key": ("qsim.analytic.finite_key", ("tests/analytic/test_finite_key.py",)),
    "cascade": ("protocols.qkd.cascade", ("tests/protocols/qkd/test_cascade.py",)),
    "security": (
        "protocols.qkd.security",
        ("tests/protocols/qkd/test_security.py", "tests/protocols/qkd/test_pulse_keys.py",
         "tests/protocols/qkd/test_pair_keys.py"),
    ),
    "distillation": (
        "protocols.qkd.distillation",
        ("tests/protocols/qkd/test_distillation.py", "tests/protocols/qkd/test_pair_keys.py"),
    ),
    "recovery": (
        "protocols.faults.recovery",
        ("tests/protocols/faults/test_made_again.py", "tests/protocols/faults/test_recovery.py"),
    ),
    "hits": (
        "protocols.faults.hits",
        ("tests/protocols/faults/test_hits.py", "tests/protocols/faults/test_recovery.py"),
    ),
    "availability": (
        "protocols.faults.availability",
        ("tests/protocols/faults/test_hits.py", "tests/protocols/faults/test_availability.py",
         "tests/protocols/faults/test_recovery.py"),
    ),
    "effects": ("protocols.faults.effects", ("tests/protocols/faults/test_effects.py",)),
    "central": (
        "protocols.control.central",
        ("tests/protocols/control/test_central.py", "tests/protocols/control/test_central_restarts.py",
         "tests/protocols/control/test_central_faults.py"),
    ),
    "link_pool": (
        "protocols.control.link_pool",
        ("tests/protocols/control/test_link_pool.py", "tests/protocols/control/test_pool_use.py",
         "tests/protocols/control/test_pool_at_work.py", "tests/protocols/control/test_continuous_links.py"),
    ),
    "division": ("protocols.resource.division", ("tests/protocols/resource/test_division.py",)),
    "active_budget": (
        "protocols.resource.active_budget",
        ("tests/protocols/resource/test_active_budget.py", "tests/protocols/resource/test_allocation.py",
         "tests/protocols/resource/test_allocation_faults.py"),
    ),
}  # fmt: skip
