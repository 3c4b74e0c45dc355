from __future__ import annotations

from qsim.trace.pair_ends import PairEnds, index_of, node_of


def test_names_of_memories_are_taken_apart_at_the_last_bracket() -> None:
    assert node_of("room [2][13]") == "room [2]"
    assert index_of("room [2][13]") == 13


def chain() -> PairEnds:
    """Pairs 1, 2, 3 along a - b - c - d."""
    pairs = PairEnds()
    pairs.heralded(1, "a[0]", "b[0]")
    pairs.heralded(2, "b[1]", "c[0]")
    pairs.heralded(3, "c[1]", "d[0]")
    return pairs


def test_neighbours_that_swap_by_old_numbers_join_the_far_ends() -> None:
    pairs = chain()
    assert pairs.swapped("c", 2, 3, 4) == ("b[1]", "d[0]")
    # b has not heard of pair 4 yet.
    assert pairs.swapped("b", 1, 2, 5) == ("a[0]", "d[0]")


def test_a_freed_end_breaks_its_pair_and_not_the_next_one_in_that_memory() -> None:
    pairs = chain()
    pairs.freed("a[0]")
    pairs.heralded(6, "a[0]", "x[0]")
    assert pairs.swapped("b", 1, 2, 5) is None
    assert pairs.swapped("a", 6, 1, 7) is None
    assert pairs.swapped("c", 2, 3, 8) == ("b[1]", "d[0]")


def test_the_memories_of_the_swap_are_free_for_new_pairs() -> None:
    pairs = chain()
    pairs.swapped("b", 1, 2, 5)
    pairs.freed("b[0]")
    pairs.heralded(6, "b[0]", "y[0]")
    assert pairs.swapped("c", 5, 3, 7) == ("a[0]", "d[0]")


def test_numbers_of_pairs_that_nobody_holds_are_forgotten() -> None:
    pairs = chain()
    pairs.swapped("b", 1, 2, 5)
    for memory in ("a[0]", "c[0]", "c[1]", "d[0]", "never[0]"):
        pairs.freed(memory)
    assert pairs._known == {}
    assert pairs._held == {}
