"""What nodes say to each other to promise memories along a path, and to take promises back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.flow import Fault, Flow


@dataclass(slots=True)
class Reserve:
    """Reserve memories for this flow."""

    flow: Flow


@dataclass(slots=True)
class Confirm:
    """The whole path has promised its memories."""

    flow: Flow


@dataclass(slots=True)
class Refuse:
    """The node `at` could not promise its memories.

    Attributes:
        crossed: whether it has promises to another node's request that is not confirmed yet.
        fault: what it takes to be at fault on the path, if that is why.
    """

    flow: Flow
    at: QuantumNode
    crossed: bool
    fault: Fault | None = None


@dataclass(slots=True)
class Release:
    """The flow is over before its time."""

    flow: Flow


@dataclass(slots=True)
class Broken:
    """Something on the path of the flow is at fault, and it is over."""

    flow: Flow
    fault: Fault
