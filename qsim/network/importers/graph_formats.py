"""Graph files: GraphML, and GML such as that of the Internet Topology Zoo.

Nodes of GML are told apart by their ``id``, since labels repeat. A GML file with parallel edges that does not
call itself a multigraph is read as one; the importer then keeps the shortest of the parallel edges and
reports the others.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qsim.errors import NetworkError

if TYPE_CHECKING:
    import networkx as nx

_GRAPH: Final = re.compile(r"^\s*graph\s*\[", re.MULTILINE)
#: Larger files are refused: no network description comes near it.
LIMIT: Final = 64 * 2**20


def read_bytes(path: Path) -> bytes:
    """The contents of a file.

    Raises:
        NetworkError: the file is missing, a folder, unreadable, empty, or larger than `LIMIT`.
    """
    try:
        if path.is_dir():
            raise NetworkError(f"{path}: is a directory, not a file")
        if path.stat().st_size > LIMIT:
            raise NetworkError(f"{path}: larger than {LIMIT // 2**20} MiB")
        data = path.read_bytes()
    except FileNotFoundError:
        raise NetworkError(f"{path}: no such file") from None
    except OSError as error:
        raise NetworkError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not data.strip():
        raise NetworkError(f"{path}: the file is empty")
    return data


def read_text(path: Path) -> str:
    """The contents of a text file in UTF-8.

    Raises:
        NetworkError: as `read_bytes`, or not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path}: not UTF-8 text (byte {error.start})") from None


def read_graphml(path: Path) -> nx.Graph:
    """Read one GraphML file.

    Raises:
        NetworkError: the file cannot be read, is not GraphML, has several graphs, or an edge to nowhere.
    """
    from xml.etree.ElementTree import ParseError

    import defusedxml
    import defusedxml.ElementTree
    import networkx as nx

    data = read_bytes(path)
    try:
        root = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except ParseError as error:
        raise NetworkError(f"{path}: not XML: {error}") from None
    except defusedxml.DefusedXmlException:
        raise NetworkError(
            f"{path}: a document type or an entity is not accepted in GraphML; remove it"
        ) from None
    graphs = [element for element in root if _local(element.tag) == "graph"]
    if _local(root.tag) != "graphml" or len(graphs) != 1:
        raise NetworkError(
            f"{path}: expected GraphML with one graph, got <{_local(root.tag)}> with {len(graphs)}"
        )
    try:
        graph = nx.read_graphml(BytesIO(data))
    except (nx.NetworkXError, KeyError, ValueError, TypeError) as error:
        raise NetworkError(f"{path}: GraphML that cannot be read: {error}") from None
    declared = {element.get("id") for element in graphs[0].iter() if _local(element.tag) == "node"}
    for node in graph:
        # NetworkX makes nodes of whatever an edge names.
        if node is None or str(node) not in declared:
            raise NetworkError(f"{path}: a node has no id, or an edge names a node that is not there: {node}")
    return graph


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def read_gml(path: Path) -> nx.Graph:
    """Read one GML file, in UTF-8.

    Raises:
        NetworkError: the file cannot be read or is not GML.
    """
    import networkx as nx

    text = read_text(path)
    try:
        try:
            return nx.parse_gml(text, label="id")
        except nx.NetworkXError as error:
            if "is duplicated" not in str(error) or re.search(r"^\s*multigraph\s+1", text, re.MULTILINE):
                raise
            return nx.parse_gml(_GRAPH.sub("graph [\nmultigraph 1", text, count=1), label="id")
    except (nx.NetworkXError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NetworkError(f"{path}: not GML: {error}") from None
