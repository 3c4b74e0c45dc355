"""Five nodes: a hub gives four users a GHZ state, again and again, by programs of the library."""

import qsim

users = ("u0", "u1", "u2", "u3")
net = qsim.Network(
    memory={"count": 4, "initial_fidelity": 0.98, "t2": "50 ms"}, processor={"gate_time": "20 us"}
)
net.add_nodes("hub", *users)
for user in users:
    net.add_link("hub", user, "10 km")

roles = {"hub": {"kind": "ghz-hub", "node": "hub", "users": users}}
for user in users:
    roles[user] = {"kind": "ghz-user", "node": user}
net.add_traffic("programs", roles=roles, rounds=50, target="ghz")

result = net.run(duration="1 s", seed=7)
for row in result.metrics:
    print(f"{row.metric}: {row.mean:.4g} {row.unit}, over {row.n} rounds")
