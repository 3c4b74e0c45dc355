"""Every trace event that our code emits is in the vocabulary, with its fields in order, free when silent."""

from __future__ import annotations

import ast

from qsim.trace.vocabulary import VOCABULARY
from tests.architecture.sources import PACKAGES, parents, sources

Emission = tuple[str, ast.Call, dict[ast.AST, ast.AST]]


def emissions() -> list[Emission]:
    """Every call of a trace sink outside the sinks themselves: where, the call, and each node's parent."""
    return [
        (source.place(node), node, {child: parent for parent, child in parents(source.tree)})
        for source in sources(*PACKAGES)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and emits(node)
    ]


def emits(call: ast.Call) -> bool:
    """Whether a call emits an event: to a trace, or by the node at which it happens (`Node.emit`)."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "emit":
        return False
    # `Node.emit` and the sinks hand on what they are given.
    return ast.unparse(event_of(call)) != "event" and ast.unparse(call.func) != "sink.emit"


def event_of(call: ast.Call) -> ast.expr:
    """The argument that names the event: the second of a trace's, the first of a node's."""
    return call.args[1] if ast.unparse(call.func).endswith("trace.emit") else call.args[0]


def events_of(call: ast.Call) -> list[object]:
    """The event names that a call may emit."""
    name = event_of(call)
    branches = (name.body, name.orelse) if isinstance(name, ast.IfExp) else (name,)
    return [branch.value if isinstance(branch, ast.Constant) else ast.unparse(branch) for branch in branches]


def fields_of(call: ast.Call) -> tuple[str, ...]:
    """The names of the fields of a call, in order; ``from`` is a keyword and comes in a literal mapping."""
    names: list[str] = []
    for keyword in call.keywords:
        if keyword.arg is not None:
            names.append(keyword.arg)
        elif isinstance(keyword.value, ast.Dict):
            names += [key.value for key in keyword.value.keys if isinstance(key, ast.Constant)]
        else:
            names.append(ast.unparse(keyword))
    return tuple(names)


def guarded(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether a call lies under a test of the trace for None, or in a function called only under one."""
    while node in above:
        node = above[node]
        if isinstance(node, ast.If) and "trace is not None" in ast.unparse(node.test):
            return True
        if isinstance(node, ast.FunctionDef) and node.name == "_trace":
            return True
    return False


def test_there_are_emissions() -> None:
    assert len(emissions()) > 15


def test_names_and_fields_are_those_of_the_vocabulary() -> None:
    wrong = [
        f"{place}: {event} with {fields_of(call)}, the vocabulary has {VOCABULARY.get(str(event))}"
        for place, call, _ in emissions()
        for event in events_of(call)
        if VOCABULARY.get(str(event)) != fields_of(call)
    ]
    assert wrong == []


def test_every_word_of_the_vocabulary_is_emitted_somewhere() -> None:
    emitted = {event for _, call, _ in emissions() for event in events_of(call)}
    assert set(VOCABULARY) - emitted == set()


def test_a_silent_run_builds_no_event() -> None:
    assert [place for place, call, above in emissions() if not guarded(call, above)] == []
