"""Scenario files of an earlier format, rewritten in this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qsim.documents.faults import Faults
from qsim.documents.paths import format_path, parse_path
from qsim.documents.read_document import read_document
from qsim.documents.tree import NodeValues
from qsim.errors import ParameterError
from qsim.model.specs import FORMAT
from qsim.scenario.moved import present_path, upgraded
from qsim.scenario.outline import check_outline


def converted_file(path: Path) -> dict[str, Any]:
    """The document of a scenario file in this format, its swept paths included.

    Raises:
        ScenarioError: the file cannot be read, is no scenario, or has a key in two places.
    """
    faults = Faults()
    root = read_document(path, faults, needs="a scenario needs at least `run` and `nodes`")
    check_outline(root, faults)
    root = upgraded(root, faults).root
    if faults:
        raise faults.error()
    document = {"qsim": FORMAT, **NodeValues().of(root)} | {"qsim": FORMAT}
    if isinstance(document.get("sweep"), Mapping):
        document["sweep"] = _of_present_paths(document["sweep"], document)
    return document


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
