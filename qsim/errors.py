"""Everything that qsim raises on purpose.

::

    QsimError
    ├── ParameterError          a value outside its bounds, or of the wrong kind
    │   └── UnitError           a quantity that cannot be read
    ├── ScenarioError           one or more faults in a scenario, reported together
    ├── RegistryError           an unknown kind or name, or a name registered twice
    ├── NetworkError            a network that cannot be built, or a question it cannot answer
    │   └── NoRouteError        two nodes with no path between them
    │       └── NoRouteNowError two nodes with none that is known now
    ├── StateError              a quantum state that is no state
    ├── ResultError             a stored result that cannot be read or written
    ├── LimitError              more of something than may be, or a file that must not be read
    └── SimulationError         a fault met while a simulation runs
        ├── SchedulingError     an event in the past, or a delay that is no time
        ├── LifecycleError      a memory moved along a transition that its life cycle does not have
        └── InvariantError      something that must hold after every event does not

An error says what is wrong, where, and what would be right. ``except QsimError`` catches all of them;
an exception of another type is a defect of qsim.
"""

from __future__ import annotations

import difflib
import itertools
import re
import string
from collections.abc import Collection, Iterable, Mapping, Set
from typing import Final


class QsimError(Exception):
    """Base of every error that qsim raises on purpose."""


class ParameterError(QsimError, ValueError):
    """A parameter outside its bounds or of the wrong kind."""


class UnitError(ParameterError):
    """A quantity that cannot be read: unknown unit, wrong dimension, or not a number."""


class RegistryError(QsimError, LookupError):
    """An unknown kind or name, or a name registered twice."""


class NetworkError(QsimError, ValueError):
    """A network that cannot be built, or a question that it cannot answer."""


class NoRouteError(NetworkError):
    """Two nodes have no path between them."""


class NoRouteNowError(NoRouteError):
    """No path between two nodes is known at the moment; a request is refused for it."""


class StateError(QsimError, ValueError):
    """A quantum state that is not normalised, not positive, or of the wrong shape."""


class ResultError(QsimError, ValueError):
    """A stored result that cannot be read, or a place that none can be written to."""


class LimitError(QsimError, ValueError):
    """More of something than the limits allow, or a file outside the folders that may be read."""


class SimulationError(QsimError, RuntimeError):
    """A fault met while a simulation runs."""


class SchedulingError(SimulationError):
    """An event in the past, or a delay that is no time."""


class LifecycleError(SimulationError):
    """A memory moved along a transition that its life cycle does not have."""


class InvariantError(SimulationError):
    """Something that must hold after every event of a run does not."""


#: Most faults that an error lists; nobody reads more before mending these.
_MOST_FAULTS: Final = 100


class ScenarioError(QsimError, ValueError):
    """One or more faults in a scenario, all found in one pass.

    Attributes:
        faults: the first hundred, one line each, worded ``file:line:column: key.path: what is wrong``.
        more: how many there are beside these.
    """

    def __init__(self, faults: Iterable[str], more: int = 0) -> None:
        found = tuple(faults)
        self.faults = found[:_MOST_FAULTS]
        self.more = more + len(found) - len(self.faults)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """The faults that are listed, and a line that counts the others."""
        return (*self.faults, f"... and {self.more} more") if self.more else self.faults

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[str, ...], int]]:
        # Pickled by its faults: workers send errors home, and the message alone would be taken for them.
        return type(self), (self.faults, self.more)


def printable(text: str) -> str:
    r"""A text with escapes in the place of everything that a terminal would obey, save line ends and tabs.

    Names in a stranger's file may hold anything.

    Example:
        >>> printable("a\x1b[31m\n")
        'a\\x1b[31m\n'
    """
    if text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    obeyed = not character.isprintable() and character not in "\n\t"
    return character.encode("unicode_escape").decode("ascii") if obeyed else character


#: More choices than these are not compared one by one, which takes a second for a hundred words.
_MANY: Final = 1000
#: Longer words have too many words one slip away.
_LONGEST: Final = 60
#: What is compared of names whose words come in another order.
_WORDS: Final = re.compile(r"\w+")


def _one_slip_away(word: str, choices: Collection[str]) -> str:
    """The first choice of another case, or with one letter left out, put in, changed or swapped."""
    known = choices if isinstance(choices, Mapping | Set) else frozenset(choices)
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)] if len(word) <= _LONGEST else []
    letters = dict.fromkeys(word + string.ascii_letters + string.digits + "-_. ")
    slips = itertools.chain(
        (word.lower(), word.upper(), word.capitalize()),
        (left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1),
        (left + right[1:] for left, right in cuts if right),
        (left + letter + right[1:] for left, right in cuts if right for letter in letters),
        (left + letter + right for left, right in cuts for letter in letters),
    )
    return next((slip for slip in slips if slip in known), "")


def _same_words(word: str, known: list[str]) -> list[str]:
    """Choices of the same words in another order or case, as a link named from its other end."""
    words = sorted(_WORDS.findall(word.casefold()))
    return [choice for choice in known if words and sorted(_WORDS.findall(choice.casefold())) == words]


def _containing(word: str, known: list[str]) -> list[str]:
    """Choices in which the word stands, the shortest first; of a letter or two it would say nothing."""
    part = word.casefold()
    holding = [choice for choice in known if len(part) > 2 and part in choice.casefold()]
    return sorted(holding, key=len)


def resembling(word: str, known: list[str]) -> str:
    """Word a hint for a mistyped name whose choices are told already.

    Args:
        word: what was written.
        known: what would have been right, sorted.

    Returns:
        `` (did you mean 'x'?)`` when a choice has the same words, is close, or holds the word.
    """
    alike = _same_words(word, known) or difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    alike = alike or _containing(word, known)
    return f" (did you mean '{alike[0]}'?)" if alike else ""


def nearest(word: str, choices: Iterable[str]) -> str:
    """Word a hint for a mistyped name.

    Args:
        word: what was written.
        choices: what would have been right.

    Returns:
        `` (did you mean 'x'?)`` when a choice has the same words, is close, or holds the word,
        otherwise a list of the choices, otherwise an empty string when there is nothing to choose from.

    Example:
        >>> nearest("lenght", ["length", "between"])
        " (did you mean 'length'?)"
    """
    if isinstance(choices, Collection) and len(choices) > _MANY:
        close = _one_slip_away(word, choices)
        return f" (did you mean '{close}'?)" if close else f" ({len(choices)} are known)"
    known = sorted(choices)
    if not known:
        return ""
    if close := resembling(word, known):
        return close
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f" (known: {shown})"
