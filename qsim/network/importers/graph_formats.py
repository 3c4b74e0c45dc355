"""Graph files: GraphML, GML such as that of the Internet Topology Zoo, and NetworkX's node-link JSON.

Nodes of GML are told apart by their ``id``, since labels repeat. A GML file with parallel edges that does not
call itself a multigraph is read as one; the importer then keeps the shortest of the parallel edges and
reports the others.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qsim.errors import NetworkError
from qsim.files import guarded, read_regular
from qsim.network.importers.graphml_tree import below, children, local, put_right
from qsim.network.loss_report import LossReport

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    import networkx as nx

_GRAPH: Final = re.compile(r"^\s*graph\s*\[", re.MULTILINE)
#: Larger files are refused: no network description comes near it.
LIMIT: Final = 64 * 2**20
_GZIP: Final = b"\x1f\x8b"


def read_bytes(path: Path) -> bytes:
    """The contents of a file, unpacked if it is packed by gzip.

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
    if data.startswith(_GZIP):
        data = _unpacked(data, path)
    if not data.strip():
        raise NetworkError(f"{path}: the file is empty")
    return data


def _unpacked(data: bytes, path: Path) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    with guarded(lambda why: NetworkError(f"{path}: damaged gzip: {why}")):
        try:
            unpacked = reader.decompress(data, LIMIT + 1)
        except zlib.error as error:
            raise NetworkError(f"{path}: damaged gzip: {error}") from None
    if len(unpacked) > LIMIT:
        raise NetworkError(f"{path}: larger than {LIMIT // 2**20} MiB when it is unpacked")
    if not reader.eof:
        raise NetworkError(f"{path}: damaged gzip: it ends too early")
    return unpacked


def format_of(path: Path) -> str:
    """How the name of a file says what it is: its last suffix in lower case, that of gzip left out.

    Example:
        >>> format_of(Path("map.GraphML.gz"))
        '.graphml'
    """
    packed = path.suffix.lower() == ".gz"
    return (path.with_suffix("") if packed else path).suffix.lower()


def name_of(path: Path) -> str:
    """The name of a file without what says its format."""
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).stem


