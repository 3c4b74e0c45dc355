"""What of a network is down: links, nodes, banks of memories, classical channels.

`Outages` is the physical truth, which no node knows: a protocol looks at it where nature would tell it, as
light that stays away does at the two ends of a link, and learns of everything else by messages that do not
come. `network.outages` is there in every run; nothing is down, and nothing of this costs time, until an
element is declared.

Example:
    How a protocol sees the outages of links at their ends::

        outages = network.outages
        outages.watch(changed)        # changed(element) at the instant at which one goes down or comes up

        def changed(element):
            for link in element.links:      # the links at work that it takes down with it
                for end in (link.first, link.second):
                    ...                     # element.down says which way it went

        outages.is_down(link)         # a `hardware.link.Link`, a node, or a bank as `(node, "name")`
        outages.down                  # all elements that are down

    A hello over a link is a datagram, which nobody repeats: ``near.datagram(far, Hello(...), link)``. It is
    lost when the link's fibre, or either node, is down at any time between sending and arrival.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from qsim.kernel import Simulator


@dataclass(eq=False, slots=True)
class Element:
    """Something that goes down and comes up as one.

    Attributes:
        kind: "link" (one piece of fibre, with the light and the messages along it), "node", "bank" or
            "channel" (the messages between two nodes).
        name: unique among its kind.
        nodes: its two ends, or the node itself.
        links: links at work whose light crosses it.
        things: what `Outages.is_down` answers for.
        ends: of each outage that holds it down at present, when it is known to end, ps; None where nobody
            knows. It is up when there is none.
        since: when it last went down or came up, ps.
        went_down: when it last went down, ps; -1 before.
        cycles: completed ones: time up and time down, ps.
    """

    kind: str
    name: str
    nodes: tuple[Any, ...]
    links: tuple[Any, ...] = ()
    things: tuple[Hashable, ...] = ()
    ends: list[int | None] = field(default_factory=list)
    since: int = 0
    went_down: int = -1
    cycles: list[tuple[int, int]] = field(default_factory=list)
    _up: int = 0

    @property
    def down(self) -> bool:
        """Whether it is down now."""
        return bool(self.ends)

    @property
    def until(self) -> int | None:
        """When it is known to come up, ps; None while it is up, and where nobody knows."""
        known = [end for end in self.ends if end is not None]
        return max(known) if known and len(known) == len(self.ends) else None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def turn(self, now: int) -> None:
        """It has just gone down, or come up, at a time in ps."""
        lasted = now - self.since
        self.since = now
        if self.down:
            self._up, self.went_down = lasted, now
        else:
            self.cycles.append((self._up, lasted))

    def down_ps(self, now: int) -> int:
        """Time for which it has been down by a time in ps."""
        return sum(down for _, down in self.cycles) + (now - self.since if self.down else 0)

    @property
    def times(self) -> int:
        """How often it has gone down."""
        return len(self.cycles) + self.down


class Outages:
    """The elements of one simulation that may be down.

    Attributes:
        in_play: whether any element has been declared.
        elements: those declared, by kind and name.
        changes: how often one has gone down or come up.
        patience: how long silence of a neighbour is taken for nothing, ps.
        any: what is down whenever any of them is.
    """

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.in_play = False
        self.elements: dict[tuple[str, str], Element] = {}
        self.changes = 0
        self.patience = 0
        self.any = Element("network", "all of these", ())
        self._down: Counter[Hashable] = Counter()
        self._watchers: list[Callable[[Element], object]] = []

    @property
    def down(self) -> tuple[Element, ...]:
        """The elements that are down, in the order of their declaration."""
        return tuple(element for element in self.elements.values() if element.down)

    def is_down(self, thing: Hashable) -> bool:
        """Whether a link, a node, or a bank given as a node and a name, is down now."""
        return thing in self._down

    def watch(self, told: Callable[[Element], object]) -> None:
        """Be told of each element at the instant at which it has gone down or come up."""
        self._watchers.append(told)

    def declare(self, element: Element) -> Element:
        """Add an element, or give the one of its kind and name that is known already."""
        self.in_play = True
        return self.elements.setdefault((element.kind, element.name), element)

    def begin(self, elements: Iterable[Element], until: int | None = None) -> None:
        """One outage takes these down now, together; what was down stays so.

        Args:
            elements: what goes down.
            until: when it is known to end, ps; None where nobody knows.
        """
        for element in list(elements):
            element.ends.append(until)
            if len(element.ends) == 1:
                self._turn(element)

    def finish(self, elements: Iterable[Element], until: int | None = None) -> None:
        """One outage of these, begun with the same end, is over; what nothing else holds down comes up."""
        for element in list(elements):
            element.ends.remove(until)
            if not element.ends:
                self._turn(element)

    def _turn(self, element: Element) -> None:
        sim = self.sim
        element.turn(sim.now)
        self.changes += 1
        before = self.any.down
        if element.down:
            self.any.ends.append(None)
        else:
            self.any.ends.pop()
        if self.any.down != before:
            self.any.turn(sim.now)
        for thing in element.things:
            self._down[thing] += 1 if element.down else -1
            if not self._down[thing]:
                del self._down[thing]
        if sim.trace is not None:
            sim.trace.emit(
                sim.now, "element_down" if element.down else "element_up", element.name, kind=element.kind
            )
        for told in self._watchers:
            told(element)
