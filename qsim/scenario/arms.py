"""Links whose two arms differ: their lengths and that of the link."""

from __future__ import annotations

import math
from dataclasses import replace

from qsim import units
from qsim.documents.faults import Faults
from qsim.documents.tree import Node
from qsim.errors import UnitError
from qsim.model.specs import ArmSpec, LinkSpec


def summed(link: Node) -> float | None:
    """The length of a link in metres, if both of its arms state theirs; 0 where one cannot be read."""
    arms = link.get("arms")
    lengths = [arm.get("length") for arm in arms.value] if arms and isinstance(arms.value, list) else []
    if len(lengths) != 2 or None in lengths:
        return None
    try:
        return sum(units.parse(length.value, "m") for length in lengths if length)
    except UnitError:
        # Whoever reads the arms tells what is wrong with it.
        return 0.0


def with_arms(link: LinkSpec | None, node: Node, faults: Faults) -> LinkSpec | None:
    """A link whose arms, if it has any, both know their lengths.

    Args:
        link: the link; None when it has faults.
        node: where it is written.
        faults: takes lengths that do not fit together, and a midpoint besides.
    """
    if link is None or link.arms is None:
        return link
    if "midpoint" in node.items:
        faults.add(node.locate(("midpoint",)), "stands beside `arms`, whose lengths say where the station is")
    first, second = (arm.length for arm in link.arms)
    if first is not None and second is not None:
        if not math.isclose(first + second, link.length, rel_tol=1e-9):
            total = f"{first + second:g} m, the length of both `arms` together"
            faults.add(node.locate(("length",)), f"must be {total}, or be left out; got {link.length:g} m")
    elif first is None and second is None:
        first = second = link.length / 2
    else:
        given, place = (first, 0) if first is not None else (second, 1)
        assert given is not None
        if given > link.length:
            where = node.locate(("arms", place, "length"))
            faults.add(where, f"must be at most the length of the link, {link.length:g} m, got {given:g} m")
            return link
        first, second = (given, link.length - given) if place == 0 else (link.length - given, given)
    arms = zip(link.arms, (first, second), strict=True)
    one, other = (ArmSpec(length, arm.fibre) for arm, length in arms)
    return replace(link, arms=(one, other))
