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
            count=1 if len(delays) == 1 else 2,
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
        ("barrett-kok", "continuous", "10.0005 us"),
        ("single-click", "continuous", "10.0005 us"),
        ("two-photon", "continuous", "10.0005 us"),
    ],
)
def test_a_dead_time_longer_than_an_attempt_is_noted(kind: str, handshake: str, spacing: str) -> None:
    """20 us of dead time; attempts of 10 us and half a window, from the last bin on."""
    (note,) = notes({"kind": kind, "handshake": handshake}, BLIND)
    assert "link n0-n1 they are blind for 20 us" in note
    assert f"every {spacing};" in note


@pytest.mark.parametrize("kind", ["barrett-kok", "single-click", "two-photon"])
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


def test_afterpulses_that_outlast_an_attempt_are_noted() -> None:
    """Attempts of 10 us: of carriers trapped for 5 us an eighth is left, for 1 us a 22,000th."""
    long = {"afterpulse_probability": 0.1, "afterpulse_lifetime": "5 us"}
    (note,) = notes("barrett-kok", long)
    assert "on link n0-n1 a click is followed by another with probability 0.1, after 5 us on average" in note
    assert "light meets every 10.0005 us; 1.4 % of clicks have theirs later than that" in note
    assert notes("barrett-kok", long | {"afterpulse_lifetime": "1 us"}) == ()
    assert notes("barrett-kok", long, "photon") == ()


def test_afterpulses_of_gated_detectors_are_noted_where_they_fall_into_windows() -> None:
    """0.1 e^-T (1 - e^-W)/(1 - e^-T), in lifetimes: 3e-6 of windows of 1 ns, 0.25 % of those of 1 us."""
    gated = {"afterpulse_probability": 0.1, "afterpulse_lifetime": "5 us", "gated": True}
    assert notes("barrett-kok", gated) == ()
    (note,) = notes("single-click", gated | {"window": "1 us"})
    assert "0.25 % in a later window" in note


def crowd(handshake: Any, detail: str = "attempt") -> tuple[str, ...]:
    """What is noted of 400 memories over 2 km, of 1 us in flight each."""
    memories = {"memory": {"count": 400}, "detector": {"efficiency": 0.01, "dark_count_rate": 0}}
    engine = alive(
        chain(
            (0.01,),
            run={"duration": 2e-4, "detail": detail},
            defaults={"generation": {"kind": "single-click", "handshake": handshake}, **memories},
            traffic=[request("n0", "n1", memories=400)],
        )
    )
    found: tuple[str, ...] = engine.run().notes
    return found


def test_a_full_station_is_noted_where_it_is_not_modelled() -> None:
    """400 places of 41 ns are 16.4 us; attempts in sequence, of 10 us, are slowed, bursts of them are not."""
    burst = {"kind": "continuous", "burst": 100, "pause": "1 us"}
    (note,) = crowd(burst)
    assert "on link n0-n1 all of them at once would make more attempts than it has room for" in note
    assert crowd("continuous") == ()
    # Negotiated attempts take 35 us or more.
    assert crowd("negotiated") == ()
    assert crowd(burst, "photon") == ()


def relaxing(formalism: str, memory: Document) -> tuple[str, ...]:
    """What is noted of two links of 40 km."""
    document = chain(
        (0.2, 0.2),
        memory=memory,
        run={"formalism": formalism, "duration": 0.05},
        traffic=[request("n0", "n2")],
    )
    found: tuple[str, ...] = alive(document).run().notes
    return found


def test_a_t1_that_the_formalism_twirls_is_noted_once() -> None:
    (note,) = relaxing("bell-diagonal", {"t1": "2 ms"})
    assert "formalism 'bell-diagonal' takes energy relaxation (t1) for Pauli noise" in note
    assert "on link n0-n1 and 1 more" in note
    assert "'density-matrix' keeps it exactly" in note


@pytest.mark.parametrize(
    ("formalism", "memory"), [("density-matrix", {"t1": "2 ms"}), ("bell-diagonal", {"t2": "2 ms"})]
)
def test_a_t1_that_is_kept_and_none_at_all_are_not_noted(formalism: str, memory: Document) -> None:
    assert relaxing(formalism, memory) == ()


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


@pytest.mark.parametrize(
    ("detector", "share"),
    [
        ({"window": "1 ns"}, "catch 0.0408 of"),
        ({"window": "5 ns", "window_start": 0}, "catch 0.341 of"),
        ({"window": "25 ns", "window_start": 0}, None),
    ],
)
@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_windows_that_miss_most_photons_are_noted(detector: Document, share: str | None, detail: str) -> None:
    """Half of the default window lies before the excitation: 1 - e^(-.5/12) of 12 ns; 1 - e^(-5/12)."""
    document = chain(
        (0.01,),
        count=1,
        generation="barrett-kok",
        run={"duration": 0.001, "detail": detail},
        defaults={"detector": {"count_rate": None, **detector}},
        memory={"t2": 1e3, "lifetime": 12e-9},
        traffic=[request("n0", "n1")],
    )
    found = [
        note for note in alive(document).run().notes if not note.startswith("the flow n0-n1 got no pair")
    ]
    assert [share in note for note in found] == ([] if share is None else [True])
