"""Sources of keys have fibre of their own: says so where it is not the way that messages go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

#: Ways whose times differ by this share are of one cable, with its slack.
_ALIKE: Final = 0.2


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
