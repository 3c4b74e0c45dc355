"""A CNOT between qubits at two nodes, three hops apart, by programs of the library."""

import qsim

net = qsim.Network(
    memory={"count": 4, "initial_fidelity": 0.99, "t2": "100 ms"}, processor={"gate_error": 0.002}
)
net.use_topology("line", nodes=4, length="10 km")
roles = {
    "control": {"kind": "remote-gate-control", "node": "n0", "state": "+"},
    "target": {"kind": "remote-gate-target", "node": "n3", "state": "0"},
}
net.add_traffic("programs", roles=roles, rounds=50, target="phi+")

result = net.run(duration="1 s", seed=7)
for row in result.metrics:
    print(f"{row.metric}: {row.mean:.4g} {row.unit}, over {row.n} rounds")
