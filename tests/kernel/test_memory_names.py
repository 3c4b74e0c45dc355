from __future__ import annotations

from qsim.trace.memory_names import index_of, node_of


def test_names_of_memories_are_taken_apart_at_the_last_bracket() -> None:
    assert node_of("room [2][13]") == "room [2]"
    assert index_of("room [2][13]") == 13
