"""What it costs to authenticate messages: bits of key that each tag uses up.

A tag is a polynomial of the message, in blocks as long as the tag, evaluated at a secret point that is kept,
and hidden by bits that are used once. Another message is taken for it with a probability of at most the
number of blocks times 2^-t.

References:
    Wegman, Carter, J. Comput. Syst. Sci. 22, 265 (1981); den Boer, J. Comput. Secur. 2, 65 (1993).
"""

from __future__ import annotations

from math import ceil, log2

from qsim.errors import ParameterError

__all__ = ["tag_bits"]


def tag_bits(message: float, failure: float) -> int:
    """Bits of key that the tag of a message uses up: the shortest tag that is forged seldom enough.

    Args:
        message: its length in bits.
        failure: most probability with which another message is taken for it, in (0, 1).

    Raises:
        ParameterError: no such probability.

    Example:
        >>> tag_bits(1e6, 1e-12)
        55
    """
    if not 0 < failure < 1:
        raise ParameterError(f"`failure` must be in (0, 1), got {failure!r}")
    tag = ceil(-log2(failure))
    while ceil(max(1.0, message) / tag) * 2.0**-tag > failure:
        tag += 1
    return tag
