"""Announces the protocols to the registry: the entry point ``protocols`` of the group ``qsim.plugins``."""

import protocols.apps.random_request
import protocols.apps.request
import protocols.apps.teleportation
import protocols.entanglement.cutoff
import protocols.entanglement.purification
import protocols.entanglement.swapping_orders
import protocols.entanglement.transfer
import protocols.generation.handshakes
import protocols.network.oldest_first
import protocols.network.reservation
import protocols.network.routing
import protocols.programs.bell_test
import protocols.programs.blind_computation
import protocols.programs.distributed_circuit
import protocols.programs.error_detection
import protocols.programs.ghz_purification
import protocols.programs.ghz_request
import protocols.programs.hub_ghz
import protocols.programs.hub_states
import protocols.programs.measured_purification
import protocols.programs.path_ghz
import protocols.programs.program_app
import protocols.programs.remote_gates
import protocols.programs.secret_sharing
import protocols.programs.state_transfer
import protocols.programs.superdense_coding
import protocols.programs.swap_by_program
import protocols.runtime.network  # noqa: F401