def read_text(path: Path) -> str:
    """The contents of a text file in UTF-8.

    Raises:
        NetworkError: as `read_bytes`, or not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path}: not UTF-8 text (byte {error.start})") from None


def read_graphml(path: Path, report: LossReport) -> nx.Graph:
    """Read one GraphML file.

    Args:
        path: the file.
        report: takes note of what cannot be kept of it.

    Raises:
        NetworkError: the file cannot be read, is not GraphML, has several graphs, or an edge to nowhere.
    """
    from xml.etree.ElementTree import tostring

    import networkx as nx

    root = _xml(read_bytes(path), path)
    graphs = children(root, "graph")
    if local(root.tag) != "graphml" or len(graphs) != 1:
        found = f"<graphml> with {len(graphs)}" if local(root.tag) == "graphml" else "XML of another kind"
        raise NetworkError(f"{path}: expected GraphML with one graph, got {found}")
    declared = Counter(element.get("id") for element in below(graphs[0], "node"))
    if repeated := [name for name, times in declared.items() if times > 1]:
        raise NetworkError(f"{path}: two nodes have the id '{repeated[0]}'")
    put_right(root, report)
    with guarded(lambda why: NetworkError(f"{path}: GraphML that cannot be read: {why}")):
        graph = nx.read_graphml(BytesIO(tostring(root)))
    for node in graph:
        # NetworkX makes nodes of whatever an edge names.
        if node is None or str(node) not in declared:
            raise NetworkError(f"{path}: a node has no id, or an edge names a node that is not there: {node}")
    _count(graph, graphs[0], path)
    return graph


def _count(graph: nx.Graph, tree: Element, path: Path) -> None:
    """Hold the numbers of nodes and edges against those of the file."""
    for what, read in (("node", len(graph)), ("edge", graph.number_of_edges())):
        there = len(children(tree, what))
        if read != there:
            raise NetworkError(f"{path}: of {there} {what}s {read} could be read")


def _xml(data: bytes, path: Path) -> Element:
    """The root of an XML text."""
    from xml.etree.ElementTree import ParseError
    from xml.parsers.expat import ErrorString

    import defusedxml
    import defusedxml.ElementTree

    with guarded(lambda why: NetworkError(f"{path}: not XML: {why}")):
        try:
            root: Element = defusedxml.ElementTree.fromstring(data)
        except defusedxml.DefusedXmlException:
            raise NetworkError(f"{path}: an entity is not accepted in GraphML; remove it") from None
        except ParseError as error:
            # Its own words may repeat what the file says, which may be none of the reader's business.
            line, column = error.position
            where = f"line {line}, column {column + 1}"
            raise NetworkError(f"{path}: not XML: {ErrorString(error.code)} at {where}") from None
    return root


def read_gml(path: Path, report: LossReport) -> nx.Graph:
    """Read one GML file, in UTF-8 or, where it is none, in Latin-1.

    Args:
        path: the file.
        report: takes note of what cannot be kept of it.

    Raises:
        NetworkError: the file cannot be read or is not GML.
    """
    import networkx as nx

    data = read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = data.decode("latin-1")
        report.assumed(f"byte {error.start}", "the text is no UTF-8", "read as Latin-1 (ISO 8859-1)")
    with guarded(lambda why: NetworkError(f"{path}: not GML: {_unquoted(why)}")):
        try:
            graph = nx.parse_gml(text, label="id")
        except nx.NetworkXError as error:
            if "is duplicated" not in str(error) or re.search(r"^\s*multigraph\s+1", text, re.MULTILINE):
                raise
            graph = nx.parse_gml(_GRAPH.sub("graph [\nmultigraph 1", text, count=1), label="id")
    _leave_groups(graph, report)
    return graph


def _leave_groups(graph: nx.Graph, report: LossReport) -> None:
    """Take away the groups that yEd writes among the nodes."""
    groups = [node for node, said in graph.nodes(data=True) if said.get("isGroup") == 1]
    for node in groups:
        report.harmless(f"nodes[{node}]", None, "a group is no place with memories", "left out")
        for first, second in list(graph.edges(node)):
            where = f"edges[{first}, {second}]"
            report.dropped(where, None, "it ends at a group, and says at none of its members", "left out")
    graph.remove_nodes_from(groups)


def is_node_link(document: object) -> bool:
    """Whether a document is a graph as `networkx.node_link_data` writes it.

    Example:
        >>> is_node_link({"nodes": [{"id": 1}], "links": []})
        True
    """
    if not isinstance(document, Mapping) or "qsim" in document or "run" in document:
        return False
    nodes, edges = document.get("nodes"), document.get(_edges_of(document))
    if not (isinstance(nodes, list) and isinstance(edges, list)):
        return False
    ends = all(isinstance(edge, Mapping) and {"source", "target"} <= edge.keys() for edge in edges)
    return ends and all(isinstance(node, Mapping) and "id" in node for node in nodes)


def _edges_of(document: Mapping[str, Any]) -> str:
    """The key under which the edges stand, which differs between versions of NetworkX."""
    return "edges" if "edges" in document else "links"


def node_link(document: Mapping[str, Any], source: str) -> nx.Graph:
    """The graph of a document that `is_node_link`.

    Raises:
        NetworkError: a node that cannot be one, two of one id, or an edge to nowhere.
    """
    import networkx as nx

    key = _edges_of(document)
    names = Counter(str(node["id"]) for node in document["nodes"])
    if repeated := [name for name, times in names.items() if times > 1]:
        raise NetworkError(f"{source}: two nodes have the id '{repeated[0]}'")
    for place, edge in enumerate(document[key]):
        for end in ("source", "target"):
            if str(edge[end]) not in names:
                raise NetworkError(f"{source}: {key}[{place}].{end}: there is no node '{edge[end]}'")
    # Parallel edges are told apart by a `key`, which may be missing or repeat: all are to be read.
    edges = [{name: value for name, value in edge.items() if name != "key"} for edge in document[key]]
    whole = {**document, key: edges, "multigraph": True}
    with guarded(lambda why: NetworkError(f"{source}: no node-link graph: {why}")):
        return nx.node_link_graph(whole, edges=key)


def _unquoted(why: str) -> str:
    """What NetworkX says of a text, without the part that it quotes, which may be of a file of any kind."""
    quotes = re.search(r"cannot tokenize|found ", why)
    place = re.search(r"\((\d+), (\d+)\)$", why)
    if quotes is None:
        return why
    where = f" at line {place[1]}, column {place[2]}" if place else ""
    said = why[: quotes.start()].removeprefix("NetworkXError").strip(", ")
    return f"{said or 'something else stands'}{where}"
