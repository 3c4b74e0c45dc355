"""Entanglement purification: two pairs in, with luck one better pair out.

The downstream end of two pairs that share both ends, and that are below the flow's target, asks the upstream
end; that one measures its half of the sacrificed pair and grants; the asker measures, compares and tells. The
asker knows the result one round trip after asking, the other end one message later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hardware.memory import MemoryState
from protocols.rules import PURIFY, Rule
from qsim.errors import StateError
from qsim.parameters import Declared, Param
from qsim.quantum import recipes
from qsim.quantum.noise import PERFECT
from qsim.quantum.recipes import AS_PUBLISHED, Frame, best_frame, in_frame
from qsim.quantum.state import Recipe
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.entanglement.consent import ConsentProtocol, Proposal
    from protocols.entanglement.view import FlowView
    from protocols.resources import ResourceManager
    from qsim.model.check_context import CheckContext
    from qsim.quantum.noise import OperationNoise
    from qsim.quantum.state import PairState, S

_ENTANGLED = MemoryState.ENTANGLED


@dataclass(slots=True)
class PurificationOutcome:
    """How a purification that you granted has ended; the pair kept is named by the memory and its number."""

    token: int
    kept: Memory
    pair_id: int
    success: bool


@dataclass(frozen=True)
class Purification(Declared):
    """What all purification policies share.

    A policy of a user's own derives from this class and is registered under the kind "purification";
    `partner` chooses the pair to sacrifice, and `recipe` is what is done to the two states. Where two nodes
    differ, the policy of the one nearer the responder holds for the pairs between them.
    """

    policy: Annotated[
        str,
        Param(
            "'until-target' repeats until a pair reaches the target fidelity; "
            "'once' gives each pair at most one round",
            choices=("until-target", "once"),
        ),
    ] = "until-target"
    match: Annotated[
        str,
        Param(
            "which two pairs are joined: 'nearest' in fidelity, or only 'equal' ones",
            choices=("nearest", "equal"),
            source="SeQUeNCe asks for equal fidelities",
        ),
    ] = "nearest"
    rounds: Annotated[
        int | tuple[int, ...] | None,
        Param(
            "a single number holds for every level, swapped pairs too: exactly so many rounds for every "
            "pair, with pairs of as many rounds, and then it is used whatever its fidelity; several "
            "numbers are for pairs of a link, pairs swapped once, and so on, "
            "and pairs beyond have none; left out, `policy` and the target decide",
            ge=0,
            source="Briegel, Dür, Cirac, Zoller, Phys. Rev. Lett. 81, 5932 (1998)",
        ),
    ] = None

    #: What is done to the states, a `staticmethod`; None purifies nothing.
    recipe: ClassVar[Recipe | None] = None

    def check(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """Note a recipe that is none, or that the formalism cannot follow."""
        if self.recipe is None:
            return
        recipe: object = self.recipe
        if not callable(recipe):
            yield "", f"{type(self).__name__}.recipe must be a function of two pair states, got {recipe!r}"
            return
        pair = context.formalism.werner(0.9)
        try:
            probability, kept = recipe(pair, pair, PERFECT, PERFECT)
            if not 0 <= probability <= 1 or not isinstance(kept, type(pair)):
                raise ValueError(f"got {probability!r} and {kept!r}")
        except StateError as error:
            yield "", f"the formalism '{context.run.formalism}' cannot follow its recipe: {error}"
        except (TypeError, ValueError) as error:
            yield (
                "",
                f"{type(self).__name__}.recipe must take two pair states and the noise at two nodes, and "
                f"give a probability and a state (a function is named `recipe = staticmethod(f)`): {error}",
            )

    def rules(self, agent: FlowView) -> Iterable[Rule]:
        """The purification rule of one node on the path of a flow, for pairs towards the initiator."""
        if self.recipe is None or agent.left is None or (agent.target <= 0 and self.rounds is None):
            return ()
        work = _Purifier(self, agent)
        return (Rule("purify", PURIFY, (_ENTANGLED,), agent.left, work.partners, work.act),)

    def improves(self, memory: Memory) -> bool:
        """Whether a pair below target is to be purified rather than given up, or has rounds to go."""
        if self.recipe is None:
            return False
        pair = memory.pair
        if self.rounds is not None:
            return pair is not None and pair.rounds < self.rounds_at(pair.level)
        return self.policy == "until-target" or (pair is not None and pair.rounds == 0)

    def rounds_at(self, level: int) -> int:
        """The `rounds` of a pair that so many swaps, one after the other, have made."""
        if isinstance(self.rounds, tuple):
            return self.rounds[level] if level < len(self.rounds) else 0
        return self.rounds or 0

    def frame_of(
        self, kept: PairState, sacrificed: PairState, first: OperationNoise, second: OperationNoise
    ) -> Frame:
        """The local rotations that both ends make before the recipe; unless overridden, none.

        Args:
            kept, sacrificed: the two states as both ends judge them, so both find the same.
            first, second: noise of the operations at the two ends.
        """
        return AS_PUBLISHED

    def purified(
        self, kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise
    ) -> tuple[float, S]:
        """Probability of success of a round, and the kept pair's state then, in the frame that it takes."""
        assert self.recipe is not None
        frame = self.frame_of(kept, sacrificed, first, second)
        return in_frame(self.recipe, frame, kept, sacrificed, first, second)

    def partner(self, memory: Memory, candidates: list[Memory]) -> Memory | None:
        """The memory whose pair is sacrificed for that of `memory`; None to wait for a better one."""
        assert memory.pair is not None
        if self.rounds is not None:
            candidates = [other for other in candidates if _rank(other) == _rank(memory)]
        own = memory.pair.confirmed_fidelity()
        rated = [(abs(_fidelity(other) - own), place) for place, other in enumerate(candidates)]
        if not rated:
            return None
        distance, place = min(rated)
        return None if self.match == "equal" and distance > 0 else candidates[place]


