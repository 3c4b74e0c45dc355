"""One role of a company: its program round by round, and what becomes of rounds that are lost.

A half that is given up under a program, because of its age or with its flow, ends the round of the program
that misses it. Its node tells the others, who end that round too, or count it no more where they are past
it. Every one tells every other which of its pairs it has taken in vain, so that both ends go on with
the same pair. A program begins its next round when it has heard of all. A round that is lost is made up for.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from protocols.local.qubit import Qubit, QubitGivenUp
from protocols.programs.letters import RoundLost
from protocols.programs.pair_supply import PairsRefused
from protocols.programs.program_watch import failure
from qsim.errors import SimulationError
from qsim.kernel import Interrupt, Mailbox

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.local.local_operations import LocalOperations
    from protocols.programs.findings import Findings
    from protocols.programs.letters import Letters
    from protocols.programs.pair_supply import PairSupply
    from protocols.programs.program_node import ProgramNode
    from protocols.programs.program_watch import ProgramWatch
    from qsim.kernel import Simulator
    from qsim.model.program_kind import Program

#: So many rounds that take no time, one after the other, are without an end.
_MOST_AT_ONCE = 1000


class Company(Protocol):
    """The programs that run together, as the play of one of them sees the others."""

    sim: Simulator
    letters: Letters
    findings: Findings
    watch: ProgramWatch

    def local(self, node: QuantumNode) -> LocalOperations:
        """The operations of a node."""
        ...

    def supplies(self, role: str) -> Mapping[str, PairSupply]:
        """The pairs with each other role that some have been asked of."""
        ...

    def give_up(self, why: str) -> None:
        """End all programs."""
        ...

    def ended(self) -> None:
        """One program has ended."""
        ...


class RolePlay:
    """Plays one role.

    Args:
        company: those who play together.
        site: the node.
        node: what the program sees of it.
        program: the program.
        rounds: how often it is run; None to the end of the run.

    Attributes:
        running: whether the program has not ended.
        number: the round that is being played, or the next.
    """

    def __init__(
        self, company: Company, site: QuantumNode, node: ProgramNode, program: Program, rounds: int | None
    ) -> None:
        self._company = company
        self._site = site
        self._node = node
        self._program = program
        self._rounds = rounds
        self._complete = 0
        # One that lags behind the others may find all that it needs for some rounds.
        self._at_once = 0
        # The rounds that are known to be lost, and who has said so.
        self._lost: dict[int, set[str]] = {}
        self._told: set[int] = set()
        self._news: Mailbox[None] = Mailbox(company.sim)
        self._in_round = self._called_off = False
        self.number = 0
        self.running = True
        self._process = company.sim.process(self._play())

    def stop(self) -> None:
        """End now, whatever the program waits for."""
        if self.running:
            self.running = False
            self._process.interrupt()

    def hear(self, sender: str, word: RoundLost) -> None:
        """Another role has lost a round."""
        number, first = word.number, word.number not in self._lost
        heard = self._lost.setdefault(number, set())
        heard.add(sender)
        supply = self._company.supplies(self._node.role).get(sender)
        if supply is not None:
            supply.void(self._site, word.taken)
        if number == self.number and self.running:
            if not self._in_round:
                self._news.put(None)
            elif first:
                self._called_off = True
                self._process.interrupt()
            return
        if first:
            self._tell(number)
            if number < self.number:
                self._make_up()
        if number < self.number and len(heard) == len(self._node.peers):
            self._settled(number)

    def _play(self) -> Generator[Any, Any, None]:
        """Run the program round by round."""
        while self._rounds is None or self._complete < self._rounds:
            if self.number not in self._lost:
                yield from self._round()
            if self.number in self._lost and self.running:
                yield from self._recover()
            if not self.running:
                self._let_go()
                return
            self.number += 1
        self.running = False
        self._company.ended()

    def _round(self) -> Generator[Any, Any, None]:
        """One round, which may be lost."""
        running, began = None, self._company.sim.now
        self._in_round = True
        try:
            running = self._company.watch.programs[self._node.role] = self._program.run(self._node)
            found = yield from running
            self._node.waits.close()
            if self._called_off or not self.running:
                # The word came at this very instant.
                return
            self._note(found)
            self._complete += 1
            self._at_once = self._at_once + 1 if self._company.sim.now == began else 0
            if self._rounds is None and self._at_once == _MOST_AT_ONCE:
                raise SimulationError("its rounds take no time, and there is no number of `rounds`")
        except Interrupt:
            self._called_off = False
        except QubitGivenUp:
            self._lost.setdefault(self.number, set())
        except PairsRefused as refusal:
            self._company.give_up(str(refusal))
        except Exception as error:
            raise failure(self._program, self._node.role, error, running) from error
        finally:
            self._in_round = False
            self._node.waits.forget()

    def _recover(self) -> Generator[Any, Any, None]:
        """Let go of a lost round, and hear from all others that they have."""
        try:
            self._let_go()
            self._tell(self.number)
            if self._called_off:
                # What calls off is under way to this process, and must not reach its next round.
                yield from Mailbox[None](self._company.sim).receive()
        except Interrupt:
            self._called_off = False
        try:
            yield from self._hear_all(self._lost[self.number])
        except Interrupt:
            return
        self._settled(self.number)

    def _hear_all(self, heard: set[str]) -> Generator[Any, Any, None]:
        role, letters = self._node.role, self._company.letters
        while missing := [peer for peer in self._node.peers if peer not in heard]:
            yield from self._company.watch.waited(
                role,
                missing[0],
                f"the word of '{missing[0]}' that its round is lost",
                self._news.receive(),
                None,
                lambda: letters.under_way > 0,
            )

    def _tell(self, number: int) -> None:
        """Tell all others, once, and forget what belongs to the round."""
        if number in self._told:
            return
        self._told.add(number)
        role = self._node.role
        self._company.findings.lose(role, number)
        self._company.letters.forget(role, number)
        supplies = self._company.supplies(role)
        for peer in self._node.peers:
            supply = supplies.get(peer)
            taken = frozenset() if supply is None else supply.taken_alone(self._site, number)
            self._company.letters.tell(role, peer, RoundLost(number, taken))

    def _make_up(self) -> None:
        """A round that was complete is not; one more is wanted, also of a program that has ended."""
        self._complete -= 1
        if not self.running:
            self.running = True
            self._process = self._company.sim.process(self._play())

    def _settled(self, number: int) -> None:
        """All know that a round is lost."""
        del self._lost[number]
        self._told.discard(number)

    def _let_go(self) -> None:
        local = self._company.local(self._site)
        for qubit in self._node.holds:
            local.release(qubit)
        self._node.holds.clear()

    def _note(self, found: Any) -> None:
        local = self._company.local(self._site)
        if isinstance(found, Qubit):
            found = local.used_up(found)
        elif isinstance(found, Mapping):
            found = {
                name: local.used_up(one) if isinstance(one, Qubit) else one for name, one in found.items()
            }
        self._company.findings.note(self._node.role, self.number, found, self._company.sim.now)
        self._node.holds.clear()
