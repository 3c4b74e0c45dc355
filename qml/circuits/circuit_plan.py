"""How PennyLane code of anyone's is computed: which operations are frozen, and which are taken together.

The code is run once on a batch of two inputs. What has no batch axis then is frozen for given angles, and
neighbouring frozen operations become one matrix. The others get their matrices from the code itself at every
step, whatever it makes of the input.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from qml.circuits.tape import NotLoweredError, operations

#: Largest number of axes of the matrix of frozen operations, where a state has more than `WHOLE` of them.
BLOCK_AXES = 4
#: States of up to so many axes are turned by one matrix for all frozen operations in a row.
WHOLE = 6


class Code(Protocol):
    """PennyLane code of a circuit."""

    def __hash__(self) -> int:
        """Plans are kept by circuit."""
        ...

    def angles(self, wires: int) -> tuple[int, ...]:
        """Shape of the angles of one circuit."""
        ...

    def gates(self, values: Any, angles: Any) -> None:
        """Apply the circuit."""
        ...

    def observables(self, wires: int) -> tuple[Any, ...]:
        """What is read besides products of Z."""
        ...


@dataclass(frozen=True)
class Block:
    """Operations that become one matrix.

    Attributes:
        wires: in increasing order.
        members: places in the list of operations, in their order.
        frozen: whether none depends on the input.
    """

    wires: tuple[int, ...]
    members: tuple[int, ...]
    frozen: bool


@dataclass(frozen=True)
class Plan:
    """What is known of a circuit whatever its input and its angles.

    Attributes:
        signature: name and wires of each operation.
        wires: of the circuit.
        heads: for each wire the operations on it alone that come before all others of the wire.
        blocks: of the remaining operations.
        mixed: whether there is a channel of noise, so that states are density matrices.
        shared: whether what depends on the input depends on no angle: it is then computed once for all cells.
    """

    signature: tuple[tuple[str, tuple[int, ...]], ...]
    wires: int
    heads: tuple[Block, ...]
    blocks: tuple[Block, ...]
    mixed: bool
    shared: bool

    @property
    def axes(self) -> int:
        """Two-valued axes of a state."""
        return self.wires * (2 if self.mixed else 1)


def signature(found: list[Any]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Name and wires of each operation."""
    return tuple((one.name, tuple(one.wires.tolist())) for one in found)


@lru_cache(maxsize=64)
def plan_of(circuit: Code, wires: int) -> Plan:
    """The plan of a circuit on so many wires.

    Raises:
        NotLoweredError: gates that depend on the numbers, wires that the circuit does not have, noise whose
            strength depends on the input, or what PennyLane has no matrix for.
    """
    import pennylane as qp

    rng = np.random.default_rng(0)
    probes = rng.uniform(-1, 1, (2, 2, wires)), rng.uniform(0, 2 * np.pi, (2, *circuit.angles(wires)))
    first, other = (operations(circuit.gates, *probe) for probe in zip(*probes, strict=True))
    turned = operations(circuit.gates, probes[0][0], probes[1][1])
    names = signature(first)
    if not names == signature(other) == signature(turned):
        raise NotLoweredError("which gates are applied must not depend on values or angles")
    strange = [wire for _, on in names for wire in on if wire not in range(wires)]
    if strange:
        raise NotLoweredError(f"the circuit has the wires 0 to {wires - 1}, and a gate is on {strange[0]!r}")
    varies = [one.batch_size is not None for one in first]
    channels = [isinstance(one, qp.operation.Channel) for one in first]
    for one, varying, channel in zip(first, varies, channels, strict=True):
        if varying and channel:
            raise NotLoweredError(f"the strength of {one.name} depends on the input")
    mixed = any(channels)
    heads, rest = _heads(names, varies, channels, wires)
    limit = (BLOCK_AXES if wires * (1 + mixed) > WHOLE else WHOLE) // (1 + mixed)
    blocks = _blocks([(place, names[place][1], not varies[place]) for place in rest], limit)
    inputs = [place for block in (*heads, *blocks) if not block.frozen for place in block.members]
    shared = all(_same(first[place], turned[place]) for place in inputs)
    return Plan(names, wires, heads, blocks, mixed, shared)


def _same(one: Any, other: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.data, other.data, strict=True))


def _heads(
    names: tuple[tuple[str, tuple[int, ...]], ...], varies: list[bool], channels: list[bool], wires: int
) -> tuple[tuple[Block, ...], list[int]]:
    """Leading gates of each wire, and the places of all other operations."""
    members: list[list[int]] = [[] for _ in range(wires)]
    closed: set[int] = set()
    rest = []
    for place, (_, on) in enumerate(names):
        if len(on) == 1 and on[0] not in closed and not channels[place]:
            members[on[0]].append(place)
        else:
            closed.update(on)
            rest.append(place)
    heads = tuple(
        Block((wire,), tuple(places), not any(varies[place] for place in places))
        for wire, places in enumerate(members)
    )
    return heads, rest


def _blocks(sequence: list[tuple[int, tuple[int, ...], bool]], limit: int) -> tuple[Block, ...]:
    """Take operations together that may meet: nothing between them acts on their wires."""
    blocks: list[Block] = []
    for place, on, frozen in sequence:
        for at in reversed(range(len(blocks))):
            block = blocks[at]
            joined = tuple(sorted({*block.wires, *on}))
            # A matrix for each input is dear: only what is on the same wires joins it.
            fits = len(joined) <= limit if frozen else len(joined) == max(len(block.wires), len(on))
            if block.frozen == frozen and fits:
                blocks[at] = Block(joined, (*block.members, place), frozen)
                break
            if set(block.wires) & set(on):
                blocks.append(Block(tuple(sorted(on)), (place,), frozen))
                break
        else:
            blocks.append(Block(tuple(sorted(on)), (place,), frozen))
    return tuple(blocks)
