"""Programs that go wrong: which wait for ever, on what, and where an error was made, by file and line."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from protocols.local import qubit
from qsim import errors
from qsim.errors import SimulationError
from qsim.kernel import Priority, TimeoutExpired, Wait
from qsim.model.rows import Stall
from qsim.units import to_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.programs.letters import Letters
    from qsim.model.program_kind import Program

T = TypeVar("T")

#: Files below these folders, and these, are how programs are run, not what a user wrote.
_FOLDERS = (Path(errors.__file__).parent, Path(qubit.__file__).parent)
_FILES = {
    Path(__file__).parent / f"{name}.py"
    for name in (
        "company",
        "findings",
        "forgotten_waits",
        "letters",
        "pair_supply",
        "program_node",
        "program_watch",
        "role_play",
    )
}


class Watched(Protocol):
    """The programs, as the watch sees them."""

    network: Network
    nodes: Mapping[str, QuantumNode]
    letters: Letters

    def approximations(self) -> tuple[str, ...]:
        """What the registers have left out, a sentence each."""
        ...

    def running(self, role: str) -> bool:
        """Whether the program of a role has not ended."""
        ...


@dataclass(slots=True)
class _Waiting:
    """A program that waits, without a limit.

    Attributes:
        peer: for whom.
        what: for what.
        since: since when, ps.
        hope: whether something is under way that may end it.
    """

    peer: str
    what: str
    since: int
    hope: Callable[[], bool]


class ProgramWatch:
    """Watches the programs of one company, and reports those that wait for ever.

    They do where every program that has not ended waits, without a limit, for a message or a pair, and
    neither is under way.

    Attributes:
        programs: the running generator of each role.
    """

    def __init__(self, company: Watched) -> None:
        self._company = company
        self._sim = company.network.sim
        self._waits: dict[str, _Waiting] = {}
        self._told = self._closed = self._asked = False
        self.programs: dict[str, Generator[Any, Any, Any]] = {}
        self._sim.post_at(company.network.horizon, self.close, priority=Priority.OBSERVE)

    def waited(
        self, role: str, peer: str, what: str, wait: Wait[T], limit: int | None, hope: Callable[[], bool]
    ) -> Wait[T]:
        """A wait of a program, which is kept in mind while it lasts if it has no limit.

        Raises:
            TimeoutExpired: the limit passed first.
        """
        if limit is not None:
            try:
                return (yield from wait)
            except TimeoutExpired:
                raise TimeoutExpired(f"waited {to_s(limit):g} s for {what}, in vain") from None
        self._waits[role] = _Waiting(peer, what, self._sim.now, hope)
        self.look()
        try:
            return (yield from wait)
        finally:
            self._waits.pop(role, None)

    def look(self) -> None:
        """Look, at the end of this instant, whether anything goes on."""
        if not self._asked:
            self._asked = True
            self._sim.post(0, self._look, priority=Priority.OBSERVE)

    def call_off(self) -> None:
        """The programs are ended for a reason that is told elsewhere."""
        self._told = True

    def close(self) -> None:
        """At the end: note what was left out or never read, and who waits for a program that has ended."""
        if self._closed:
            return
        self._closed = True
        for text in self._company.approximations():
            self._company.network.note(text)
        for (receiver, sender, tag), number in self._company.letters.unread().items():
            tagged = f" tagged '{tag}'" if tag else ""
            plural = "s" if number > 1 else ""
            self._company.network.note(
                f"the program of '{receiver}' at {self._company.nodes[receiver].name} has not read {number} "
                f"message{plural}{tagged} of '{sender}'"
            )
        if not self._told:
            for role, waiting in self._waits.items():
                if not self._company.running(waiting.peer) and not waiting.hope():
                    self._report(role, waiting)

    def _look(self) -> None:
        self._asked = False
        alive = [role for role in self._company.nodes if self._company.running(role)]
        if self._told or not alive:
            return
        if all(role in self._waits and not self._waits[role].hope() for role in alive):
            self._told = True
            for role in alive:
                self._report(role, self._waits[role])

    def _report(self, role: str, waiting: _Waiting) -> None:
        nodes = self._company.nodes
        line = _line_of(self.programs[role])
        place = f" ({line})" if line else ""
        peer = "whose program waits too" if self._company.running(waiting.peer) else "whose program has ended"
        cause = (
            f"the program of '{role}' waits for ever for {waiting.what}, {peer}{place}; give the wait a "
            "`timeout`, or let the other send or take its part"
        )
        self._company.network.stalled(
            Stall(to_s(waiting.since), nodes[role].name, nodes[waiting.peer].name, cause)
        )


def failure(
    program: Program, role: str, error: Exception, running: Generator[Any, Any, Any] | None
) -> SimulationError:
    """An error of a program with the line of the user's file that made it.

    Args:
        program, role: the program.
        error: what it raised, or what was wrong with what it returned.
        running: its generator, if it has come to one.
    """
    places = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    code = getattr(running, "gi_code", type(program).run.__code__)
    where = _shown([(code.co_filename, code.co_firstlineno), *places])
    return SimulationError(
        f"the program of '{role}' at {program.node} failed at {where}: {type(error).__name__}: {error}"
    )


def _line_of(program: Generator[Any, Any, Any]) -> str:
    """Where a generator is, in the file of its user; nothing where it is over."""
    places: list[tuple[str, int | None]] = []
    inner: Any = program
    while isinstance(inner, Generator):
        frame = getattr(inner, "gi_frame", None)
        if frame is not None:
            places.append((frame.f_code.co_filename, frame.f_lineno))
        inner = getattr(inner, "gi_yieldfrom", None)
    return _shown(places)


def _shown(places: list[tuple[str, int | None]]) -> str:
    """The innermost of some places in code that is the user's."""
    own = [place for place in places if not _machinery(Path(place[0]))] or places
    if not own:
        return ""
    file, line = own[-1]
    return f"{Path(file).name}, line {line}"


def _machinery(file: Path) -> bool:
    return file in _FILES or any(folder in file.parents for folder in _FOLDERS)
