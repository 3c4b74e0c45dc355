"""Purification recipes: two-to-one recurrences in any formalism.

Each is a function of two pair states and of the noise at the two nodes (`qsim.quantum.state.Recipe`), made of
what every pair state can do. A recipe of one's own is another such function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from qsim.errors import StateError
from qsim.quantum.bell import correlators
from qsim.quantum.bell_diagonal import BellDiagonalState

if TYPE_CHECKING:
    from qsim.quantum.noise import OperationNoise
    from qsim.quantum.state import Axis, PairState, Recipe, S

#: By how much a frame must be better than another to be taken in its place.
_BETTER: Final = 1e-12


class Frame(NamedTuple):
    """Quarter turns that both nodes make before a recipe: local rotations that leave Φ+ alone.

    Attributes:
        kept, sacrificed: the axis about which either pair is turned; None for no turn.
    """

    kept: Axis | None
    sacrificed: Axis | None

    def __str__(self) -> str:
        return f"{self.kept or '-'}{self.sacrificed or '-'}"


#: No turns beside those of the recipe itself.
AS_PUBLISHED: Final = Frame(None, None)
#: The frames that a recurrence can tell apart: which of the three wrong Bell states it does not notice.
FRAMES: Final = (
    AS_PUBLISHED,
    Frame("x", "x"),
    Frame("z", "z"),
    Frame("x", None),
    Frame(None, "x"),
    Frame("z", None),
    Frame(None, "z"),
    Frame("x", "z"),
    Frame("z", "x"),
)


def in_frame(
    recipe: Recipe, frame: Frame, kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise
) -> tuple[float, S]:
    """What a recipe makes of two pairs that have been turned.

    Raises:
        StateError: the formalism knows no axes, or cannot follow the recipe.
    """
    turned = kept if frame.kept is None else kept.quarter_turned(frame.kept)
    lost = sacrificed if frame.sacrificed is None else sacrificed.quarter_turned(frame.sacrificed)
    probability, state = recipe(turned, lost, first, second)
    return probability, state if probability > 0 else kept


def best_frame(
    recipe: Recipe, kept: PairState, sacrificed: PairState, first: OperationNoise, second: OperationNoise
) -> Frame:
    """The frame in which a recipe leaves the greatest fidelity, by the Bell weights of both pairs.

    Of frames that are equally good the first in `FRAMES` is taken, so both nodes choose alike.

    Raises:
        StateError: the recipe asks for more than the Bell weights tell.
    """
    mine, other = (BellDiagonalState(*correlators(*pair.probabilities())) for pair in (kept, sacrificed))
    best, greatest = AS_PUBLISHED, -1.0
    for frame in FRAMES:
        probability, state = in_frame(recipe, frame, mine, other, first, second)
        if probability > 0 and (fidelity := state.fidelity()) > greatest + _BETTER:
            best, greatest = frame, fidelity
    return best


def bbpssw(kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise) -> tuple[float, S]:
    """Both pairs twirled to Werner states, then the bilateral CNOT.

    References:
        Bennett et al., Phys. Rev. Lett. 76, 722 (1996).

    Example:
        >>> from qsim.quantum import PERFECT, BellDiagonalState
        >>> pair = BellDiagonalState.werner(0.8)
        >>> probability, better = bbpssw(pair, pair, PERFECT, PERFECT)
        >>> round(probability, 6), round(better.fidelity(), 6)
        (0.768889, 0.83815)
    """
    probability, state = kept.twirled().purified(sacrificed.twirled(), first, second)
    return probability, state if probability > 0 else kept


def dejmps(kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise) -> tuple[float, S]:
    """Both pairs turned about X, which exchanges Φ− and Ψ−, then the bilateral CNOT.

    References:
        Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996).
    """
    turned, lost = kept.quarter_turned("x"), sacrificed.quarter_turned("x")
    probability, state = turned.purified(lost, first, second)
    return probability, state if probability > 0 else kept


def epl(kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise) -> tuple[float, S]:
    """Extreme-photon-loss distillation of single-click pairs: bilateral CNOT, kept where both bits are 1.

    Two pairs of which both memories were bright, or of which both were dark, never give two ones, so one
    round removes all that a single click mistakes for a pair. A phase that the two pairs share cancels.

    Raises:
        StateError: the formalism does not know which of two equal bits are 1.

    References:
        Campbell and Benjamin, Phys. Rev. Lett. 101, 130502 (2008); Nickerson, Fitzsimons, Benjamin,
        Phys. Rev. X 4, 041041 (2014); Kalb et al., Science 356, 928 (2017).
    """
    # Not every formalism can, so it is no part of their contract.
    select = getattr(kept, "purified_on_ones", None)
    if select is None:
        raise StateError(
            f"{type(kept).__name__} does not know which memory of a wrong pair was bright, and cannot tell "
            "two ones from two zeros; use density-matrix"
        )
    chosen: tuple[float, S] = select(sacrificed, first, second)
    return chosen
