"""What nodes say to each other, and to a central controller, about requests and what is down."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.flow import Fault, Flow


@dataclass(slots=True)
class Ask:
    """Here is a request."""

    flow: Flow


@dataclass(slots=True)
class Allot:
    """Serve this flow in its window, with these of your places."""

    flow: Flow
    places: tuple[int, ...]


@dataclass(slots=True)
class Taken:
    """I have heard that I am to serve this flow; said where what is said may be lost."""

    flow: Flow


@dataclass(slots=True)
class Decline:
    """The request is refused: places lack at a node, or something on the path is known to be at fault."""

    flow: Flow
    at: QuantumNode
    fault: Fault | None = None


@dataclass(slots=True)
class Report:
    """The flow has given what was wanted, or a fault has ended it."""

    flow: Flow
    fault: Fault | None = None


@dataclass(slots=True)
class Free:
    """The flow is over: serve it no more."""

    flow: Flow
    fault: Fault | None = None


@dataclass(slots=True)
class Notice:
    """I take this to be at fault from now on, or no more where there is no fault."""

    thing: Hashable
    fault: Fault | None


@dataclass(slots=True)
class Restarted:
    """I have been down, and have forgotten everything."""


@dataclass(slots=True)
class Resume:
    """I have been down, and may have missed what you said: what do you know?"""


@dataclass(slots=True)
class Known:
    """What a node knows.

    Attributes:
        flows: those that it serves, by number.
        faults: what it takes to be at fault.
    """

    flows: Mapping[int, Flow]
    faults: Mapping[Hashable, Fault]
