"""A wait that is called but not yielded does nothing, silently: no file of ours may do that.

``timeout(sim, 5)`` makes a generator; only ``yield from timeout(sim, 5)`` waits.
"""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import PACKAGES, parents, sources

#: The kernel's waits; those that our packages add are found by their annotation.
KERNEL_WAITS = frozenset({"timeout", "receive", "any_of", "join", "with_timeout"})


def waits_of(tree: ast.AST) -> set[str]:
    """Names of the functions of a file that return a wait."""
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.returns
        and ast.unparse(node.returns).startswith("Wait[")
    }


def called(call: ast.Call) -> str:
    """Name of the function or method that is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def forgotten(tree: ast.AST, waits: frozenset[str]) -> list[ast.Call]:
    """Calls of waits whose generator is dropped, or yielded itself instead of run."""
    return [
        node
        for parent, node in parents(tree)
        if isinstance(node, ast.Call)
        and isinstance(parent, ast.Expr | ast.Yield)
        and called(node) in waits
        # A thread or a register of qubits is joined by a bare call, and text is joined by a literal.
        and not _joins_something_else(node)
    ]


def _joins_something_else(call: ast.Call) -> bool:
    if called(call) != "join" or not isinstance(call.func, ast.Attribute):
        return False
    owner = call.func.value
    name = ast.unparse(owner).lower()
    return isinstance(owner, ast.Constant) or "thread" in name or "register" in name


@pytest.mark.parametrize(
    "line",
    [
        "timeout(sim, 5)",
        "kernel.timeout(sim, 5)",
        "box.receive()",
        "box.receive(timeout=5)",
        "self.inbox.receive()",
        "any_of(a, b)",
        "worker.join()",
        "with_timeout(sim, a, 5, 'nothing')",
        "stream.next_pair()",
        "yield timeout(sim, 5)",
        "x = yield box.receive()",
        "if x:\n        timeout(sim, 5)",
    ],
)
def test_the_lint_finds(line: str) -> None:
    tree = ast.parse(f"def story():\n    {line}\n")
    assert len(forgotten(tree, KERNEL_WAITS | {"next_pair"})) == 1


@pytest.mark.parametrize(
    "line",
    [
        "yield from timeout(sim, 5)",
        "x = yield from box.receive()",
        "return (yield from any_of(a, b))",
        "return timeout(sim, 5)",
        "wait = worker.join()",
        "sim.process(timeout(sim, 5))",
        "', '.join(names)",
        "thread.join()",
        "self._worker_thread.join()",
        "self.register.join(other)",
        "detector.receives(5)",
    ],
)
def test_the_lint_permits(line: str) -> None:
    tree = ast.parse(f"def story():\n    {line}\n")
    assert forgotten(tree, KERNEL_WAITS) == []


def test_waits_are_found_by_their_annotation() -> None:
    found = {name for source in sources(*PACKAGES) for name in waits_of(source.tree)}
    assert found >= KERNEL_WAITS


def test_no_wait_of_ours_is_forgotten() -> None:
    waits = KERNEL_WAITS | {name for source in sources(*PACKAGES) for name in waits_of(source.tree)}
    found = [
        f"{source.place(call)}: `{ast.unparse(call)}` waits for nothing without `yield from`"
        for source in sources(*PACKAGES, "examples", "benchmarks")
        for call in forgotten(source.tree, waits)
        # A detector receives photons, not messages.
        if not ast.unparse(call.func).endswith("detector.receive")
    ]
    assert found == []
