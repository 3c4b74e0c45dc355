"""Faults that no test notices, looked at one by one: they cannot be noticed, or need not be.

They are not tried again. Those that wanted a test have one by now and are not here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tests.mutation.faults import Fault


class Judged(NamedTuple):
    """A fault that may live.

    Attributes:
        module: its short name, as in `modules.py`.
        line: the text of the line; the fault is the same in all lines alike.
        fault: what is done to it.
        why: "equivalent" where nobody can tell the two apart, "harmless" where it does not matter; and why.
        nth: which one of the faults that read alike in the line, from 0 on.
    """

    module: str
    line: str
    fault: str
    why: str
    nth: int = 0


def sentenced(name: str, source: str, drawn: Sequence[Fault]) -> dict[Fault, Judged]:
    """Those of all faults of a module that are listed here."""
    lines = source.splitlines()
    listed = {(one.line, one.fault, one.nth): one for one in JUDGED if one.module == name}
    seen: Counter[tuple[int, str]] = Counter()
    found = {}
    for fault in drawn:
        text = fault.text
        key = lines[fault.line - 1].strip(), text, seen[fault.line, text]
        seen[fault.line, text] += 1
        if key in listed:
            found[fault] = listed[key]
    return found


_ODDS = "harmless: differs for one number of 2^53"
_TRUTH = "equivalent: only its truth is asked for"
_LATER = "equivalent: `_read`, where all that is odd is looked at again, gives back a time that is sound"
_EITHER = "equivalent: the earlier of two is the same either way"
_NEGATIVE = "equivalent: any negative number does"
_ROUND_OFF = "harmless: where round-off is taken to begin, by a small factor"
_FLOOR = "floor = max(max(features.shape) * singular[0], 2 * np.linalg.norm(features / spread))"

JUDGED = (
    Judged("kernel", "_SWEEP = 4096", "`4096` -> `4097`", "harmless: when it is worth the while to sweep"),
    Judged("kernel", "self._cancelled = 0", "`0` -> `1`", "harmless: a sweep comes one cancellation sooner"),
    Judged(
        "kernel",
        "if type(time) is not int or time < self.now or fn is None or priority >> 2:",
        "`time < self.now` -> `time <= self.now`",
        _LATER,
    ),
    Judged(
        "kernel",
        "if until is not None and (type(until) is not int or until < self.now):",
        "`until < self.now` -> `until <= self.now`",
        _LATER,
    ),
    Judged(
        "kernel",
        "if type(delay) is not int or delay < 0 or fn is None or priority >> 2:",
        "`delay < 0` -> `delay <= 0`",
        _LATER,
    ),
    Judged(
        "kernel",
        "if type(delay) is not int or delay < 0 or fn is None or priority >> 2:",
        "`0` -> `1`",
        _LATER,
    ),
    Judged(
        "kernel",
        "until = self._read(_halt, until, 0, 0)",
        "`0` -> `1`",
        "equivalent: any priority that is one",
        nth=1,
    ),
    Judged(
        "kernel",
        "if self._cancelled > _SWEEP and self._cancelled > len(self._heap) >> 1:",
        "`self._cancelled > _SWEEP` -> `self._cancelled >= _SWEEP`",
        "harmless: a sweep comes one cancellation sooner",
    ),
    Judged("kernel", "self._push_sentinel(-1)", "`1` -> `2`", _NEGATIVE),
    Judged(
        "kernel",
        "if heap and heap[0][1] < 0:",
        "`heap[0][1] < 0` -> `heap[0][1] <= 0`",
        "equivalent: numbers begin at 1",
    ),
    Judged("kernel", "if heap and heap[0][1] < 0:", "`0` -> `1`", "equivalent: numbers begin at 1", nth=0),
    Judged(
        "kernel",
        "while self._heap and self._heap[0][0] < 0:",
        "`0` -> `1`",
        "harmless: the mark of an end not reached goes at once; a sweep comes one cancellation sooner",
        nth=1,
    ),
    Judged("kernel", "return False", "`return False` -> `return None`", _TRUTH),
    Judged(
        "states",
        "if not min(given) >= -_TOLERANCE or not abs(sum(given) - 1) <= _TOLERANCE:",
        "`min(given) >= -_TOLERANCE` -> `min(given) > -_TOLERANCE`",
        "harmless: one number at the edge of a tolerance for round-off",
    ),
    Judged(
        "states",
        "if not min(given) >= -_TOLERANCE or not abs(sum(given) - 1) <= _TOLERANCE:",
        "`abs(sum(given) - 1) <= _TOLERANCE` -> `abs(sum(given) - 1) < _TOLERANCE`",
        "harmless: one number at the edge of a tolerance for round-off",
    ),
    Judged(
        "states",
        "if weight < 2 * bell.IMPOSSIBLE:",
        "`2` -> `3`",
        "harmless: no chance that occurs is as low",
    ),
    Judged(
        "states",
        "if weight < 2 * bell.IMPOSSIBLE:",
        "`weight < 2 * bell.IMPOSSIBLE` -> `weight <= 2 * bell.IMPOSSIBLE`",
        _ODDS,
    ),
    Judged(
        "states",
        "return (0, (x, y, z)) if draw < 0.5 else (1, (-x, -y, -z))",
        "`draw < 0.5` -> `draw <= 0.5`",
        _ODDS,
    ),
    Judged(
        "states",
        "symmetric: ClassVar[bool] = True",
        "`True` -> `False`",
        "equivalent: `mirrored` finds them alike from both ends by their matrices too, at more cost",
    ),
    Judged(
        "swap_operation",
        'success = self._success >= 1 or sim.stream("swap/" + self._node.name).random() < self._success',
        "`sim.stream('swap/' + self._node.name).random() < self._success` -> "
        "`sim.stream('swap/' + self._node.name).random() <= self._success`",
        _ODDS,
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
        _TRUTH,
    ),
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
        "purification",
        "return self._rng.random() < 0.5",
        "`self._rng.random() < 0.5` -> `self._rng.random() <= 0.5`",
        _ODDS,
    ),
    Judged(
        "purification",
        "success = self._rng.random() < probability",
        "`self._rng.random() < probability` -> `self._rng.random() <= probability`",
        _ODDS,
    ),
    Judged(
        "purification",
        "if self.recipe is None or agent.left is None or (agent.target <= 0 and self.rounds is None):",
        "`agent.target <= 0` -> `agent.target < 0`",
        "harmless: a rule that never fires, for every pair is good enough for a target of 0",
    ),
    Judged("calendar", "return False", "`return False` -> `return None`", _TRUTH),
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
    Judged("reservation", "return False", "`return False` -> `return None`", _TRUTH),
    Judged(
        "spectrum",
        "left, singular, right = np.linalg.svd(centred / spread, full_matrices=False)",
        "`False` -> `True`",
        "equivalent: what is more than the rank is cut off",
    ),
    Judged("spectrum", _FLOOR, "`max(features.shape)` -> `min(features.shape)`", _ROUND_OFF),
    Judged("spectrum", _FLOOR, "`2` -> `3`", _ROUND_OFF),
    Judged(
        "spectrum",
        "rank = int(np.count_nonzero(singular > np.finfo(np.float64).eps * floor))",
        "`singular > np.finfo(np.float64).eps * floor` -> `singular >= np.finfo(np.float64).eps * floor`",
        _ROUND_OFF,
    ),
    Judged(
        "spectrum",
        "left[:, :rank].T @ (targets - level),",
        "`targets - level` -> `targets + level`",
        "equivalent: left singular vectors of centred rows have no mean",
    ),
    Judged(
        "store",
        'text = json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\\n"',
        "`1` -> `2`",
        "harmless: blanks in a file",
    ),
    Judged(
        "store",
        'text = json.dumps(said, indent=1, ensure_ascii=False) + "\\n"',
        "`1` -> `2`",
        "harmless: blanks in a file",
    ),
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
        "weak_pulse_bb84",
        'return {"writer.theta": pi - leak if bit else leak, "writer.phase": 0.0}',
        "`pi - leak` -> `pi + leak`",
        "harmless: the sign of what leaks, and nobody keeps an interference of these states",
    ),
    Judged(
        "detector",
        "] = 25e6",
        "`25000000.0` -> `25000001.0`",
        "harmless: the dead time is the same picosecond",
    ),
    Judged("detector", "return False", "`return False` -> `return None`", _TRUTH),
    Judged(
        "finite_key",
        "if single <= 0 or test <= 0 or wrong >= test / 2:",
        "`test / 2` -> `test * 2`",
        "equivalent: a share of errors above a half is bounded by a half below as well",
    ),
    Judged(
        "finite_key",
        "return sum(share * exp(-mean) * mean**number for share, mean in weighed) / factorial(number)",
        "`sum((share * exp(-mean) * mean ** number for share, mean in weighed)) / factorial(number)` -> "
        "`sum((share * exp(-mean) * mean ** number for share, mean in weighed)) * factorial(number)`",
        "equivalent: no photon or one is asked for, and either factorial is 1",
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
    Judged("light", "_MOST = 3000", "`3000` -> `3001`", "harmless: where a state is taken to be too large"),
    Judged(
        "link_pool",
        "elif other is not ready.memory and (best is None or other.heralded_id < best[0]):",
        "`other.heralded_id < best[0]` -> `other.heralded_id <= best[0]`",
        "equivalent: no two halves at one node are of one pair",
    ),
    Judged(
        "limit",
        "if self._times[place - 1] != time:",
        "`1` -> `2`",
        "harmless: one step more, of no height",
    ),
    Judged(
        "detector", "while time <= until:", "`time <= until` -> `time < until`", "harmless: one picosecond"
    ),
    Judged(
        "central",
        "self._interval = 0 if policy.interval is None else max(1, to_ps(policy.interval))",
        "`1` -> `2`",
        "harmless: a picosecond",
    ),
)
