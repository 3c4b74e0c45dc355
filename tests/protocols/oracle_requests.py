"""The request process of the published metropolitan network, written a second time.

An oracle that shares no code with the simulator: requests, hop-by-hop reservation and retries on plain lists
and one heap. Nothing quantum happens here; the published list of flows does not depend on it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count

import numpy as np

S = 10**12


@dataclass
class Attempt:
    """One reservation on its way."""

    node: int
    responder: int
    start: int
    end: int
    size: int
    fidelity: float
    asked: int
    path: list[int]


class Oracle:
    """Random requests on a network of routers.

    Args:
        seed: seed of the run; node i draws from default_rng(seed + i).
        memories: memories of each node, in order.
        delay: one-way delays in ps, by ordered pair of node indices.
        path: shortest paths as lists of node indices, by ordered pair.
        horizon: end of the run, ps.
    """

    def __init__(self, seed, memories, delay, path, horizon):
        self.random = [np.random.default_rng(seed + i) for i in range(len(memories))]
        self.memories = memories
        self.delay = delay
        self.path = path
        self.horizon = horizon
        self.cards = [[[] for _ in range(size)] for size in memories]
        self.queue = []
        self.order = count()
        self.served = []
        self.now = 0

    def run(self):
        """Play the process and return the flows that were over, by initiator, then by start."""
        for node in range(len(self.memories)):
            self.at(0, self.fresh, node)
        while self.queue and self.queue[0][0] < self.horizon:
            self.now, _, call, arguments = heapq.heappop(self.queue)
            call(*arguments)
        over = [one for one in self.served if one.end < self.horizon]
        over.sort(key=lambda one: (one.node, one.start))
        return [(o.node, o.responder, o.start, o.end, o.size, o.fidelity, o.start - o.asked) for o in over]

    def at(self, time, call, *arguments):
        heapq.heappush(self.queue, (time, next(self.order), call, arguments))

    def fresh(self, node):
        random = self.random[node]
        others = [other for other in range(len(self.memories)) if other != node]
        responder = int(random.choice(others))
        window = self.window(node)
        fidelity = random.uniform(0.8, 1)
        self.ask(Attempt(node, responder, *window, fidelity, self.now, self.path[node, responder]))

    def again(self, old):
        window = self.window(old.node)
        self.ask(Attempt(old.node, old.responder, *window, old.fidelity, old.asked, old.path))

    def window(self, node):
        random = self.random[node]
        start = self.now + int(random.integers(10, 20)) * S // 10
        end = start + int(random.integers(10, 20)) * S
        return start, end, int(random.integers(10, self.memories[node] // 2))

    def ask(self, attempt):
        if self.book(attempt, attempt.node, attempt.size):
            self.forward(attempt, 0)
        else:
            self.at(self.now + S, self.again, attempt)

    def forward(self, attempt, place):
        here, there = attempt.path[place], attempt.path[place + 1]
        self.at(self.now + self.delay[here, there], self.arrive, attempt, place + 1)

    def arrive(self, attempt, place):
        last = place == len(attempt.path) - 1
        if not self.book(attempt, attempt.path[place], attempt.size if last else 2 * attempt.size):
            self.back(attempt, place, self.refused)
        elif last:
            self.back(attempt, place, self.approved)
        else:
            self.forward(attempt, place)

    def back(self, attempt, place, call):
        here, there = attempt.path[place], attempt.path[place - 1]
        self.at(self.now + self.delay[here, there], call, attempt, place - 1)

    def refused(self, attempt, place):
        for card in self.cards[attempt.path[place]]:
            card[:] = [entry for entry in card if entry is not attempt]
        if place:
            self.back(attempt, place, self.refused)
        else:
            self.at(self.now + S, self.again, attempt)

    def approved(self, attempt, place):
        if place:
            self.back(attempt, place, self.approved)
        else:
            self.served.append(attempt)
            self.at(attempt.end + 1, self.fresh, attempt.node)

    def book(self, attempt, node, wanted):
        free = [
            card
            for card in self.cards[node]
            if all(entry.end < attempt.start or attempt.end < entry.start for entry in card)
        ][:wanted]
        if len(free) < wanted:
            return False
        for card in free:
            card.append(attempt)
        return True
