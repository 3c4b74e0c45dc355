"""Two nodes and 20 km of fibre: take ten entangled pairs, one by one."""

import qsim

net = qsim.Network(memory={"t2": "100 ms"}, detector={"efficiency": 0.8})
net.add_nodes("alice", "bob").add_link("alice", "bob", "20 km")
engine = net.engine(duration="1 s", seed=7)
pairs = engine.request("alice", "bob")


def consume():
    for _ in range(10):
        pair = yield from pairs.next_pair(timeout="100 ms")
        print(f"t = {1e3 * engine.now_s:6.3f} ms   F = {pair.fidelity():.4f}")
        pair.release()


engine.process(consume())
engine.run()
