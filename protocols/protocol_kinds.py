"""Announces the protocols to the registry: the entry point ``protocols`` of the group ``qsim.plugins``.

Programs and the applications that start them are imported when they are asked for: most runs have none.
"""

import protocols.apps.random_request
import protocols.apps.request
import protocols.apps.teleportation
import protocols.control.central
import protocols.control.continuous_links
import protocols.control.control_kind
import protocols.entanglement.cutoff
import protocols.entanglement.purification
import protocols.entanglement.swapping_orders
import protocols.entanglement.transfer
import protocols.generation.handshakes
import protocols.network.k_shortest
import protocols.network.link_state
import protocols.network.multipath
import protocols.network.oldest_first
import protocols.network.reservation
import protocols.network.routing
import protocols.runtime.network  # noqa: F401
from qsim.registry import announce

announce("protocols.apps.poisson_requests", "app", "poisson-requests")
announce("protocols.apps.trace_requests", "app", "trace-requests")
announce("protocols.apps.traffic_row", "table", "traffic")
announce("protocols.apps.demand", "demand")
announce("protocols.apps.rate_profiles", "rate-profile")
announce("protocols.resource.allocation_kinds", "allocation", "even", "static")
announce("protocols.resource.allocation_row", "table", "allocation")
announce("protocols.faults.availability_row", "table", "availability")
announce("protocols.programs.ghz_row", "table", "ghz-requests")
announce("protocols.resource.adaptive", "allocation", "oracle", "reactive")
announce("protocols.resource.forecast_allocation", "allocation", "forecast")
announce("protocols.apps.pair_keys", "app", "bbm92", "e91")
announce("protocols.apps.pulse_keys", "app", "bb84")
announce("protocols.apps.differential_phase_keys", "app", "dps")
announce("protocols.apps.station_keys", "app", "mdi")
announce("protocols.apps.key_relay", "app", "key-relay")
announce("protocols.qkd.session_row", "table", "key-sessions")
announce("protocols.qkd.attacks", "attack")
announce("protocols.qkd.cascade", "reconciliation", "cascade")
announce("protocols.qkd.parity_checks", "reconciliation", "ldpc")
announce("protocols.programs.program_app", "app", "programs")
announce("protocols.programs.ghz_request", "app", "ghz")
announce("protocols.programs.distributed_circuit", "app", "circuit")
announce("protocols.programs.bell_test", "program")
announce("protocols.programs.blind_computation", "program")
announce("protocols.programs.error_detection", "program")
announce("protocols.programs.ghz_purification", "program")
announce("protocols.programs.ghz_switch", "program")
announce("protocols.programs.hub_ghz", "program")
announce("protocols.programs.hub_states", "program")
announce("protocols.programs.measured_purification", "program")
announce("protocols.programs.path_ghz", "program")
announce("protocols.programs.remote_gates", "program")
announce("protocols.programs.secret_sharing", "program")
announce("protocols.programs.state_transfer", "program")
announce("protocols.programs.superdense_coding", "program")
announce("protocols.programs.swap_by_program", "program")
