"""Names of memories in traces, ``node[index]``, taken apart."""

from __future__ import annotations


def node_of(memory: str) -> str:
    """The node of a memory named ``node[index]``."""
    return memory.rpartition("[")[0]


def index_of(memory: str) -> int:
    """The index of a memory named ``node[index]``."""
    return int(memory.rpartition("[")[2].removesuffix("]"))
