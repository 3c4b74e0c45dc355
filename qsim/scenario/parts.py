"""Makes objects of parts of the document, and notes every fault where its author wrote it."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from qsim.parameters import Declared
from qsim.scenario.faults import Faults
from qsim.scenario.objects import Objects
from qsim.scenario.refusals import faults_in
from qsim.scenario.tree import Node, Plain

_T = TypeVar("_T", bound=Declared)


class Parts:
    """Makes objects; one that has a fault is None.

    Args:
        faults: takes the faults.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._plain = Plain()
        self._objects = Objects()
        self._partial = Objects(partial=True)

    def of_class(self, cls: type[_T], node: Node, **more: Any) -> _T | None:
        """The object of a declared class.

        Args:
            cls: the class.
            node: the part of the document; an empty one counts as an empty mapping.
            **more: parameters that the document gives elsewhere.
        """
        plain = {} if node.value is None else self._plain.of(node)
        if isinstance(plain, dict):
            plain = {**plain, **more}
        made: _T | None = self._noting(node, self._objects.of_class, cls, plain)
        return made

    def of_kind(self, kind: str, default_name: str, node: Node) -> Any:
        """The object of a registered kind; see `Objects.of_kind`."""
        return self._noting(node, self._objects.of_kind, kind, default_name, self._plain.of(node))

    def judge_kind(self, kind: str, default_name: str, node: Node) -> None:
        """Note the faults of an object that need not be complete."""
        self._noting(node, self._partial.of_kind, kind, default_name, self._plain.of(node))

    def judge_class(self, cls: type[Declared], node: Node) -> None:
        """Note the faults of an object that need not be complete."""
        self._noting(node, self._partial.of_class, cls, self._plain.of(node))

    def _noting(self, node: Node, make: Any, *arguments: Any) -> Any:
        try:
            return make(*arguments)
        except ValidationError as error:
            for path, message, about_key in faults_in(error):
                self._faults.add(node.locate_key(path) if about_key else node.locate(path), message)
            return None
