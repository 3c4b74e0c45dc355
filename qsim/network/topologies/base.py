"""What a topology makes: fragments of a scenario document.

A topology is a class registered under the kind "topology". Its parameters are declared like those of a
device, and `expand` turns them into nodes and links. The smallest specimens are in
`qsim.network.topologies.regular`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from qsim.errors import NetworkError
from qsim.network.loss_report import LossReport
from qsim.registry import define_kind

#: Most nodes that a generator makes: a slip of the pen must not fill the computer's memory.
MOST_NODES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Topology:
    """Nodes and links as they would be written in a scenario document.

    Attributes:
        nodes: by name, the entries of each node; the order is the order of the network.
        links: one entry a link, with `between` and `length`.
        classical: the section of that name, where the source gives delays; empty otherwise.
        report: what the source held that could not be taken over.
    """

    nodes: dict[str, dict[str, Any]]
    links: list[dict[str, Any]]
    classical: dict[str, Any] = field(default_factory=dict)
    report: LossReport = field(default_factory=lambda: LossReport("<topology>"))


class TopologyKind(Protocol):
    """What every registered topology offers."""

    def expand(self, base: Path | None) -> Topology:
        """Make the nodes and links.

        Args:
            base: folder against which a relative file name is resolved; None for the working directory.
        """
        ...


define_kind("topology", TopologyKind, "models/network.md")


def uniform(names: Sequence[str], pairs: Iterable[tuple[int, int]], length: float) -> Topology:
    """Bare nodes and links of one length.

    Args:
        names: names of the nodes.
        pairs: the linked nodes, by index into `names`.
        length: length of every link, m.
    """
    links = [{"between": [names[a], names[b]], "length": length} for a, b in pairs]
    return Topology({name: {} for name in names}, links)


def bounded(nodes: int) -> int:
    """A number of nodes that a generator is about to make.

    Raises:
        NetworkError: there are more than `MOST_NODES`.
    """
    if nodes > MOST_NODES:
        raise NetworkError(f"makes more than {MOST_NODES} nodes, the most that a generator may make")
    return nodes


def numbered(prefix: str, count: int) -> list[str]:
    """Names made of a prefix and an index.

    Raises:
        NetworkError: there are more than `MOST_NODES`.

    Example:
        >>> numbered("n", 3)
        ['n0', 'n1', 'n2']
    """
    return [f"{prefix}{index}" for index in range(bounded(count))]
