"""A kind of node of one's own: an optical switch with a heralding station that its fibres share."""

from dataclasses import dataclass
from typing import Annotated

import qsim
from hardware.node import Crossing
from hardware.node_kinds import OpticalNode
from qsim.analytic.heralding import barrett_kok


@qsim.register("node", "optical-switch")
@dataclass(frozen=True)
class OpticalSwitch(OpticalNode):
    """Leads light of any two of its fibres to one of its stations."""

    insertion_loss: Annotated[float, qsim.Param("loss from a fibre to a station", unit="dB", ge=0)] = 1.0
    switching_time: Annotated[float, qsim.Param("time to connect two fibres", unit="s", ge=0)] = 1e-3
    stations: Annotated[int, qsim.Param("heralding stations, each for one flow at a time", ge=1)] = 1

    def crossing(self) -> Crossing:
        """What light suffers that crosses the switch."""
        return Crossing(10 ** (-self.insertion_loss / 10), self.stations, self.switching_time)


ARM, DARK = 5e3, 2e4


def network() -> qsim.Network:
    """Two pairs of users round a switch, which ask one after the other and then both at once."""
    net = qsim.Network(
        memory={"count": 1}, detector={"efficiency": 0.8, "dark_count_rate": DARK, "count_rate": None}
    )
    net.add_node("switch", kind="optical-switch", insertion_loss="1.5 dB", switching_time="50 ms")
    for name in ("alice", "bob", "carol", "dave"):
        net.add_node(name).add_link(name, "switch", ARM)
    for start, ends in (
        (1, ("alice", "bob")),
        (3, ("carol", "dave")),
        (5, ("alice", "bob")),
        (5, ("carol", "dave")),
    ):
        net.request(*ends, start=f"{start} s", duration="1 s")
    return net


if __name__ == "__main__":
    engine = network().engine("7 s", seed=1)
    switch = engine.node("switch").spec
    link = next(link for link in engine.links if link.name == "alice-switch-bob")
    efficiency = 10 ** (-(0.2e-3 * ARM + switch.insertion_loss) / 10) * 0.8
    closed = barrett_kok(efficiency, link.hardware.detectors[0].dark_probability())
    print(f"probability of an attempt: {link.profile.success:.12g}, closed form {closed.probability:.12g}")
    print(f"fidelity of a herald:      {link.state.fidelity():.12g}, closed form {closed.fidelity:.12g}")
    expected = (1 - switch.switching_time) / link.interval(link.first).mean_s
    result = engine.run()
    for flow in result.flows:
        print(f"{flow.initiator}-{flow.responder}: {flow.pairs} pairs, expected {expected:.1f}")
    print(f"refused while the station was taken: {result.rejected}")
