"""Lists of links in CSV: what is read, and faults with the number of their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from qsim import limits
from qsim.errors import LimitError, NetworkError
from qsim.network.topologies import CsvFile
from qsim.network.topologies.base import Topology
from qsim.scenario import from_document


def read(folder: Path, text: str, nodes: str | None = None, **fields: object) -> Topology:
    # Spreadsheets begin with a mark of the byte order.
    (folder / "links.csv").write_text(text, encoding="utf-8-sig" if text else "utf-8")
    if nodes is not None:
        (folder / "nodes.csv").write_text(nodes, encoding="utf-8")
        fields["nodes"] = "nodes.csv"
    return CsvFile(path="links.csv", **fields).expand(folder)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header",
    ["from,to,km", "From , TO, length_km", "from,to,length [km]", "from,to,Length (km)"],
)
def test_the_header_says_the_unit(tmp_path: Path, header: str) -> None:
    made = read(tmp_path, f'# a campus\n{header}\nA,B,1.2\n\nB,"C, hall",300 m\r\n#A,B,5\nA,"C, hall",0\n')
    assert list(made.nodes) == ["A", "B", "C, hall"]
    assert [link["between"] for link in made.links] == [["A", "B"], ["B", "C, hall"], ["A", "C, hall"]]
    assert [link["length"] for link in made.links] == [1200.0, 300.0, 0.0]


def test_columns_come_in_any_order_and_a_bare_length_is_in_metres(tmp_path: Path) -> None:
    made = read(tmp_path, "length,name,to,from\n5,first,B,A\n6,second,A,B\n,third,C,A\n", length="2 km")
    assert made.links == [
        {"between": ["A", "B"], "length": 5.0, "name": "first"},
        {"between": ["B", "A"], "length": 6.0, "name": "second"},
        {"between": ["A", "C"], "length": 2000.0, "name": "third"},
    ]


def test_places_measure_links(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        "from,to\nA,B\nB,C\n",
        "node,x_km,y_km,memories,kind\nA,0,0,,\nB,3,0,4,end-node\nC,3,4,2,\nlone,9,9,,\n",
    )
    assert [link["length"] for link in made.links] == [3000.0, 4000.0]
    assert made.nodes["B"] == {"position": [3000.0, 0.0], "memory": {"count": 4}, "kind": "end-node"}
    assert made.nodes["lone"] == {"position": [9000.0, 9000.0]}


def test_coordinates_measure_links_on_the_globe(tmp_path: Path) -> None:
    made = read(tmp_path, "from,to\nA,B\n", "node,latitude,longitude\nA,0,0\nB,0,90\n")
    assert made.links[0]["length"] == pytest.approx(10_007.5e3, rel=1e-3)


def test_a_campus_runs_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "campus.csv").write_text("from,to,km\nlab,hall,1.2\nhall,dorm,0.8\n")
    document = {
        "run": {"duration": "10 ms"},
        "topology": {"kind": "csv", "path": "campus.csv"},
        "traffic": [{"initiator": "lab", "responder": "dorm", "memories": 2}],
    }
    scenario = from_document(document, base=tmp_path, overrides=["link(hall,lab).length=2 km"])
    assert {link.name: link.length for link in scenario.links} == {"hall-lab": 2e3, "hall-dorm": 800.0}
    assert scenario.run(seed=1).flows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty; it must begin with a header: from, to, length"),
        ("\n# nothing\n", "the file is empty"),
        ("from,to\nA,B\n", "line 2: has no length, and 'A' and 'B' no places to measure it by"),
        ("from,to,km\nA,B,1\n\nA,C\n", "line 4: has 2 cells, and the header 3 columns"),
        ("from,to,km\nA,A,1\n", "line 2: links 'A' to itself"),
        ("from,to,km\nA,B,-1\n", "line 2: `length` must be at least 0, got '-1'"),
        ("from,to,km\nA,B,1\nC,B,1\nB,A,2\n", "line 4: 'B' and 'A' are linked already by line 2"),
        ("from,to,km\nA,B,far\n", r"line 2: `length` must be .*bare number is in km.*got 'far'"),
        ("from,to,km\nA,B,nan\n", "line 2: `length` must be"),
        ("from,to,km\nA,B,1e999\n", "line 2: `length` must be"),
        ("from,to,km\nA,B,5 s\n", "line 2: `length` must be"),
        ("from,to,km\n,B,5\n", "line 2: `from` is empty"),
        ("from,to,kg\nA,B,1\n", "line 1: column 3 of the header is none of"),
        ("from,km\nA,1\n", "line 1: the header lacks `to`"),
        ("from,to,km,km\nA,B,1,1\n", "line 1: column 4 of the header names `length` again"),
        ('from,to,km\n"A,B,1\n', "line 2: no comma-separated values"),
    ],
)
def test_faults_are_told_by_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ("node\nA\nA\n", "line 3: node 'A' is listed twice; the first is line 2"),
        ("node\nA\n", "links.csv, line 2: no node 'B' in 'nodes.csv'"),
        ("node,x,y\nA,0,\nB,1,1\n", "line 2: a place needs both x and y; `y` is empty"),
        ("node,latitude,longitude\nA,91,0\nB,1,1\n", "line 2: .*latitude"),
        ("node,memories\nA,0\nB,1\n", "line 2: `memories` must be at least 1"),
        ("node,memories\nA,1.5\nB,1\n", "line 2: `memories` must be a whole number"),
        ("node,kind\nA,castle\nB,\n", "line 2: unknown kind of node"),
    ],
)
def test_faults_of_nodes_are_told_by_line(tmp_path: Path, nodes: str, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        read(tmp_path, "from,to,km\nA,B,1\n", nodes)


def test_a_foreign_file_is_not_repeated_and_not_left_the_folder_for(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret").write_text("root:x:0:0:secret words\n")
    with pytest.raises(LimitError, match="lies outside the scenario's folder"):
        CsvFile(path="../secret").expand(inside)
    with limits.using(folders=(tmp_path,)), pytest.raises(NetworkError) as caught:
        CsvFile(path="../secret").expand(inside)
    assert "words" not in str(caught.value)
    with pytest.raises(NetworkError, match="no such file"):
        CsvFile(path="none.csv").expand(inside)
    with pytest.raises(NetworkError, match="is a directory"):
        CsvFile(path=".").expand(inside)
    (inside / "latin.csv").write_bytes(b"from,to,km\nK\xf6ln,B,1\n")
    with pytest.raises(NetworkError, match="not UTF-8 text"):
        CsvFile(path="latin.csv").expand(inside)
