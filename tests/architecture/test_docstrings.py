"""Everything public says what it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import PACKAGES, sources

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Named = tuple[str, Definition, ast.ClassDef | None]


def public(body: list[ast.stmt], prefix: str = "", owner: ast.ClassDef | None = None) -> Iterator[Named]:
    """Every public class, function and method of a module: its name, itself, and its class."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield prefix + node.name, node, owner
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.", node)
        elif isinstance(node, ast.If | ast.Try):
            yield from public(node.body, prefix, owner)


class Promises:
    """What the classes of the project say of their methods, for those that implement or override them."""

    def __init__(self, trees: list[ast.Module]) -> None:
        self._bases: dict[str, set[str]] = {}
        self._said: dict[str, set[str]] = {}
        classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        for node in classes:
            self._bases.setdefault(node.name, set()).update(bases(node))
            self._said.setdefault(node.name, set()).update(documented(node))
        # A formalism or a trace sink does not derive from its protocol; it just has the methods.
        self._structural = {
            name for node in classes if "Protocol" in bases(node) for name in documented(node)
        }

    def cover(self, method: str, owner: ast.ClassDef) -> bool:
        """Whether a method is documented where its class took it from."""
        if method in self._structural:
            return True
        waiting, seen = bases(owner), set[str]()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            if name not in self._bases and name not in {"object", "Protocol", "Generic"}:
                # Somebody else's class, documented elsewhere.
                return True
            if method in self._said.get(name, set()):
                return True
            waiting |= self._bases.get(name, set()) - seen
        return False


def bases(owner: ast.ClassDef) -> set[str]:
    """Names of a class's direct bases."""
    return {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in owner.bases}


def documented(owner: ast.ClassDef) -> set[str]:
    """Methods of a class with a docstring."""
    return {node.name for node in owner.body if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)}


def is_attribute(node: Definition, owner: ast.ClassDef) -> bool:
    """Whether a property is explained among the attributes in the docstring of its class."""
    said = ast.get_docstring(owner) or ""
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    explained = re.search(rf"^ +(\w+, )*{node.name}\b", said, re.MULTILINE) is not None
    return explained and bool({"property", "cached_property"} & decorators)


def undocumented(trees: dict[str, ast.Module]) -> list[str]:
    """What is public and says nothing of itself."""
    promises = Promises(list(trees.values()))
    found = [
        f"{place}: the module" for place, tree in trees.items() if tree.body and not ast.get_docstring(tree)
    ]
    for place, tree in trees.items():
        for name, node, owner in public(tree.body):
            if ast.get_docstring(node):
                continue
            if owner is not None and (promises.cover(node.name, owner) or is_attribute(node, owner)):
                continue
            found.append(f"{place}:{node.lineno}: {name}")
    return found


def test_everything_public_has_a_docstring() -> None:
    assert undocumented({str(source): source.tree for source in sources(*PACKAGES)}) == []


SPECIMEN = '''
"""A module."""

class Sink(Protocol):
    """A protocol."""
    def emit(self):
        """Said once."""

class Base:
    """A base.

    Attributes:
        height, size: said here.
    """
    def ask(self):
        """Said once."""
    @property
    def size(self): ...
    @property
    def weight(self): ...

class Mine(Base):
    """Says nothing new."""
    def ask(self): ...
    def emit(self): ...
    def answer(self): ...
    def _private(self): ...

def loose(): ...
'''


def test_what_counts_as_documented() -> None:
    assert undocumented({"specimen.py": ast.parse(SPECIMEN)}) == [
        "specimen.py:20: Base.weight",
        "specimen.py:26: Mine.answer",
        "specimen.py:29: loose",
    ]
    assert undocumented({"specimen.py": ast.parse("x = 1")}) == ["specimen.py: the module"]
