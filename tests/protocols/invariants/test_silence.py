"""A run that nobody traces formats no text."""

from __future__ import annotations

import dis
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from types import CodeType, FrameType
from typing import Any

import pytest

from qsim.trace.chrome import ChromeTraceSink
from tests.architecture.sources import PACKAGES, ROOT
from tests.protocols.scenes import MS, Document, alive, chain, request

FORMATTING = {"FORMAT_VALUE", "FORMAT_SIMPLE", "FORMAT_WITH_SPEC", "BUILD_STRING"}
_OURS = tuple(str(ROOT / package) for package in PACKAGES)


class Listener:
    """Counts the formatting instructions that our packages carry out.

    Attributes:
        heard: how often each line has formatted something.
        codes: code objects that were entered.
    """

    def __init__(self) -> None:
        self.heard: Counter[str] = Counter()
        self.codes: set[CodeType] = set()
        self._formats: dict[CodeType, frozenset[int]] = {}

    def enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        """A function is entered: listen if it can format anything at all."""
        code = frame.f_code
        if not code.co_filename.startswith(_OURS):
            return None
        self.codes.add(code)
        if code not in self._formats:
            instructions = dis.get_instructions(code)
            self._formats[code] = frozenset(one.offset for one in instructions if one.opname in FORMATTING)
        if not self._formats[code]:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._hear

    def _hear(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "opcode" and frame.f_lasti in self._formats[frame.f_code]:
            self.heard[f"{frame.f_code.co_filename}:{frame.f_lineno}"] += 1
        return self._hear


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    before = sys.gettrace()
    sys.settrace(listener.enter)
    try:
        yield listener
    finally:
        sys.settrace(before)


def everything(detail: str, handshake: Any, swapping: Any) -> Document:
    """A network that does all that the protocols can do, flows that begin late and end early included."""
    document = chain(
        [0.1, 0.1, 0.1],
        swapping={**swapping, "success_probability": 0.9},
        purification="bbpssw",
        generation={"kind": "barrett-kok", "handshake": handshake},
        cutoff="4 ms",
        memory={
            "t2": "50 ms",
            "initial_fidelity": 0.95,
            "frequency": 1e6,
            "efficiency": 0.9,
        },
        count=8,
        classical={"loss": 0.1, "retransmission": 1e-3},
        run={"duration": 0.1, "detail": detail},
    )
    document["traffic"] = [
        request("n0", "n3", memories=2, fidelity=0.9, retry="9 ms"),
        request("n3", "n1", start="5 ms", pairs=3, retry="9 ms"),
        request("n1", "n2", start="40 ms", duration="10 ms", retry="9 ms"),
        request("n1", "n0", memories=8, start="45 ms", duration="10 ms", retry="9 ms"),
        {"kind": "teleportation", "initiator": "n2", "responder": "n3", "start": 0.03, "retry": 0.009},
    ]
    return document


CASES = {
    "nested": ("attempt", "continuous", {"kind": "nested"}),
    "with consent": ("attempt", "negotiated", {"kind": "nested", "consent": True}),
    "as soon as possible": ("attempt", "continuous", {"kind": "asap"}),
    "photon by photon": ("photon", "continuous", {"kind": "asap"}),
    "photon by photon, negotiated": ("photon", "negotiated", {"kind": "nested"}),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_formatted(case: str) -> None:
    """Not at a single event of the run, from the first request to the last pair."""
    engine = alive(everything(*CASES[case]))
    with listening() as listener:
        engine.run_until(100 * MS)
    assert dict(listener.heard) == {}
    assert len(listener.codes) > 80
    result = engine.result()
    assert sum(row.pairs for row in result.flows + result.unfinished) > 10
    assert sum(row.expired for row in result.memories) > 0


def test_the_listener_hears_what_a_trace_writes() -> None:
    engine = alive(everything(*CASES["photon by photon"]), trace=ChromeTraceSink(StringIO()))
    with listening() as listener:
        engine.run_until(20 * MS)
    assert sum(listener.heard.values()) > 1000