@register("purification", "bbpssw")
@dataclass(frozen=True)
class Bbpssw(Purification):
    """Bennett et al.: both pairs twirled to Werner states, CNOTs, one pair measured.

    References:
        Bennett et al., Phys. Rev. Lett. 76, 722 (1996).
    """

    recipe: ClassVar[Recipe | None] = staticmethod(recipes.bbpssw)


@register("purification", "dejmps")
@dataclass(frozen=True)
class Dejmps(Purification):
    """Deutsch et al.: local rotations instead of twirling, which converges faster.

    References:
        Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996).
    """

    frame: Annotated[
        str,
        Param(
            "local rotations before each round: the 'best' for the two states as both ends judge them, or as "
            "'published', the same ones always",
            choices=("best", "published"),
        ),
    ] = "best"

    recipe: ClassVar[Recipe | None] = staticmethod(recipes.dejmps)

    def frame_of(
        self, kept: PairState, sacrificed: PairState, first: OperationNoise, second: OperationNoise
    ) -> Frame:
        if self.frame == "published":
            return AS_PUBLISHED
        return best_frame(recipes.dejmps, kept, sacrificed, first, second)


@register("purification", "epl")
@dataclass(frozen=True)
class ExtremePhotonLoss(Purification):
    """Distillation of single-click pairs, which removes what both memories bright, or both dark, leave.

    It keeps the pair where both measured bits are 1, so it needs a formalism that tells that from two zeros.

    References:
        Campbell and Benjamin, Phys. Rev. Lett. 101, 130502 (2008); Kalb et al., Science 356, 928 (2017).
    """

    recipe: ClassVar[Recipe | None] = staticmethod(recipes.epl)


@register("purification", "none")
@dataclass(frozen=True)
class NoPurification(Purification):
    """Nothing is purified: pairs below target are swapped as they are, and given up only end to end."""


