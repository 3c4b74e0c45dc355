"""Lets the topology of a document make its nodes and links."""

from __future__ import annotations

from pathlib import Path

from qsim.errors import QsimError
from qsim.scenario.expansion import Fragments, told_apart
from qsim.scenario.faults import Faults
from qsim.scenario.parts import Parts
from qsim.scenario.tree import Node, from_plain


def make_topology(
    section: Node | None, base: Path | None, parts: Parts, faults: Faults
) -> tuple[Fragments | None, tuple[str, ...]]:
    """The nodes and links of the section ``topology``.

    Args:
        section: the section; None without one.
        base: folder of the scenario file, for topologies that are files.
        parts: makes the topology's object.
        faults: takes what is wrong with the topology.

    Returns:
        The fragments, None when the topology has a fault; and what the topology could not take over from a
        file, one sentence each.
    """
    if section is None:
        return Fragments(), ()
    topology = parts.of_kind("topology", "", section)
    if topology is None:
        return None, ()
    try:
        made = topology.expand(base)
    except QsimError as error:
        faults.add(section.place, str(error))
        return None, ()
    here = section.place
    nodes = {name: from_plain(entry, here.below("nodes", name), faults) for name, entry in made.nodes.items()}
    links = [from_plain(link, here.below("links", index), faults) for index, link in enumerate(made.links)]
    classical = from_plain(made.classical, here.below("classical"), faults) if made.classical else None
    notes = tuple(f"{made.report.source}: {line}" for line in made.report.text().splitlines())
    return Fragments(nodes, told_apart(links, faults), classical), notes
