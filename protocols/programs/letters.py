"""Messages between programs: each is for one role, from one role, under one tag, in the order of arrival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsim.kernel import Mailbox, Wait

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from qsim.kernel import Simulator

#: Receiver, sender, tag.
Address = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class RoundLost:
    """A round of the sender's program is lost.

    Attributes:
        number: of the round.
        taken: numbers of the pairs with the receiver that it has taken in it, and the receiver has not.
    """

    number: int
    taken: frozenset[int]


@dataclass(slots=True)
class Letter:
    """A message of one program to another, or the word that a round is lost."""

    key: Letters
    address: Address
    round: int
    message: Any


class Letters:
    """The messages of the programs that run together.

    Args:
        sim: the simulator.
        nodes: the node of each role.
        round_of: the round that a role is in.
        hear: takes receiver, sender and the word that a round is lost.
    """

    def __init__(
        self,
        sim: Simulator,
        nodes: Mapping[str, QuantumNode],
        round_of: Callable[[str], int],
        hear: Callable[[str, str, RoundLost], None],
    ) -> None:
        self._sim = sim
        self._nodes = nodes
        self._round_of = round_of
        self._hear = hear
        self._boxes: dict[Address, Mailbox[Letter]] = {}
        self._forgotten: set[tuple[str, int]] = set()
        self._travelling: Counter[str] = Counter()
        for node in dict.fromkeys(nodes.values()):
            node.on(Letter, self._on_letter, key=self)

    def send(self, sender: str, receiver: str, tag: str, message: Any) -> None:
        """Send a message; between two roles at one node it is there at once."""
        self._send(Letter(self, (receiver, sender, tag), self._round_of(sender), message))

    def tell(self, sender: str, receiver: str, word: RoundLost) -> None:
        """Tell another role that a round is lost."""
        self._send(Letter(self, (receiver, sender, ""), word.number, word))

    def _send(self, letter: Letter) -> None:
        receiver, sender, _ = letter.address
        source, target = self._nodes[sender], self._nodes[receiver]
        self._travelling[receiver] += 1
        if source is target:
            self._sim.post(0, self._on_letter, source, letter)
        else:
            source.send(target, letter)

    def receive(self, receiver: str, sender: str, tag: str, limit: int | None) -> Wait[Any]:
        """The next message; `limit` in ps, None for ever."""
        until = None if limit is None else self._sim.now + limit
        while True:
            left = None if until is None else until - self._sim.now
            letter = yield from self._box((receiver, sender, tag)).receive(left)
            # It may have been on its way out of the box when its round was forgotten.
            if (receiver, letter.round) not in self._forgotten:
                return letter.message

    def forget(self, receiver: str, number: int) -> None:
        """Read no messages to a role that were sent in a round, now or later."""
        self._forgotten.add((receiver, number))
        for address, box in self._boxes.items():
            if address[0] == receiver:
                box.discard(lambda letter: letter.round == number)

    def travelling(self, receiver: str) -> int:
        """Messages on their way to a role."""
        return self._travelling[receiver]

    @property
    def under_way(self) -> int:
        """Messages on their way to any role."""
        return self._travelling.total()

    def unread(self) -> dict[Address, int]:
        """How many messages nobody has read, by receiver, sender and tag."""
        return {address: len(box) for address, box in self._boxes.items() if len(box)}

    def _box(self, address: Address) -> Mailbox[Letter]:
        if address not in self._boxes:
            self._boxes[address] = Mailbox(self._sim)
        return self._boxes[address]

    def _on_letter(self, _source: Node, letter: Letter) -> None:
        receiver, sender, _ = letter.address
        self._travelling[receiver] -= 1
        if isinstance(letter.message, RoundLost):
            self._hear(receiver, sender, letter.message)
        elif (receiver, letter.round) not in self._forgotten:
            self._box(letter.address).put(letter)
