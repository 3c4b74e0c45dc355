"""An NV-like repeater: one memory emits, others store; attempts disturb what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import qsim
from hardware.memory import Memory
from protocols.entanglement.transfer import Transfer
from qsim.analytic.storage import disturbed_factor
from qsim.scenario import from_document


@qsim.register("transfer", "longest-idle")
@dataclass(frozen=True)
class LongestIdle(Transfer):
    """Halves go to the memory that has been free for the longest time."""

    def choose(self, memory: Memory, free: Sequence[Memory]) -> Memory | None:
        return min(free, key=lambda each: each.since)


def line(router, **run):
    """Two ends and a router between them, over fibre without loss; memories emit every second time."""
    return {
        "run": {"duration": "2 s", "seed": 4, **run},
        "defaults": {
            "memory": {"count": 1, "efficiency": 0.5},
            "fibre": {"attenuation": 0},
            "detector": {"efficiency": 1, "count_rate": None},
            "link_model": {"kind": "two-photon", "bin_separation": "2 ns"},
        },
        "nodes": {"alice": None, "router": router, "bob": None},
        "links": [
            {"between": ["alice", "router"], "length": "2 km"},
            {"between": ["router", "bob"], "length": "2 km"},
        ],
        "traffic": [{"initiator": "alice", "responder": "bob"}],
    }


def nv(attempts, gate_error, policy="to-bank"):
    """An electron spin that emits, and two carbon spins that lose 1/e of their coherence to some attempts."""
    return {
        "memory": {
            "electron": {"count": 1},
            "carbon": {"count": 2, "efficiency": 0, "t2": "10 ms", "dephasing_attempts": attempts},
        },
        "transfer": {"kind": policy, "bank": "carbon", "memories": 2},
        "processor": {"gate_error": gate_error, "transfer_time": "100 us", "parallel": 1},
    }


def expected(attempts, gate_error):
    """Two gates of the move, dephasing while the second link is made (p = 1/8, every 10 us), one swap."""
    kept = 1 - 16 / 15 * gate_error
    coherence = disturbed_factor(0.125, attempts, exp(-10e-6 / 10e-3))
    return (1 + kept**3 * (1 + 2 * coherence)) / 4


if __name__ == "__main__":
    for detail, duration in (("attempt", "2 s"), ("photon", "0.2 s")):
        for attempts, gate_error in ((1e9, 0.0), (1400, 0.01), (20, 0.01)):
            for policy in ("to-bank", "longest-idle"):
                router = nv(attempts, gate_error, policy)
                (flow,) = from_document(line(router, detail=detail, duration=duration)).run().flows
                print(
                    f"{detail:8} {policy:12} N {attempts:<6g} pairs {flow.pairs:5} "
                    f"fidelity {flow.fidelity_mean:.5f}, closed form {expected(attempts, gate_error):.5f}"
                )
