"""Names of nodes stand where they cover neither links, nor nodes, nor one another."""

from __future__ import annotations

from itertools import combinations

from qsim.model.label_sides import SIDES, _box, _crosses, _overlap, label_sides


def covered(places: dict[str, tuple[float, float]], links: list[tuple[str, str]]) -> int:
    """How many links and names the names cover, of 30 by 10 beside nodes of radius 8."""
    sizes = dict.fromkeys(places, (30.0, 10.0))
    sides = label_sides(places, links, sizes, 8.0)
    boxes = [_box(place, sizes[name], 8.0, SIDES[sides[name]]) for name, place in places.items()]
    crossed = sum(_crosses(box, places[a], places[b]) for box in boxes for a, b in links)
    return crossed + sum(_overlap(one, other) for one, other in combinations(boxes, 2))


def test_a_name_goes_to_the_side_without_a_link() -> None:
    places = {"hub": (0.0, 0.0), "south": (0.0, -60.0), "east": (60.0, 0.0), "west": (-60.0, 0.0)}
    links = [("hub", other) for other in ("south", "east", "west")]
    sides = label_sides(places, links, dict.fromkeys(places, (30.0, 10.0)), 8.0)
    assert sides["hub"] == "above"
    assert sides["south"] == "below"
    assert covered(places, links) == 0


def test_names_of_neighbours_part() -> None:
    places = {str(n): (20.0 * n, 0.0) for n in range(4)}
    assert covered(places, []) == 0


def test_a_line_enters_a_box_or_passes_it_by() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    assert _crosses(box, (-5.0, 5.0), (15.0, 5.0))
    assert _crosses(box, (5.0, 5.0), (5.0, 5.0))
    assert not _crosses(box, (-5.0, 11.0), (15.0, 11.0))
    assert not _crosses(box, (-5.0, 0.0), (0.0, -5.0))
    assert not _crosses(box, (-9.0, 5.0), (-1.0, 5.0))


def test_nodes_at_one_place_one_node_and_very_many_nodes_have_sides_too() -> None:
    assert label_sides({"a": (0.0, 0.0)}, [], {"a": (3.0, 1.0)}, 1.0) == {"a": "below"}
    same = dict.fromkeys("abcd", (0.0, 0.0))
    assert len(set(label_sides(same, [("a", "b")], dict.fromkeys(same, (3.0, 1.0)), 1.0).values())) == 4
    many = {str(n): (float(n), 0.0) for n in range(2000)}
    assert set(label_sides(many, [], dict.fromkeys(many, (3.0, 1.0)), 1.0).values()) == {"below"}
