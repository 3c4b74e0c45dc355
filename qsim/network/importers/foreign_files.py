"""Files of any format that can be imported, by what they are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qsim.errors import NetworkError
from qsim.files import guarded
from qsim.network.importers.graph_formats import format_of, is_node_link, name_of, node_link, read_text
from qsim.network.loss_report import Conversion, LossReport

if TYPE_CHECKING:
    import networkx as nx

#: Levels of lists and mappings in a JSON file; the converters go down by recursion.
_DEEPEST: Final = 64
#: Strings, which stay as they are; comments; and commas before a closing bracket.
#: What is never closed ends with the line or the text, so that no text is looked at twice.
_COMMENT: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"?|,(?=\s*[\]}])')
_GRAPHS: Final = (".graphml", ".gml")
_CONFIGURATIONS: Final = (".json", ".yaml", ".yml")


def recognises(path: str | Path) -> bool:
    """Whether a file is one that `convert_file` reads: a graph, or a SeQUeNCe configuration.

    Raises:
        NetworkError: the file cannot be read.
        ScenarioError: the file is no YAML.
    """
    from qsim.network.importers.sequence import is_sequence

    path = Path(path)
    if format_of(path) in _GRAPHS:
        return True
    if format_of(path) not in _CONFIGURATIONS:
        return False
    document = _parsed(path)
    return is_sequence(document) or is_node_link(document)


def convert_file(path: str | Path, *, least_length: float | str | None = None) -> Conversion:
    """Make a scenario document of a GraphML, GML, node-link or SeQUeNCe file.

    Args:
        path: the file, which may be packed by gzip.
        least_length: shorter links of a graph become so long, m; None leaves them as they are.

    Raises:
        NetworkError: the file cannot be read, or is none of these.
        ScenarioError: the file is no YAML.
    """
    from qsim.network.importers import graph, sequence
    from qsim.network.importers.graph_formats import read_gml, read_graphml

    path = Path(path)
    report, name = LossReport(str(path)), name_of(path)
    how: dict[str, Any] = {"source": str(path), "least_length": least_length, "name": name, "report": report}
    match format_of(path):
        case ".graphml":
            return graph.convert(read_graphml(path, report), **how)
        case ".gml":
            return graph.convert(read_gml(path, report), **how)
        case ".json" | ".yaml" | ".yml":
            document = _parsed(path)
            if is_node_link(document) and not sequence.is_sequence(document):
                return graph.convert(node_link(document, str(path)), **how)
            return sequence.convert(document, source=str(path), name=name)
    raise NetworkError(
        f"{path}: unknown kind of file '{path.suffix}'; GraphML (.graphml), GML (.gml), graphs "
        "of NetworkX (.json) and SeQUeNCe configurations (.json, .yaml) can be read, packed by gzip too (.gz)"
        "; a scenario reads a list of links itself, by `topology: {kind: csv, path: ...}`"
    )


def read_node_link(path: Path) -> nx.Graph:
    """Read a graph that NetworkX has written as JSON.

    Raises:
        NetworkError: the file cannot be read, or is none.
    """
    document = _parsed(path)
    if not is_node_link(document):
        raise NetworkError(
            f"{path}: no node-link graph: it has no lists of `nodes` with an `id` and of `edges`"
        )
    return node_link(document, str(path))


def _parsed(path: Path) -> Any:
    """The contents of a JSON or YAML file."""
    text = read_text(path)
    if format_of(path) != ".json":
        return _yaml(text, str(path))
    with guarded(lambda why: NetworkError(f"{path}: not JSON: {why}")):
        try:
            value = _loaded(text)
        except json.JSONDecodeError as error:
            raise NetworkError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
        except RecursionError:
            raise NetworkError(f"{path}: nested too deeply") from None
    if _deeper(value, _DEEPEST):
        raise NetworkError(f"{path}: nested too deeply, more than {_DEEPEST} levels")
    return value


def _loaded(text: str) -> Any:
    """The value of a JSON text, which may have comments and trailing commas as JSON5 has them."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return json.loads(_strict(text))


def _strict(text: str) -> str:
    """A JSON text without comments and trailing commas, every other character in its old place.

    Example:
        >>> _strict('[1, /* one */ 2,] // end')
        '[1,           2 ]       '
    """
    for what in (_COMMENT, _TRAILING):
        text = what.sub(lambda found: found[0] if found[0].startswith('"') else _blank(found[0]), text)
    return text


def _blank(text: str) -> str:
    return re.sub(r"[^\s]", " ", text)


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
