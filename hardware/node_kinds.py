"""Kinds of node.

A kind of a user's own is a frozen dataclass that derives from one of these and is registered under the kind
"node"; it may have parameters of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qsim.model.specs import NodeSpec
from qsim.registry import register


@register("node", "router")
@dataclass(frozen=True)
class Router(NodeSpec):
    """A node that swaps: a quantum repeater."""


@register("node", "end-node")
@dataclass(frozen=True)
class EndNode(NodeSpec):
    """A node that only begins or ends entanglement."""

    relays: ClassVar[bool] = False
