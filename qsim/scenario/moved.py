"""Keys that have moved since format 1: one table for documents, overrides and sweeps.

A document of format 1 is read as one of format 2: its moved keys are put where they belong now, before
anything is checked, and keep their places, so that a fault in one is reported where its author wrote it.
Overrides and swept paths may use the old keys in any document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qsim.documents.faults import Faults, Place
from qsim.documents.kinds import long_form, name_in
from qsim.documents.paths import KeyPath, format_path, parse_path
from qsim.documents.read_document import read_document
from qsim.documents.tree import Node, NodeValues, from_plain
from qsim.errors import ParameterError
from qsim.model.specs import FORMAT
from qsim.scenario.outline import check_outline

#: Stands for any name or number in a path.
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class _Moved:
    """One key that has moved.

    Attributes:
        within: what both places are below; `_ANY` for each of its entries.
        old, new: the key below that, then and now.
        kind: name of the object that the value is a parameter of now; empty where it is the same as before.
    """

    within: tuple[str, ...]
    old: tuple[str, ...]
    new: tuple[str, ...]
    kind: str = ""

    def __str__(self) -> str:
        old, new = (".".join((*self.within, *path)) for path in (self.old, self.new))
        return f"`{old}` is now `{new}`"


_NODE: Final = (("nodes", _ANY), ("defaults", "node"))
_PROCESSOR: Final = ("defaults", "processor")
_MOVED: Final = (
    *(_Moved(within, ("generation",), ("link_model",)) for within in (("defaults",), ("defaults", "link"))),
    _Moved(("links", _ANY), ("generation",), ("link_model",)),
    *(_Moved(within, ("type",), ("kind",)) for within in _NODE),
    *(_Moved(within, ("memory", "cutoff"), ("cutoff", "after"), "age") for within in _NODE),
    _Moved((), ("defaults", "memory", "cutoff"), ("protocols", "cutoff", "after"), "age"),
    _Moved((), ("protocols", "swapping", "gate_error"), (*_PROCESSOR, "swap_gate_error")),
    _Moved((), ("protocols", "swapping", "measurement_error"), (*_PROCESSOR, "swap_readout_error")),
    _Moved((), ("protocols", "purification", "gate_error"), (*_PROCESSOR, "gate_error")),
    _Moved((), ("protocols", "purification", "measurement_error"), (*_PROCESSOR, "readout_error")),
)


def upgraded(root: Node, faults: Faults) -> tuple[Node, tuple[str, ...]]:
    """A document with moved keys in their present places, and what a user of old keys should know.

    Args:
        root: the document. One that says that it is of this format has old keys only where an override or a
            sweep has put them; they are moved there too.
        faults: takes keys that are given in both places.
    """
    said = root.get("qsim")
    present = said is not None and said.value == FORMAT
    moved: dict[_Moved, None] = {}
    if not present:
        root = _without_defaults_cutoff(root)
    for rule in _MOVED:

        def move(node: Node, rule: _Moved = rule) -> Node:
            value = _at(node, rule.old)
            # A mapping is a bank of memories that happens to be called like the parameter of then.
            bank = rule.old == ("memory", "cutoff") and value is not None and isinstance(value.value, dict)
            if value is None or bank or (present and not value.key.overridden):
                return node
            moved[rule] = None
            return _moved(node, rule, value, faults)

        root = _each(root, rule.within, move)
    if not present:
        root = _perfect_swaps(root, {rule.new for rule in moved})
    return root, tuple(_notes(root, moved, said))


def upgraded_document(document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A script's document with moved keys in their present places, and what its author should know.

    Raises:
        ScenarioError: a key is given in both places.
    """
    faults = Faults()
    root, notes = upgraded(from_plain(document, Place("<script>"), faults), faults)
    if faults:
        raise faults.error()
    return NodeValues().of(root), notes


def converted_file(path: Path) -> dict[str, Any]:
    """The document of a scenario file in this format, its swept paths included.

    Raises:
        ScenarioError: the file cannot be read, is no scenario, or has a key in two places.
    """
    faults = Faults()
    root = read_document(path, faults, needs="a scenario needs at least `run` and `nodes`")
    check_outline(root, faults)
    root, _ = upgraded(root, faults)
    if faults:
        raise faults.error()
    document = {"qsim": FORMAT, **NodeValues().of(root)} | {"qsim": FORMAT}
    if isinstance(document.get("sweep"), Mapping):
        document["sweep"] = _of_present_paths(document["sweep"], document)
    return document


def present_path(path: KeyPath) -> KeyPath:
    """Where the value of a key path stands in this format.

    Example:
        >>> present_path(("links", 2, "generation", "visibility"))
        ('links', 2, 'link_model', 'visibility')
    """
    for rule in _MOVED:
        old = rule.within + rule.old
        if len(path) >= len(old) and all(
            known in (_ANY, step) for known, step in zip(old, path, strict=False)
        ):
            return path[: len(rule.within)] + rule.new + path[len(old) :]
    return path


