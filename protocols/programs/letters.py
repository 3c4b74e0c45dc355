"""Messages between programs: each is for one role, from one role, under one tag, in the order of arrival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsim.kernel import Mailbox, Wait

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from qsim.kernel import Simulator

#: Receiver, sender, tag.
Address = tuple[str, str, str]


@dataclass(slots=True)
class Letter:
    """A message of one program to another."""

    key: Letters
    address: Address
    message: Any


class Letters:
    """The messages of the programs that run together.

    Args:
        sim: the simulator.
        nodes: the node of each role.
    """

    def __init__(self, sim: Simulator, nodes: Mapping[str, QuantumNode]) -> None:
        self._sim = sim
        self._nodes = nodes
        self._boxes: dict[Address, Mailbox[Any]] = {}
        self._travelling: Counter[str] = Counter()
        for node in dict.fromkeys(nodes.values()):
            node.on(Letter, self._on_letter, key=self)

    def send(self, sender: str, receiver: str, tag: str, message: Any) -> None:
        """Send a message; between two roles at one node it is there at once."""
        letter = Letter(self, (receiver, sender, tag), message)
        source, target = self._nodes[sender], self._nodes[receiver]
        self._travelling[receiver] += 1
        if source is target:
            self._sim.post(0, self._on_letter, source, letter)
        else:
            source.send(target, letter)

    def receive(self, receiver: str, sender: str, tag: str, limit: int | None) -> Wait[Any]:
        """The next message; `limit` in ps, None for ever."""
        return self._box((receiver, sender, tag)).receive(limit)

    def travelling(self, receiver: str) -> int:
        """Messages on their way to a role."""
        return self._travelling[receiver]

    def unread(self) -> dict[Address, int]:
        """How many messages nobody has read, by receiver, sender and tag."""
        return {address: len(box) for address, box in self._boxes.items() if len(box)}

    def _box(self, address: Address) -> Mailbox[Any]:
        if address not in self._boxes:
            self._boxes[address] = Mailbox(self._sim)
        return self._boxes[address]

    def _on_letter(self, _source: Node, letter: Letter) -> None:
        self._travelling[letter.address[0]] -= 1
        self._box(letter.address).put(letter.message)