class _Purifier:
    """A purification policy at work at one node on the path of one flow."""

    def __init__(self, policy: Purification, agent: FlowView) -> None:
        self._policy = policy
        self._agent = agent
        self._node = agent.node
        self._rng = agent.node.sim.stream("purify/" + agent.node.name)
        self._framed = type(policy).frame_of is not Purification.frame_of

    def partners(self, memory: Memory) -> tuple[Memory, Memory] | None:
        """The pair to keep and the pair to sacrifice, both with the same far end and below target."""
        if memory.index not in self._agent.left_indices or not self._wanted(memory):
            return None
        assert memory.partner is not None
        assert self._agent.left is not None
        far = memory.partner.node
        candidates = [
            other
            for other in self._agent.left
            if other is not memory
            and other.state == _ENTANGLED
            and other.partner is not None
            and other.partner.node is far
            and self._wanted(other)
        ]
        sacrificed = self._policy.partner(memory, candidates)
        return None if sacrificed is None else (memory, sacrificed)

    def _wanted(self, memory: Memory) -> bool:
        return not self._agent.good_enough(memory) and self._policy.improves(memory)

    def act(self, memories: tuple[Memory, ...]) -> None:
        """Ask the far end."""
        self._agent.stack.consent.propose(MemoryState.PURIFYING, memories, self._on_consent)

    def _on_consent(self, proposal: Proposal) -> None:
        stack = self._agent.stack
        stack.consent.conclude(proposal)
        kept, sacrificed = proposal.memories
        assert kept.partner is not None
        far = kept.partner
        success = self._purify(kept, sacrificed, proposal.granted_at)
        self._node.send(far.node, PurificationOutcome(proposal.token, far, kept.pair_id, success))
        finish(stack.resources, kept, (sacrificed,), success)

    def _purify(self, kept: Memory, sacrificed: Memory, granted: int) -> bool:
        """Operate on the two pairs; True when the kept one survives.

        Each end has its own instant: the far one has made its gate and measured when it granted, ps, this one
        does so now. What is kept decays at either end from there on.
        """
        sim = self._node.sim
        now = sim.now
        pair, lost = kept.pair, sacrificed.pair
        assert pair is not None
        assert lost is not None
        assert kept.partner is not None
        if not (pair.intact and lost.intact):
            # One half is no more: the measured bits are noise.
            return self._rng.random() < 0.5
        recipe = self._policy.recipe
        assert recipe is not None
        ends = (pair.first.node.processor.gate_noise, pair.second.node.processor.gate_noise)
        at = (now, granted) if pair.first is kept else (granted, now)
        frame = AS_PUBLISHED
        if self._framed:
            # Chosen before anything is measured, from what both ends know by then.
            judged = (pair.state(pair.confirmed_at), lost.state(lost.confirmed_at))
            frame = self._policy.frame_of(*judged, *ends)
        probability, state = in_frame(recipe, frame, pair.state_at(*at), lost.state_at(*at), *ends)
        success = self._rng.random() < probability
        if success:
            pair.replace_state(state, at, now + self._node.delay_to(kept.partner.node))
            pair.rounds += 1
        if sim.trace is not None:
            fidelity = pair.fidelity(now) if success else None
            self._node.emit(
                "pair_purified",
                kept=pair.id,
                sacrificed=lost.id,
                success=success,
                fidelity=fidelity,
                frame=str(frame),
            )
        return success


class PurificationProtocol:
    """Receives the outcomes of purifications that a node has granted."""

    def __init__(
        self, context: Context, node: QuantumNode, resources: ResourceManager, consent: ConsentProtocol
    ) -> None:
        self._context = context
        self._node = node
        self._resources = resources
        self._consent = consent
        node.on(PurificationOutcome, self.on_outcome)

    def on_outcome(self, _source: Node, outcome: PurificationOutcome) -> None:
        """Keep or drop the pair that was to be improved."""
        kept = self._node.holder(outcome.kept, outcome.pair_id)
        memories = self._consent.granted(outcome.token)
        if not memories:
            self._context.dropped += 1
            return
        sacrificed = tuple(memory for memory in memories if memory is not kept)
        if len(sacrificed) == len(memories):
            for memory in sacrificed:
                self._resources.release(memory)
            return
        finish(self._resources, kept, sacrificed, outcome.success)


def finish(resources: ResourceManager, kept: Memory, sacrificed: tuple[Memory, ...], success: bool) -> None:
    """Put the memories of a finished purification to their next use."""
    for memory in sacrificed:
        resources.release(memory)
    if success:
        kept.move(_ENTANGLED)
        resources.update(kept)
    else:
        resources.release(kept)


def _fidelity(memory: Memory) -> float:
    assert memory.pair is not None
    return memory.pair.confirmed_fidelity()


def _rank(memory: Memory) -> tuple[int, int]:
    assert memory.pair is not None
    return memory.pair.level, memory.pair.rounds


define_kind("purification", Purification, "how-to/protocol.md")
