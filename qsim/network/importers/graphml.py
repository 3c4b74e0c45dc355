"""GraphML files, such as those of the Internet Topology Zoo.

The XML is vetted by defusedxml before NetworkX reads it: a document type or an entity is refused, so a file
of a few hundred bytes cannot fill the memory or read other files.

References:
    Knight et al., The Internet Topology Zoo, IEEE J. Sel. Areas Commun. 29, 1765 (2011).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from qsim.errors import NetworkError
from qsim.network.importers.text import read_bytes

if TYPE_CHECKING:
    import networkx as nx


def read(path: Path) -> nx.Graph:
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
