"""Notes on what the attempt detail leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.protocols.scenes import Document, alive, chain, request


def notes(
    generation: Any, detector: Document, detail: str = "attempt", delays: tuple[float, ...] = (0.01,)
) -> tuple[str, ...]:
    """What is noted of links with these delays in ms."""
    engine = alive(
        chain(
            delays,
            generation=generation,
            run={"duration": 0.01, "detail": detail},
            defaults={"detector": detector},
            memory={"t2": 1e3},
            traffic=[request("n0", f"n{len(delays)}")],
        )
    )
    found: tuple[str, ...] = engine.run().notes
    return found


BLIND = {"count_rate": "50 kHz"}


@pytest.mark.parametrize(
    ("kind", "handshake", "spacing"),
    [
        ("barrett-kok", "continuous", "1.00005e-05"),
        ("single-click", "continuous", "1.00005e-05"),
        ("two-photon", "continuous", "1e-07"),
        ("two-photon", "negotiated", "1e-07"),
    ],
)
def test_a_dead_time_longer_than_an_attempt_is_noted(kind: str, handshake: str, spacing: str) -> None:
    """20 us of dead time; attempts of 10 us and half a window, or bins of 100 ns."""
    (note,) = notes({"kind": kind, "handshake": handshake}, BLIND)
    assert "link n0-n1 they are blind for 2e-05 s" in note
    assert f"every {spacing} s" in note


@pytest.mark.parametrize("kind", ["barrett-kok", "single-click"])
def test_negotiation_leaves_time_to_recover(kind: str) -> None:
    """Rounds follow each other after 2.5 messages of 10 us and the flight of 5 us, or later."""
    negotiated = {"kind": kind, "handshake": "negotiated"}
    assert notes(negotiated, BLIND) == ()
    (note,) = notes(negotiated, {"count_rate": "20 kHz"})
    assert "every" in note


def test_links_alike_share_a_note() -> None:
    (note,) = notes("barrett-kok", BLIND, delays=(0.01, 0.01, 0.01))
    assert "link n0-n1 and 2 more" in note


@pytest.mark.parametrize("case", ["short", "photon", "source"])
def test_nothing_is_noted_where_nothing_is_left_out(case: str) -> None:
    kind = {"kind": "midpoint-source", "rate": 1e6} if case == "source" else "two-photon"
    detector = {} if case == "short" else BLIND
    assert notes(kind, detector, "photon" if case == "photon" else "attempt") == ()


IMPERFECTIONS: list[Document] = [
    {"memory": {"t2": 1e3}},
    {"memory": {"initial_fidelity": 0.99}},
    {"processor": {"gate_error": 0.001}},
    {"processor": {"readout_time": "1 us"}},
    {"generation": {"kind": "single-click", "bright_population": 0.1}},
]


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_a_run_without_any_imperfection_says_so_once(detail: str) -> None:
    scene = chain(2, run={"duration": 0.1, "detail": detail}, traffic=[request("n0", "n2")])
    (note,) = alive(scene).run().notes
    assert note.startswith("no imperfection is described")
    assert "`preset`" in note


@pytest.mark.parametrize("imperfection", IMPERFECTIONS, ids=str)
def test_one_imperfection_is_enough(imperfection: Document) -> None:
    scene = chain(2, run={"duration": 0.1}, traffic=[request("n0", "n2")], **imperfection)
    assert alive(scene).run().notes == ()
