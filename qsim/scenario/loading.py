"""The front doors: a file or a script's document becomes a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim.scenario.faults import Faults, Place, fail
from qsim.scenario.overrides import apply_overrides
from qsim.scenario.tree import Node, from_plain

if TYPE_CHECKING:
    from qsim.scenario.model import Scenario


def load(path: str | PathLike[str], *, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file.

    Args:
        path: a file in YAML 1.2, or in JSON when its name ends in ``.json``.
        overrides: texts ``key.path=value`` that replace or add values, such as ``run.seed=5`` or
            ``links[2].length=5 km``.

    Raises:
        ScenarioError: with every fault of the file, one line each.
    """
    file, faults = Path(path), Faults()
    needs = "a scenario needs at least `run` with a `duration`, and `nodes`"
    root = read_document(file, faults, overrides=overrides, needs=needs)
    return _assembled(root, str(path), file.parent, faults)


def read_document(file: Path, faults: Faults, *, overrides: Sequence[str] = (), needs: str) -> Node:
    """Read any document in YAML 1.2, or in JSON when its name ends in ``.json``, as a tree with places.

    Args:
        file: the file.
        faults: takes what is wrong with the document and with the overrides.
        overrides: as in `load`.
        needs: what a document needs at least, for the message that this one is empty.

    Raises:
        ScenarioError: the file cannot be read, or is empty.
    """
    from qsim.scenario.text import read_text

    source = str(file)
    text = read_text(file, source)
    if file.suffix.lower() == ".json":
        from qsim.scenario.json_reader import read_json as read
    else:
        from qsim.scenario.yaml_reader import read_yaml as read
    root = read(text, source, faults)
    if root is None or root.value is None:
        raise fail(Place(source, (), 1, 1), f"is empty: {needs}")
    return apply_overrides(root, overrides, faults) if isinstance(root.value, dict) else root


def from_document(
    document: Mapping[str, Any],
    *,
    source: str = "<script>",
    overrides: Sequence[str] = (),
    base: str | PathLike[str] | None = None,
) -> Scenario:
    """Make a scenario of a document that a script holds.

    Args:
        document: what a scenario file would say, as mappings, lists, numbers and text.
        source: what to call it in messages.
        overrides: as in `load`.
        base: folder against which files that the document names are resolved; None for the working directory.

    Raises:
        ScenarioError: with every fault of the document, one line each.
    """
    faults = Faults()
    root = from_plain(document, Place(source), faults)
    if isinstance(root.value, dict):
        root = apply_overrides(root, overrides, faults)
    return _assembled(root, source, None if base is None else Path(base), faults)


def _assembled(root: Node, source: str, base: Path | None, faults: Faults) -> Scenario:
    from qsim.scenario.assembly import assemble

    return assemble(root, source, base, faults)
