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
from qsim.files import guarded, read_regular

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

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
        with guarded(lambda why: NetworkError(f"{path}: cannot be read: {why}")):
            data = read_regular(path, LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        raise NetworkError(f"{path}: no such file") from None
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
    import networkx as nx

    data = read_bytes(path)
    root = _xml(data, path)
    graphs = [element for element in root if _local(element.tag) == "graph"]
    if _local(root.tag) != "graphml" or len(graphs) != 1:
        found = f"<graphml> with {len(graphs)}" if _local(root.tag) == "graphml" else "XML of another kind"
        raise NetworkError(f"{path}: expected GraphML with one graph, got {found}")
    with guarded(lambda why: NetworkError(f"{path}: GraphML that cannot be read: {why}")):
        graph = nx.read_graphml(BytesIO(data))
    declared = {element.get("id") for element in graphs[0].iter() if _local(element.tag) == "node"}
    for node in graph:
        # NetworkX makes nodes of whatever an edge names.
        if node is None or str(node) not in declared:
            raise NetworkError(f"{path}: a node has no id, or an edge names a node that is not there: {node}")
    return graph


def _xml(data: bytes, path: Path) -> Element:
    """The root of an XML text."""
    from xml.etree.ElementTree import ParseError
    from xml.parsers.expat import ErrorString

    import defusedxml
    import defusedxml.ElementTree

    with guarded(lambda why: NetworkError(f"{path}: not XML: {why}")):
        try:
            root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
        except defusedxml.DefusedXmlException:
            raise NetworkError(
                f"{path}: a document type or an entity is not accepted in GraphML; remove it"
            ) from None
        except ParseError as error:
            # Its own words may repeat what the file says, which may be none of the reader's business.
            line, column = error.position
            where = f"line {line}, column {column + 1}"
            raise NetworkError(f"{path}: not XML: {ErrorString(error.code)} at {where}") from None
    return root


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def read_gml(path: Path) -> nx.Graph:
    """Read one GML file, in UTF-8.

    Raises:
        NetworkError: the file cannot be read or is not GML.
    """
    import networkx as nx

    text = read_text(path)
    with guarded(lambda why: NetworkError(f"{path}: not GML: {_unquoted(why)}")):
        try:
            return nx.parse_gml(text, label="id")
        except nx.NetworkXError as error:
            if "is duplicated" not in str(error) or re.search(r"^\s*multigraph\s+1", text, re.MULTILINE):
                raise
            return nx.parse_gml(_GRAPH.sub("graph [\nmultigraph 1", text, count=1), label="id")


def _unquoted(why: str) -> str:
    """What NetworkX says of a text, without the part that it quotes, which may be of a file of any kind."""
    quotes = re.search(r"cannot tokenize|found ", why)
    place = re.search(r"\((\d+), (\d+)\)$", why)
    if quotes is None:
        return why
    where = f" at line {place[1]}, column {place[2]}" if place else ""
    said = why[: quotes.start()].removeprefix("NetworkXError").strip(", ")
    return f"{said or 'something else stands'}{where}"
