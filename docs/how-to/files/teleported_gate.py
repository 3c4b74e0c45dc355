"""A program of one's own for each of two nodes: a CNOT between them, over one pair and two bits."""

from typing import Annotated

import qsim


@qsim.program("my-control")
def control(node, *, state: Annotated[str, qsim.Param("state of the control before")] = "+"):
    """Copies the value of its qubit over a pair; what the copy learns is undone."""
    qubit = node.prepare(state)
    half = yield from node.epr("bob")
    yield from node.cx(qubit, half)
    node.send("bob", (yield from node.measure(half)))
    if (yield from node.receive("bob", timeout="10 ms")):
        yield from node.z(qubit)
    return qubit


@qsim.program("my-target")
def target(node):
    """Makes the gate with the copy, and measures the copy away."""
    qubit = node.prepare("0")
    half = yield from node.epr("alice")
    if (yield from node.receive("alice")):
        yield from node.x(half)
    yield from node.cx(half, qubit)
    node.send("alice", (yield from node.measure(half, "x")))
    return qubit


if __name__ == "__main__":
    net = qsim.Network(memory={"count": 2, "initial_fidelity": 0.95}, processor={"gate_time": "20 us"})
    net.add_nodes("n0", "n1").add_link("n0", "n1", "10 km")
    roles = {"alice": {"kind": "my-control", "node": "n0"}, "bob": {"kind": "my-target", "node": "n1"}}
    net.add_traffic("programs", roles=roles, rounds=50, target="phi+")
    for row in net.run(duration="1 s", seed=1).metrics:
        print(f"{row.metric}: {row.mean:.6g} {row.unit} (n = {row.n})")
