"""Judged faults of protocols."""

from __future__ import annotations

from tests.mutation.judged.verdict import ODDS, TRUTH, Judged

_EITHER = "equivalent: the earlier of two is the same either way"

PROTOCOLS = (
    Judged(
        "swapping",
        "for side, ends in zip((left, right), self._ends, strict=True)",
        "`True` -> `False`",
        "equivalent: two and two",
    ),
    Judged(
        "swapping",
        "or any(one not in side for one, side in zip(given, ready, strict=True))",
        "`True` -> `False`",
        "equivalent: how many there are has been looked at",
    ),
    Judged(
        "swapping",
        "relaxes = keeps_relaxation(agent.stack.context.formalism) and any(",
        "`keeps_relaxation(agent.stack.context.formalism) and "
        "any((law.relaxation for end in agent.flow.path for law in end.memories.laws))` -> "
        "`keeps_relaxation(agent.stack.context.formalism) or "
        "any((law.relaxation for end in agent.flow.path for law in end.memories.laws))`",
        "harmless: more work for the same states",
    ),
    Judged(
        "swapping",
        "if self._oldest_first and len(memories) > 1:",
        "`len(memories) > 1` -> `len(memories) >= 1`",
        "equivalent: one alone is in order",
    ),
    Judged(
        "swap_operation",
        'success = self._success >= 1 or sim.stream("swap/" + self._node.name).random() < self._success',
        "`sim.stream('swap/' + self._node.name).random() < self._success` -> "
        "`sim.stream('swap/' + self._node.name).random() <= self._success`",
        ODDS,
    ),
    Judged(
        "swap_operation",
        "new_id = self._join(left, right, now) if success else 0",
        "`0` -> `1`",
        "harmless: nobody reads the number of a failure, and a trace says that it failed",
    ),
    Judged(
        "swap_operation",
        "deadline = earlier(left.deadline, right.deadline)",
        "`earlier(left.deadline, right.deadline)` -> `earlier(right.deadline, left.deadline)`",
        _EITHER,
    ),
    Judged(
        "swap_operation",
        "flows = self._shared(left, right)",
        "`self._shared(left, right)` -> `self._shared(right, left)`",
        "equivalent: what both may serve is the same either way",
    ),
    Judged(
        "swap_operation",
        "elif (upstream, first.node.index) < (downstream, second.node.index):",
        "`(upstream, first.node.index) < (downstream, second.node.index)` -> "
        "`(upstream, first.node.index) <= (downstream, second.node.index)`",
        "equivalent: the two ends of a pair are two nodes",
    ),
    Judged(
        "swap_operation",
        "owed = near.owing(0, now), _owing(near, far, 1, now, downstream)",
        "`1` -> `2`",
        TRUTH,
    ),
    Judged(
        "tracking",
        "deadline = earlier(memory.deadline, result.deadline)",
        "`earlier(memory.deadline, result.deadline)` -> `earlier(result.deadline, memory.deadline)`",
        _EITHER,
    ),
    Judged(
        "tracking",
        "if partner is None or result.links > memory.links:",
        "`result.links > memory.links` -> `result.links >= memory.links`",
        "equivalent: a path has one node at each distance, and one half of the pair there",
    ),
    Judged("tracking", "self.horizon = 0", "`0` -> `1`", "harmless: a picosecond before any path is served"),
    Judged(
        "tracking",
        "self._expiry.append((self._expiry[-1][0], result.new_id))",
        "`0` -> `1`",
        "harmless: whatever earlier time it has, what is passed on is forgotten with the entry before it",
    ),
    Judged(
        "tracking",
        "if result.success and self._early:",
        "`result.success and self._early` -> `result.success or self._early`",
        "harmless: results that wait for a failed swap's number, 0, are none",
    ),
    Judged(
        "purification",
        "return self._rng.random() < 0.5",
        "`self._rng.random() < 0.5` -> `self._rng.random() <= 0.5`",
        ODDS,
    ),
    Judged(
        "purification",
        "success = self._rng.random() < probability",
        "`self._rng.random() < probability` -> `self._rng.random() <= probability`",
        ODDS,
    ),
    Judged(
        "purification",
        "if self.recipe is None or agent.left is None or (agent.target <= 0 and self.rounds is None):",
        "`agent.target <= 0` -> `agent.target < 0`",
        "harmless: a rule that never fires, for every pair is good enough for a target of 0",
    ),
    Judged("calendar", "return False", "`return False` -> `return None`", TRUTH),
    Judged(
        "limit",
        "looks = {since, *(time for time in self._times if time > since)}",
        "`time > since` -> `time >= since`",
        "equivalent: it is among them anyway",
    ),
    Judged(
        "limit",
        "looks.update(time for time in (start, end + 1) if time > since)",
        "`time > since` -> `time >= since`",
        "equivalent: it is among them anyway",
    ),
    Judged(
        "limit",
        "if self._times[place - 1] != time:",
        "`1` -> `2`",
        "harmless: one step more, of no height",
    ),
    Judged("reservation", "return False", "`return False` -> `return None`", TRUTH),
    Judged(
        "recovery",
        "memories: int = 1,",
        "`1` -> `2`",
        "equivalent: what the network itself does by default counts",
    ),
    Judged(
        "recovery",
        "wait = 0",
        "`0` -> `1`",
        "harmless: a picosecond",
    ),
    Judged(
        "hits",
        "since: int = 0",
        "`0` -> `1`",
        "equivalent: it is set before it is read",
    ),
    Judged(
        "central",
        "flow.request = replace(asked, start=start, end=end) if start > asked.start else asked",
        "`start > asked.start` -> `start >= asked.start`",
        "harmless: a request that is equal to the one asked for",
    ),
    Judged(
        "central",
        "if last > start:",
        "`last > start` -> `last >= start`",
        "equivalent: nothing lies between the two",
    ),
    Judged(
        "central",
        "self._interval = 0 if policy.interval is None else max(1, to_ps(policy.interval))",
        "`1` -> `2`",
        "harmless: a picosecond",
    ),
    Judged(
        "link_pool",
        "if self._assigned and memory.serves is None and len(leads) > 1:",
        "`len(leads) > 1` -> `len(leads) >= 1`",
        "equivalent: one alone is chosen either way",
    ),
    Judged(
        "link_pool",
        "or any(",
        "`any((outages.is_down((node, bank)) for bank, places in node.banks.items() "
        "if places == link.places[node]))` -> `all((outages.is_down((node, bank)) "
        "for bank, places in node.banks.items() if places == link.places[node]))`",
        "equivalent: of the banks of a node one has the places of its link",
    ),
    Judged(
        "link_pool",
        "self._waiting.pop(memory, None)",
        "`self._waiting.pop(memory, None)` -> `self._waiting.pop(None, memory)`",
        "harmless: what is no longer entangled is struck off as a partner is looked for",
    ),
    Judged(
        "link_pool",
        "return target <= 0 or pair is None or pair.confirmed_fidelity() >= target",
        "`target <= 0` -> `target < 0`",
        "equivalent: every pair is good enough for a target of 0",
    ),
    Judged(
        "link_pool",
        "graph.add_edge(place, further, weight=age, towards=towards)",
        "`graph.add_edge(place, further, weight=age, towards=towards)` -> "
        "`graph.add_edge(further, place, weight=age, towards=towards)`",
        "harmless: which of several matchings of equal size and age is taken",
    ),
    Judged(
        "central",
        "self._doubtful.pop(flow.id, None)",
        "`self._doubtful.pop(flow.id, None)` -> `self._doubtful.pop(None, flow.id)`",
        "harmless: a flow that is over is not booked, so that nothing comes of what nodes say of it",
    ),
    Judged("link_pool", "return False", "`return False` -> `return None`", TRUTH),
    Judged(
        "link_pool",
        "elif other is not ready.memory and (best is None or other.heralded_id < best[0]):",
        "`other.heralded_id < best[0]` -> `other.heralded_id <= best[0]`",
        "equivalent: no two halves at one node are of one pair",
    ),
    Judged(
        "division",
        "sides = [(weight / largest, *bounds) for weight, *bounds in zip(weights, low, most, strict=True)]",
        "`True` -> `False`",
        "equivalent: as many of each",
    ),
    Judged(
        "division",
        "part = (budget - least) / (enough - least) if enough > least else 0.0",
        "`0.0` -> `1.0`",
        "equivalent: where the sum stays the same, so does every share",
    ),
)
