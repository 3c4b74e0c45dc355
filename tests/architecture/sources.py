"""The project's own Python files, parsed, for tests that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("qsim", "hardware", "protocols", "qml")


@dataclass(frozen=True)
class Source:
    """One file."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    def place(self, node: ast.AST) -> str:
        """``file:line`` of something in it."""
        return f"{self}:{getattr(node, 'lineno', 1)}"


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file below some folders of the project, sorted."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Source(path) for path in sorted(found))


def parents(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every node of a tree with its parent."""
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            yield parent, child
