"""What the two ends of key distribution agree upon, as parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from protocols.qkd.counts import Analysis
from protocols.qkd.distillation import Rules
from qsim.parameters import Declared, OfKind, Param

__all__ = ["KeyTerms"]


@dataclass(frozen=True)
class KeyTerms(Declared):
    """How safe a key must be, and who draws from it."""

    secrecy: Annotated[
        float, Param("probability with which a key may not be secret", gt=0, lt=1, source="Lim et al. 2014")
    ] = 1e-10
    correctness: Annotated[
        float,
        Param("probability with which keys may differ at the two ends", gt=0, lt=1, source="Lim et al. 2014"),
    ] = 1e-15
    forgery: Annotated[
        float, Param("probability with which a forged message of a session may pass", gt=0, lt=1)
    ] = 1e-12
    finite: Annotated[
        bool,
        Param("whether a block is taken for as long as it is; otherwise its error rates are taken for exact"),
    ] = True
    reconciliation: Annotated[
        Any, OfKind("reconciliation", "what corrects the bits of one end", default="cascade")
    ] = None
    share: Annotated[
        float,
        Param(
            "part of the key for applications that ask at the initiator; the rest is the responder's",
            ge=0,
            le=1,
        ),
    ] = 0.5

    def rules(self, analysis: Analysis) -> Rules:
        """The rules of all sessions."""
        return Rules(analysis, self.correctness, self.forgery, self.reconciliation)
