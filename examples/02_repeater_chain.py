"""A chain of three repeaters serves two requests, and prints what each got."""

import qsim

net = qsim.Network(memory={"count": 8, "t2": "1 s", "initial_fidelity": 0.98}, detector={"efficiency": 0.8})
net.use_topology("line", nodes=5, length="20 km")
net.set_protocols(swapping={"kind": "nested", "success_probability": 0.9}, purification="dejmps")
net.request("n0", "n4", memories=2, fidelity=0.9, pairs=100)
net.request("n1", "n2", memories=2, start="1 s", duration="1 s")

for flow in net.run(duration="5 s", seed=1).flows:
    print(f"{flow.initiator}-{flow.responder}: {flow.pairs} pairs, F = {flow.fidelity_mean:.3f}")
