"""The table of sessions of key distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.model.rows import Cell, Row
from qsim.registry import register

__all__ = ["KeySessionRow"]


@register("table", "key-sessions")
@dataclass(frozen=True, slots=True)
class KeySessionRow(Row):
    """One session of key distribution that both ends have finished."""

    application: Annotated[str, Cell("what made it, as in the table of metrics")]
    began_s: Annotated[float, Cell("when the first of its block was measured or sent", "s")]
    ended_s: Annotated[float, Cell("when both ends had its key, or knew that there is none", "s")]
    sifted: Annotated[int, Cell("bits in the basis of the key", "1")]
    compared: Annotated[int, Cell("bits in other bases, all compared", "1")]
    error_key: Annotated[
        float | None, Cell("share of wrong bits in the key before correction; None without correction", "1")
    ]
    error_compared: Annotated[
        float | None, Cell("share of wrong bits among those compared; None without any", "1")
    ]
    leaked: Annotated[int, Cell("parities that reconciliation has told", "1")]
    secret: Annotated[int, Cell("bits of key", "1")]
    authentication: Annotated[int, Cell("bits of key that its messages' tags have used up", "1")]
    status: Annotated[
        str, Cell('"key", "no key", or "differed" where verification found errors that were left')
    ]