def _notes(root: Node, moved: Mapping[_Moved, None], said: Node | None) -> Iterator[str]:
    keys = ", ".join(map(str, moved))
    if said is not None and said.value == FORMAT:
        if moved:
            yield keys
    elif said is not None or moved:
        told = f": {keys}" if keys else ""
        yield f"{root.place.source} is of format 1{told}; 'qsim convert' makes it one of format {FORMAT}"


def _each(node: Node, path: tuple[str, ...], change: Callable[[Node], Node]) -> Node:
    """A document in which what stands at a path is changed; the same one where nothing is."""
    if not path:
        return change(node)
    value: Any = node.value
    pairs = list(
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    new = {key: _each(below, path[1:], change) for key, below in pairs if path[0] in (_ANY, key)}
    if all(new[key] is below for key, below in pairs if key in new):
        return node
    entries: Any = {key: new.get(key, below) for key, below in pairs}
    return Node(entries if isinstance(value, dict) else list(entries.values()), node.place, node.key)


def _at(node: Node | None, path: tuple[str, ...]) -> Node | None:
    for step in path:
        node = node.items.get(step) if node else None
    return node


def _moved(node: Node, rule: _Moved, value: Node, faults: Faults) -> Node:
    node = _each(
        node,
        rule.old[:-1],
        lambda holder: holder.within({k: v for k, v in holder.items.items() if v is not value}),
    )
    if not rule.kind:
        return _put(node, rule.new, value, faults)
    if value.value is None:
        return _put(node, rule.new[:-1], Node("none", value.key), faults)
    made = {"kind": Node(rule.kind, value.place, value.key), rule.new[-1]: value}
    return _put(node, rule.new[:-1], Node(made, value.place, value.key), faults)


def _put(node: Node | None, path: tuple[str, ...], value: Node, faults: Faults) -> Node:
    """A document with a value at a path, laid over what is there."""
    if not path:
        return value if node is None or node.value is None else _laid(node, value, faults)
    node = Node({}, value.place, value.key) if node is None or node.value is None else node
    entries = long_form(node)
    if entries is None:
        return node
    return node.within({**entries, path[0]: _put(entries.get(path[0]), path[1:], value, faults)})


def _laid(there: Node, moved: Node, faults: Faults) -> Node:
    """What an old key says, over what the present one says unless that comes from an override."""
    by_override = moved.key.overridden
    if not by_override and not there.key.overridden:
        now = format_path(there.key.path)
        faults.add(moved.key, f"is `{now}` in this format, which is given too: leave this one out")
    below, above = (there, moved) if by_override or not there.key.overridden else (moved, there)
    entries, over = long_form(below), above.value
    if entries is None or not isinstance(over, dict) or "kind" in over:
        return above
    return below.within({**entries, **over})


def _perfect_swaps(root: Node, moved: set[tuple[str, ...]]) -> Node:
    """In format 1 the errors of purifications are none of swaps."""
    for error in ("gate_error", "readout_error"):
        purified, swapped = (*_PROCESSOR, error), (*_PROCESSOR, f"swap_{error}")
        value = _at(root, purified)
        if purified in moved and value is not None and _at(root, swapped) is None:
            root = _put(root, swapped, Node(0, value.place, value.key), Faults())
    return root


def _without_defaults_cutoff(root: Node) -> Node:
    """In format 1 memories of another kind than the default do not have its cut-off."""
    usual = _at(root, ("defaults", "memory"))
    cutoff = None if usual is None else usual.items.get("cutoff")
    if usual is None or cutoff is None:
        return root
    name = name_in("memory", usual, "atomic")

    def change(node: Node) -> Node:
        memory = node.items.get("memory")
        if (
            memory is None
            or name_in("memory", memory) in ("", name)
            or "cutoff" in memory.items
            or "cutoff" in node.items
        ):
            return node
        return node.within({**node.items, "cutoff": Node("none", memory.place, memory.key)})

    return _each(root, ("nodes", _ANY), change)


def _of_present_paths(sweep: Mapping[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The section ``sweep`` with the present place of everything that it varies."""

    def renamed(values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {_present(text, document): each for text, each in values.items()}

    made = {key: renamed(values) if key in ("grid", "zip") else values for key, values in sweep.items()}
    if isinstance(sweep.get("list"), list):
        made["list"] = [renamed(point) for point in sweep["list"]]
    if isinstance(sweep.get("sample"), Mapping):
        made["sample"] = {**sweep["sample"], "parameters": renamed(sweep["sample"].get("parameters"))}
    return made


def _present(text: str, document: dict[str, Any]) -> str:
    try:
        old = parse_path(text)
    except ParameterError:
        return text
    new = present_path(old)
    if new == old:
        return text
    if new[-2:] == ("cutoff", "after"):
        # Stays, and is moved whenever it is set: a cut-off may come and go, and its kind with it.
        return text
    if new[:2] == ("defaults", "processor") and old[1] == "purification":
        processor = document.setdefault("defaults", {}).setdefault("processor", {})
        # In format 1 the errors of purifications are none of swaps.
        processor.setdefault(f"swap_{new[2]}", 0)
    return format_path(new)
