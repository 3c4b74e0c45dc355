"""The fixed vocabulary of trace events."""

from __future__ import annotations

from collections.abc import Mapping

#: Every event name with its fields, in order. ``entity`` names who it happened to.
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    # photon level
    "photon_emitted": ("memory", "round"),
    "photon_lost": ("memory",),
    "photon_arrived": ("memory",),
    "detector_clicked": ("detector", "cause"),
    "clicks_announced": ("pattern",),
    # classical messages
    "message_sent": ("message", "to", "arrives_ps"),
    "message_received": ("message", "from"),
    "message_lost": ("message", "to"),
    "message_dropped": ("message", "reason"),
    # memories and pairs
    "memory_changed": ("memory", "state", "pair"),
    "pair_heralded": ("pair", "a", "b", "attempts", "fidelity"),
    # As the node that swaps knows the two pairs; the pairs that there truly are; who holds the other halves.
    # A half that is gone is None, and so is the fidelity where nothing has been joined.
    "pair_swapped": (
        *("left", "right", "pair", "success"),
        *("true_left", "true_right", "a", "b", "fidelity"),
    ),
    "pair_purified": ("kept", "sacrificed", "success", "fidelity", "frame"),
    "half_moved": ("pair", "source", "target"),
    "pair_expired": ("pair", "memory"),
    "pair_delivered": ("pair", "flow", "fidelity"),
    # routing
    "neighbour_changed": ("neighbour", "link", "up"),
    # requests
    "request_submitted": ("responder", "start_ps", "end_ps", "memories", "fidelity"),
    "request_rejected": ("responder", "at"),
    "request_accepted": ("flow", "responder", "path"),
    "flow_started": ("flow",),
    "flow_ended": ("flow", "pairs"),
    "flow_stalled": ("flow", "cause"),
    # allocation
    "limit_lowered": ("place", "count", "since_ps"),
    "limit_raised": ("place", "count", "since_ps"),
    "flow_broken": ("flow", "cause"),
    # faults
    "element_down": ("kind",),
    "element_up": ("kind",),
}
