"""Sources of keys have fibre of their own, as long as a link where its length is left out.

Says so where it is not the way that messages go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from qsim.model.check_context import CheckContext
    from qsim.model.specs import LinkSpec

#: Ways whose times differ by this share are of one cable, with its slack.
_ALIKE: Final = 0.2


def laid(source: Any, links: Sequence[LinkSpec], *ways: tuple[str, str]) -> Any:
    """A source over fibre as long as links where its length is left out, as `unsaid` has found it may be.

    Args:
        source: transmitters, fibre and receivers.
        links: all of the network.
        ways: the ends of the way that its light goes, with its middle in that of the link; or of both ways.
    """
    if not _left_out(source):
        return source
    arms = [_arms(links, *way)[0] for way in ways]
    return source.over(*(arms[0] if len(arms) == 1 else map(sum, arms)))


def unsaid(source: Any, context: CheckContext, *ways: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Faults of a source that leaves its length out where no link tells it; `ways` as of `laid`.

    Nodes that do not exist, or a way from a node to itself, are faults of others.
    """
    key = _left_out(source)
    for first, second in ways if key else ():
        if first == second or not {first, second} <= context.nodes.keys():
            continue
        lengths = [sum(arms) for arms in _arms(context.links, first, second)]
        if not lengths:
            yield (
                f"source.{key}",
                f"give it: '{first}' and '{second}' have no link whose length it could take",
            )
        elif len(set(lengths)) > 1:
            told = ", ".join(f"{length / 1e3:g} km" for length in lengths)
            yield f"source.{key}", f"give it: the links of '{first}' and '{second}' are not alike ({told})"


def _left_out(source: Any) -> str:
    """The parameter that says how long its fibre is, where it is left out."""
    keys = ("length", "lengths") if hasattr(source, "over") else ()
    return next((key for key in keys if getattr(source, key, 0.0) is None), "")


def _arms(links: Sequence[LinkSpec], first: str, second: str) -> list[tuple[float, float]]:
    """Lengths of both arms of each link between two nodes, that of the first node first, m."""
    found = []
    for link in links:
        if set(link.between) == {first, second}:
            place = link.between.index(first)
            found.append((link.arm(place)[0], link.arm(1 - place)[0]))
    return found


def other_way(
    source: object, length: float, key: str, flight: int, between: str = "between its ends"
) -> Iterator[str]:
    """Say so where pulses have another way to go than messages: its length may have been forgotten.

    Args:
        source: with fibre of its own.
        length: of the way that its pulses go, m.
        key: where that was said.
        flight: what a message takes on the same way, ps.
        between: the ends of the way, in words.
    """
    fibre = getattr(source, "fibre", None)
    if fibre is None or abs(fibre.delay_ps(length) - flight) <= _ALIKE * flight:
        return
    yield (
        f"its pulses go {length / 1e3:g} km of fibre, by `source.{key}`, and a message {between} takes "
        f"{flight / 1e6:g} us, where light in such fibre takes {fibre.delay_ps(length) / 1e6:g} us"
    )
