"""No module stands on itself, not even by a type hint; and no two modules of one name."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.architecture.sources import PACKAGES, ROOT, Source, sources

#: Cycles that stay, by one module of each, with the reason.
ALLOWED = {
    "qsim.kernel.simulator": "a simulator makes the handles and processes that call it back",
    "qsim.scenario.scenario": "a scenario that is run for another time is checked anew by what made it",
}


def module_of(source: Source) -> str:
    """The dotted name of a file."""
    return str(source).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports() -> dict[str, set[str]]:
    """The modules of ours that each of them imports, wherever in it and for whatever purpose."""
    trees = {module_of(source): source.tree for source in sources(*PACKAGES)}
    return {name: set(_imported(tree, trees)) - {name} for name, tree in trees.items()}


def _imported(tree: ast.Module, known: Mapping[str, object]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below in known else node.module


def cycles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Sets of several modules each of which leads to all others."""
    reach = {name: _reached(graph, name) for name in graph}
    found = {frozenset(other for other in reach[name] if name in reach[other]) for name in graph}
    return [set(cycle) for cycle in found if len(cycle) > 1]


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for name in graph[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen


def test_there_are_no_cycles_but_those_with_a_reason() -> None:
    found = cycles(imports())
    assert [sorted(cycle) for cycle in found if not cycle & ALLOWED.keys()] == []
    assert [name for name in ALLOWED if not any(name in cycle for cycle in found)] == []


def test_what_counts_as_a_cycle() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [{"b", "c"}]


def test_base_names_are_unique() -> None:
    names = Counter(source.path.stem for source in sources(*PACKAGES))
    assert {name for name, count in names.items() if count > 1} == {"__init__", "base"}


def test_the_contract_of_floors_names_every_room() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (floors,) = (
        contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if "qsim.kernel" in str(contract.get("layers"))
    )
    named = {name for floor in floors for name in floor.split(" | ")} | {"qsim.__main__"}
    rooms = {".".join(module_of(source).split(".")[:2]) for source in sources("qsim")} - {"qsim"}
    assert rooms - named == set()
