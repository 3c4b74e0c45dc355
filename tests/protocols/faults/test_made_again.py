"""When a request is made again, with what, and when no more: each policy at a network that only listens."""

from __future__ import annotations

from collections.abc import Hashable
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.outages import Element
from protocols.faults.recovery import Recovery
from protocols.flow import Fault, Request
from qsim.errors import NoRouteError
from qsim.kernel import Simulator
from tests.protocols.faults.rings import MS


class Owner:
    """Whose request it is."""

    def __init__(self) -> None:
        self.gave_up = 0

    def given_up(self) -> None:
        self.gave_up += 1


class Scene:
    """A request from a to c until 1 s, under a policy with pauses of 100 ms, and what is made of it.

    Attributes:
        made: when a request was made, and the request.
        asked: when it was asked how early a flow may start, and what its path keeps away from.
        earliest: the answer to that after now, ps; None where there is no way.
        blocked: what every way there is leads over.
    """

    def __init__(self, policy: str, now: int = 200, **fields: Any) -> None:
        self.sim = Simulator()
        self.sim.run(until=now * MS)
        self.outages = SimpleNamespace(is_down=lambda _: False)
        self.made: list[tuple[int, Request]] = []
        self.asked: list[tuple[int, frozenset[Hashable]]] = []
        self.earliest = 3 * MS
        self.blocked: set[Hashable] = set()
        spec: Any = SimpleNamespace(on_fault=policy, retry=0.1)
        network: Any = self
        self.recovery = Recovery(network, spec)
        self.owner: Any = Owner()
        window = {"start": 100 * MS, "end": 1000 * MS, "memories": 2, "fidelity": 0.0, "pairs": 50}
        made: dict[str, Any] = {**window, "issued": 90 * MS, "routing": "ours", **fields}
        ends: Any = "a", "c"
        self.request = Request(*ends, **made)

    def issue(self, request: Request, owner: Any) -> Any:
        assert owner is self.owner
        self.made.append((self.sim.now // MS, request))

    def earliest_start(
        self, initiator: Any, responder: Any, memories: int, routing: Any, avoid: frozenset[Hashable]
    ) -> int:
        assert (initiator, responder) == (self.request.initiator, self.request.responder)
        assert (memories, routing) == (2, "ours")
        self.asked.append((self.sim.now // MS, avoid))
        if self.blocked & avoid:
            raise NoRouteError("no way")
        return self.sim.now + self.earliest

    def again(self, pairs: int = 20, fault: Fault | None = None) -> bool:
        return self.recovery.again(self.owner, self.request, pairs, fault, promised=False)

    def until(self, time: int) -> list[tuple[int, int, int | None, frozenset[Hashable]]]:
        """Times, starts in ms, pairs and what was avoided, of what was made by a time in ms."""
        self.sim.run(until=time * MS)
        return [(at, one.start // MS, one.pairs, one.avoid) for at, one in self.made]


LINK = Fault("link a-b", frozenset(("a-b",)))
ROUTER = Fault("node b", frozenset(("a", "b", "c")))
NONE: frozenset[Hashable] = frozenset()


@pytest.mark.parametrize(
    ("policy", "now", "fields", "pairs"),
    [
        ("fail", 200, {}, 20),
        ("retry", 1000, {}, 20),
        ("reroute", 1200, {}, 20),
        ("retry", 200, {}, 50),
    ],
)
def test_it_is_not_made_again(policy: str, now: int, fields: dict[str, Any], pairs: int) -> None:
    """By a policy that makes none again, after its window, and where all pairs are there."""
    scene = Scene(policy, now, **fields)
    assert scene.again(pairs, LINK) is False
    assert (scene.recovery.under_way, scene.recovery.pending(scene.owner)) == (False, False)
    assert scene.until(3000) == []


def outage(*ends: int | None) -> Fault:
    """A fault that is known to be an outage of a link, with the end of each of its causes in ms."""
    known = [None if end is None else end * MS for end in ends]
    return Fault("link a-b", frozenset(("a-b",)), outage=Element("link", "a-b", (), ends=known))


@pytest.mark.parametrize("policy", ["fail", "retry"])
@pytest.mark.parametrize(
    ("fault", "made"),
    [
        (outage(450), 450),
        (outage(350, 700), 700),
        (outage(), 300),
        (LINK, 300),
    ],
    ids=["to its end", "to the last end", "over by now", "nobody knows"],
)
def test_a_window_to_come_is_kept_for(policy: str, fault: Fault, made: int) -> None:
    scene = Scene(policy, start=700 * MS)
    assert scene.again(0, fault)
    assert scene.until(made) == []
    assert scene.until(999) == [(made, max(700, made + 3), 50, NONE)]


@pytest.mark.parametrize("fault", [outage(701), outage(None), outage(450, None), None])
def test_one_that_is_not_known_to_be_free_by_then_is_refused_unless_the_policy_keeps_it(
    fault: Fault | None,
) -> None:
    assert Scene("fail", start=700 * MS).again(0, fault) is False
    scene = Scene("retry", start=700 * MS)
    assert scene.again(0, fault)
    assert scene.until(999) == [(300, 700, 50, NONE)]


def test_an_end_that_has_passed_is_waited_for_by_pauses() -> None:
    """Something is down that was to be up by now: it is not asked for again at the same instant for ever."""
    scene = Scene("retry", start=700 * MS)
    assert scene.again(0, outage(200))
    assert scene.until(999) == [(300, 700, 50, NONE)]


def test_after_a_pause_it_asks_for_the_pairs_that_are_missing() -> None:
    scene = Scene("retry")
    assert scene.again(20, LINK) is True
    assert (scene.recovery.under_way, scene.recovery.pending(scene.owner)) == (True, True)
    assert scene.until(300) == []
    assert scene.until(301) == [(300, 303, 30, NONE)]
    assert scene.until(3000) == [(300, 303, 30, NONE)]
    # It is not served yet.
    assert scene.recovery.pending(scene.owner)
    scene.recovery.settled(scene.owner)
    scene.recovery.settled(scene.owner)
    assert not scene.recovery.under_way
    (_, made), request = scene.made[0], scene.request
    assert (made.end, made.memories, made.issued) == (request.end, request.memories, request.issued)


def test_one_that_wants_all_there_is_still_does_and_keeps_a_window_that_has_not_begun() -> None:
    scene = Scene("retry", pairs=None, start=700 * MS)
    assert scene.again(20, LINK)
    assert scene.until(999) == [(300, 700, None, NONE)]


def test_another_path_is_tried_at_once_and_the_same_one_after_a_pause() -> None:
    scene = Scene("reroute")
    assert scene.again(0, LINK)
    assert scene.until(201) == [(200, 203, 50, LINK.avoid)]
    scene.request = scene.made[-1][1]
    assert scene.again(5, ROUTER)
    # Nothing leads round the two ends.
    assert scene.until(202)[1:] == [(201, 204, 45, frozenset(("a-b", "b")))]
    scene.request = scene.made[-1][1]
    scene.made.clear()
    assert scene.again(5, LINK)
    assert scene.until(301) == []
    assert scene.until(303) == [(302, 305, 40, frozenset(("a-b", "b")))]


def test_one_that_was_refused_for_want_of_memories_waits() -> None:
    scene = Scene("reroute")
    assert scene.again(20, None)
    assert scene.until(300) == []
    assert scene.until(301) == [(300, 303, 30, NONE)]


def test_where_there_is_no_other_path_all_have_another_chance_after_a_pause() -> None:
    scene = Scene("reroute")
    scene.blocked = {"a-b"}
    assert scene.again(20, LINK)
    assert scene.until(300) == []
    assert scene.until(999) == [(300, 303, 30, NONE)]
    assert scene.asked == [(200, LINK.avoid), (300, NONE)]


def test_while_its_initiator_is_down_nothing_is_asked_and_what_it_avoids_is_kept() -> None:
    scene = Scene("reroute")
    scene.outages = SimpleNamespace(is_down=lambda node: node == "a" and scene.sim.now < 350 * MS)
    assert scene.again(20, LINK)
    assert scene.until(999) == [(400, 403, 30, LINK.avoid)]
    assert scene.asked == [(400, LINK.avoid)]


@pytest.mark.parametrize("earliest", [800, 900])
def test_where_it_can_only_start_when_its_window_is_over_it_is_given_up_at_the_end(earliest: int) -> None:
    scene = Scene("retry")
    scene.earliest = earliest * MS
    assert scene.again(20, LINK)
    assert scene.until(999) == []
    assert [at for at, _ in scene.asked] == [300, 400, 500, 600, 700, 800, 900]
    assert (scene.owner.gave_up, scene.recovery.under_way) == (0, True)
    scene.until(1001)
    assert (scene.owner.gave_up, scene.recovery.under_way) == (1, False)
    assert scene.until(3000) == []


def test_the_last_time_is_the_end_of_the_window() -> None:
    """Half a pause is left; what could start at the very end is not made."""
    scene = Scene("retry", 950)
    assert scene.again(20, LINK)
    assert scene.until(1001) == []
    assert scene.owner.gave_up == 1
    late = Scene("retry", 850)
    late.earliest = 50 * MS
    assert late.again(20, LINK)
    assert late.until(1500) == []
    assert late.owner.gave_up == 1
    early = Scene("retry", 850)
    early.earliest = 49 * MS
    assert early.again(20, LINK)
    assert early.until(1500) == [(950, 999, 30, NONE)]
    assert early.owner.gave_up == 0


def test_what_is_served_is_not_made_again_by_a_later_fault_that_has_nothing_to_ask_for() -> None:
    scene = Scene("retry")
    assert scene.again(20, LINK)
    scene.until(301)
    assert scene.again(50, LINK) is False
    assert not scene.recovery.pending(scene.owner)


@pytest.mark.parametrize(("patience", "made"), [(250, [250]), (350, [300]), (200, [])])
def test_whoever_waits_for_it_may_lose_patience(patience: int, made: list[int]) -> None:
    """It is asked for one last time as patience ends, and no more after that."""
    scene = Scene("retry", patience=patience * MS)
    assert scene.again(0, LINK) is bool(made)
    assert [at for at, *_ in scene.until(patience + 1)] == made
    if made:
        scene.request = scene.made[-1][1]
        assert scene.again(0, LINK) is False
    assert len(scene.until(999)) == len(made)
