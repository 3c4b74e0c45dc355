"""Files of any format that can be imported, by what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from qsim.errors import NetworkError
from qsim.files import guarded
from qsim.network.importers.graph_formats import read_text
from qsim.network.loss_report import Conversion

#: Levels of lists and mappings in a JSON file; the converters go down by recursion.
_DEEPEST: Final = 64
_GRAPHS: Final = (".graphml", ".gml")
_CONFIGURATIONS: Final = (".json", ".yaml", ".yml")


def recognises(path: str | Path) -> bool:
    """Whether a file is one that `convert_file` reads: GraphML, GML, or a SeQUeNCe configuration.

    Raises:
        NetworkError: the file cannot be read.
        ScenarioError: the file is no YAML.
    """
    from qsim.network.importers.sequence import is_sequence

    path = Path(path)
    if path.suffix.lower() in _GRAPHS:
        return True
    return path.suffix.lower() in _CONFIGURATIONS and is_sequence(_parsed(path))


def convert_file(path: str | Path) -> Conversion:
    """Make a scenario document of a GraphML, GML or SeQUeNCe file.

    Raises:
        NetworkError: the file cannot be read, or is none of these.
        ScenarioError: the file is no YAML.
    """
    from qsim.network.importers import graph, sequence
    from qsim.network.importers.graph_formats import read_gml, read_graphml

    path = Path(path)
    match path.suffix.lower():
        case ".graphml":
            return graph.convert(read_graphml(path), source=str(path), name=path.stem)
        case ".gml":
            return graph.convert(read_gml(path), source=str(path), name=path.stem)
        case ".json" | ".yaml" | ".yml":
            return sequence.convert(_parsed(path), source=str(path), name=path.stem)
    raise NetworkError(
        f"{path}: unknown kind of file '{path.suffix}'; GraphML (.graphml), GML (.gml) and "
        "SeQUeNCe configurations (.json, .yaml) can be read"
    )


def _parsed(path: Path) -> Any:
    """The contents of a JSON or YAML file."""
    text = read_text(path)
    if path.suffix.lower() != ".json":
        return _yaml(text, str(path))
    with guarded(lambda why: NetworkError(f"{path}: not JSON: {why}")):
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise NetworkError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
        except RecursionError:
            raise NetworkError(f"{path}: nested too deeply") from None
    if _deeper(value, _DEEPEST):
        raise NetworkError(f"{path}: nested too deeply, more than {_DEEPEST} levels")
    return value


def _deeper(value: Any, most: int) -> bool:
    """Whether lists and mappings lie in one another more than so many deep."""
    level = [value]
    for _ in range(most + 1):
        level = [
            part
            for whole in level
            if isinstance(whole, list | dict)
            for part in (whole.values() if isinstance(whole, dict) else whole)
        ]
    return bool(level)


def _yaml(text: str, source: str) -> Any:
    """The value of a YAML text, by the reader of scenario files, which refuses texts built to explode."""
    from qsim.documents.faults import Faults
    from qsim.documents.tree import NodeValues
    from qsim.documents.yaml_reader import read_yaml

    faults = Faults()
    root = read_yaml(text, source, faults)
    if len(faults):
        raise faults.error()
    return None if root is None else NodeValues().of(root)
