"""Processors: two routers with different gate errors, and a processor kind whose error depends on speed."""

from dataclasses import dataclass
from typing import Annotated

import qsim
from hardware.processor import GateProcessor
from qsim.quantum import OperationNoise


@qsim.register("processor", "driven-gates")
@dataclass(frozen=True)
class DrivenGates(GateProcessor):
    """Gates whose error is what leaks while the drive is on and what a strong drive misses."""

    drive: Annotated[float, qsim.Param("strength; a gate takes 1 over it", unit="Hz", gt=0)] = 1e5
    leakage: Annotated[float, qsim.Param("errors for each second of a gate", unit="Hz", ge=0)] = 100.0
    overshoot: Annotated[float, qsim.Param("error for each hertz of drive", unit="s", ge=0)] = 1e-8

    def _noise(self):
        return OperationNoise(self.leakage / self.drive + self.overshoot * self.drive, self.readout_error)

    @property
    def gate_noise(self):
        return self._noise()

    @property
    def swap_noise(self):
        return self._noise()

    def duration_ps(self):
        return round(1e12 / self.drive) + super().duration_ps()


def chain(**processors):
    """Perfect pairs over three links; routers with processors of their own."""
    net = qsim.Network()
    net.add_nodes("alice", "bob")
    for router in ("east", "west"):
        net.add_node(router, processor=processors.get(router))
    net.add_link("alice", "east", "2 km").add_link("east", "west", "2 km").add_link("west", "bob", "2 km")
    net.request("alice", "bob", pairs=200)
    (flow,) = net.run(duration="10 s", seed=1).flows
    return flow


def expected(*errors):
    """Fidelity of perfect pairs after swaps with these gate errors."""
    kept = 1.0
    for error in errors:
        kept *= 1 - 16 / 15 * error
    return (1 + 3 * kept) / 4


if __name__ == "__main__":
    flow = chain(east={"gate_error": 0.02}, west={"gate_error": 0.09, "gate_time": "10 us"})
    print(f"two routers    fidelity {flow.fidelity_mean:.6f}, closed form {expected(0.02, 0.09):.6f}")
    for drive in (3e4, 1e5, 3e5):
        driven = {"kind": "driven-gates", "drive": drive}
        flow = chain(east=driven, west=driven)
        error = 100 / drive + 1e-8 * drive
        form = expected(error, error)
        print(f"drive {drive:6.0f}   fidelity {flow.fidelity_mean:.6f}, closed form {form:.6f}")
