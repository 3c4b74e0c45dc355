"""The front doors: a file or a script's document becomes a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim.documents.faults import Faults, Place
from qsim.documents.overrides import apply_overrides
from qsim.documents.read_document import read_document
from qsim.documents.tree import Node, from_plain

if TYPE_CHECKING:
    from qsim.scenario.scenario import Scenario


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
    from qsim.scenario.scenario_assembly import assemble

    return assemble(root, source, base, faults)
