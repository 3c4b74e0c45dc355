"""Benches of the optics laboratory, held to closed forms, and what an assembly refuses."""

from __future__ import annotations

from math import exp, pi
from typing import Any

import numpy as np
import pytest

from hardware.optics.bench import Bench
from hardware.optics.optical_assembly import Assembly
from qsim import registry
from qsim.errors import ParameterError

SLOT = 100_000


def detector(efficiency: float = 1.0, dark: float = 0.0, **more: Any) -> dict[str, Any]:
    """A detector whose dark counts have a probability in its window of 1 ns."""
    rate = -np.log1p(-dark) / 1e-9
    model = {"kind": "threshold", "efficiency": efficiency, "dark_count_rate": rate, "count_rate": None}
    return {"kind": "detector", "detector": model, **more}


def meeting(one: Any, other: Any, *detection: float, transmittance: float = 0.5) -> Assembly:
    """Two sources at a beam splitter with two detectors."""
    ready = {"kind": "hong-ou-mandel", "first": one, "second": other, "transmittance": transmittance}
    bench: Assembly = registry.build(
        "assembly", {**ready, "detector": detector(*detection)["detector"]}
    ).wired()
    return bench


def law(assembly: Assembly) -> dict[frozenset[tuple[str, int]], float]:
    """Probability of each set of outlets that click, by detector and time."""
    bench = Bench(assembly, SLOT)
    return {
        frozenset(
            (each.detector, each.time_ps) for k, each in enumerate(bench.outlets) if pattern >> k & 1
        ): chance
        for pattern, chance in enumerate(bench.exact.patterns[0])
    }


def clicks(assembly: Assembly) -> dict[tuple[str, int], float]:
    """Probability of a click at each outlet."""
    found: dict[tuple[str, int], float] = {}
    for pattern, chance in law(assembly).items():
        for outlet in pattern:
            found[outlet] = found.get(outlet, 0.0) + chance
    return found


@pytest.mark.parametrize(
    ("visibility", "efficiency", "dark", "together", "one"),
    [(1, 1, 0, 0.0, 1.0), (0.9, 1, 0, 0.05, 0.95), (0.9, 0.8, 0.001, 0.03292804, 0.92715192)],
)
def test_the_dip_of_hong_ou_and_mandel(
    visibility: float, efficiency: float, dark: float, together: float, one: float
) -> None:
    emitter = {"kind": "photon-emitter"}
    found = law(meeting({**emitter, "indistinguishability": visibility}, emitter, efficiency, dark))
    both = frozenset({("left", 0), ("right", 0)})
    assert found[both] == pytest.approx(together, abs=1e-12)
    assert sum(chance for pattern, chance in found.items() if len(pattern) == 1) == pytest.approx(
        one, rel=1e-12
    )


@pytest.mark.parametrize(
    ("detuning", "offset", "visibility"),
    [(0, 0, 1), (1e9, 0, exp(-0.25)), (0, 1e-10, exp(-((2 * pi * 0.1) ** 2)))],
)
def test_the_dip_follows_the_overlap_of_wave_packets(
    detuning: float, offset: float, visibility: float
) -> None:
    emitter = {"kind": "photon-emitter", "bandwidth": "1 GHz"}
    found = law(meeting({**emitter, "detuning": detuning, "offset": offset}, emitter))
    assert found[frozenset({("left", 0), ("right", 0)})] == pytest.approx((1 - visibility) / 2, abs=1e-9)


def test_an_uneven_splitter_lets_photons_part() -> None:
    """T² + R² - 2 T R V: of two photons that meet."""
    emitter = {"kind": "photon-emitter"}
    found = law(meeting(emitter, emitter, transmittance=0.3))
    assert found[frozenset({("left", 0), ("right", 0)})] == pytest.approx((0.3 - 0.7) ** 2, abs=1e-12)


@pytest.mark.parametrize(
    ("mean", "together", "g2"),
    [(0.001, 4.995003019479754e-07, 0.500249979145846), (0.5, 0.07780890027314219, 0.6175311543881612)],
)
def test_weak_pulses_dip_to_a_half(mean: float, together: float, g2: float) -> None:
    laser = {"kind": "weak-laser", "mean_photons": mean}
    found = clicks(meeting(laser, laser))
    both = law(meeting(laser, laser))[frozenset({("left", 0), ("right", 0)})]
    assert both == pytest.approx(together, rel=1e-9)
    assert both / (found["left", 0] * found["right", 0]) == pytest.approx(g2, rel=1e-9)


@pytest.mark.parametrize(
    ("theta", "phase", "visibility", "early", "middle", "late"),
    [
        (0, 0, 1, 0.25, (0.25, 0.25), 0.0),
        (pi / 2, pi, 1, 0.125, (0.0, 0.5), 0.125),
        (pi / 2, 0, 0.9, 0.125, (0.475, 0.025), 0.125),
    ],
)
def test_a_photon_in_an_unbalanced_interferometer(
    theta: float, phase: float, visibility: float, early: float, middle: tuple[float, float], late: float
) -> None:
    """Half of the clicks come in the middle and none is lost."""
    assembly = Assembly(
        {
            "dot": {"kind": "photon-emitter", "encoding": "time-bin"},
            "writer": {"kind": "time-bin-encoder", "theta": theta, "phase": phase, "delay": "2 ns"},
            "meeting": {"kind": "mach-zehnder", "delay": "2 ns", "visibility": visibility},
            "plus": detector(encoding="time-bin"),
            "minus": detector(encoding="time-bin"),
        },
        (
            "dot.out -> writer.in",
            "writer.out -> meeting.in",
            "meeting.plus -> plus.in",
            "meeting.minus -> minus.in",
        ),
    )
    found = clicks(assembly)
    for name, share in (("plus", middle[0]), ("minus", middle[1])):
        assert [found[name, time] for time in (0, 2000, 4000)] == pytest.approx(
            [early, share, late], abs=1e-12
        )
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(("state", "told"), [("psi+", 1), ("psi-", 1), ("phi+", 0), ("phi-", 0)])
def test_linear_optics_tells_two_bell_states(state: str, told: float) -> None:
    efficiency = 0.8
    assembly = Assembly(
        {
            "source": {"kind": "pair-emitter", "state": state},
            "splitter": {"kind": "beam-splitter"},
            "west": {"kind": "polarising-splitter"},
            "east": {"kind": "polarising-splitter"},
            **{name: detector(efficiency) for name in ("wh", "wv", "eh", "ev")},
        },
        (
            "source.first -> splitter.a",
            "source.second -> splitter.b",
            "splitter.c -> west.a",
            "splitter.d -> east.a",
            "west.c -> wh.in",
            "west.d -> wv.in",
            "east.c -> eh.in",
            "east.d -> ev.in",
        ),
        ("west.b", "east.b"),
    )
    found = {frozenset(name for name, _ in pattern): chance for pattern, chance in law(assembly).items()}
    same = found[frozenset({"wh", "wv"})] + found[frozenset({"eh", "ev"})]
    other = found[frozenset({"wh", "ev"})] + found[frozenset({"wv", "eh"})]
    expected = {"psi+": (told, 0), "psi-": (0, told)}.get(state, (0, 0))
    assert (same, other) == pytest.approx(tuple(each * efficiency**2 for each in expected), abs=1e-12)


@pytest.mark.parametrize(
    ("mean", "efficiency", "herald", "g2"),
    [
        (0.001, 0.5, 0.0004997501249375314, 0.002994011976545164),
        (0.1, 0.8, 0.0740740740740741, 0.20896013332748561),
    ],
)
def test_heralded_single_photons(mean: float, efficiency: float, herald: float, g2: float) -> None:
    pairs = registry.build("optic", {"kind": "pair-source", "mean_pairs": mean}).emission().light
    seen = np.zeros((2, 2, 2), dtype=np.complex128)
    seen[0, 0, 0], seen[1, 1, 1] = 1, efficiency
    numbers = pairs.numbers(seen, 15)
    given = numbers[:, 1:].sum(axis=1)
    n = np.arange(16)
    assert given.sum() == pytest.approx(herald, rel=1e-9)
    assert (given @ (n * (n - 1))) * given.sum() / (given @ n) ** 2 == pytest.approx(g2, rel=1e-7)


def test_photon_numbers_of_many_spectral_modes() -> None:
    """g2 of one photon of the pairs falls from 2 to 1 + 1/K."""
    for modes in (1, 4):
        source = registry.build("optic", {"kind": "pair-source", "mean_pairs": 0.01, "schmidt_modes": modes})
        bench = Bench(
            Assembly(
                {
                    "s": source,
                    "splitter": {"kind": "beam-splitter"},
                    "a": detector(1e-3),
                    "b": detector(1e-3),
                },
                ("s.signal -> splitter.a", "splitter.c -> a.in", "splitter.d -> b.in"),
                ("s.idler", "splitter.b"),
            ),
            SLOT,
        )
        chances = bench.exact.patterns[0]
        singles = chances[1] + chances[3], chances[2] + chances[3]
        assert chances[3] / (singles[0] * singles[1]) == pytest.approx(1 + 1 / modes, rel=1e-3)


def test_a_filter_and_a_switch() -> None:
    def seen(parts: dict[str, Any]) -> float:
        assembly = Assembly(
            {
                "laser": {"kind": "weak-laser", "mean_photons": 1.0},
                "filter": {"kind": "filter", "rejection": "20 dB", **parts.get("filter", {})},
                "switch": {"kind": "optical-switch", "loss": "1 dB", **parts.get("switch", {})},
                "end": detector(),
            },
            ("laser.out -> filter.in", "filter.out -> switch.a", "switch.c -> end.in"),
            ("switch.b", "switch.d"),
        )
        return -np.log1p(-clicks(assembly)["end", 0]) if clicks(assembly) else 0.0

    assert seen({}) == pytest.approx(10**-0.1)
    assert seen({"filter": {"wavelength": "1310 nm"}}) == pytest.approx(10**-2.1)
    assert seen({"switch": {"crossed": True, "crosstalk": 0.01}}) == pytest.approx(10**-2.1)


def test_a_loop_with_a_delay_sends_ever_fainter_pulses() -> None:
    ring = Assembly(
        {
            "laser": {"kind": "weak-laser", "mean_photons": 1.0, "random_phase": False},
            "splitter": {"kind": "beam-splitter", "transmittance": 0.9},
            "line": {"kind": "delay-line", "delay": "2 ns", "loss": "30 dB"},
            "end": detector(),
        },
        (
            "laser.out -> splitter.a",
            "splitter.d -> line.in",
            "line.out -> splitter.b",
            "splitter.c -> end.in",
        ),
    )
    found = {time: -np.log1p(-chance) for (_, time), chance in clicks(ring).items()}
    assert found[0] == pytest.approx(0.9)
    assert found[2000] == pytest.approx(0.1**2 * 1e-3)
    assert found[4000] == pytest.approx(0.1**2 * 0.9 * 1e-6)


PARTS = {"laser": {"kind": "weak-laser"}, "splitter": {"kind": "beam-splitter"}, "end": detector()}
WIRES = ("laser.out -> splitter.a", "splitter.c -> end.in")


@pytest.mark.parametrize(
    ("parts", "wires", "open_ports", "message"),
    [
        (PARTS, WIRES, (), "not connected: splitter.d, splitter.b; wire them"),
        (PARTS, (*WIRES, "splitter.d - splitter.b"), (), "write 'splitter.d - splitter.b' as"),
        (PARTS, (*WIRES, "splitter.e -> splitter.b"), (), "there is no output 'splitter.e' .did you mean"),
        (PARTS, (*WIRES, "splitter.d -> end.in"), ("splitter.b",), "has a wire already"),
        (PARTS, WIRES, ("splitter.d", "splitter.c"), "'splitter.c' has a wire"),
        (PARTS, WIRES, ("splitter.d", "splitter.x"), "'splitter.x' is no port"),
        (PARTS, (*WIRES, "splitter.d -> splitter.b"), (), "go round in no time: .*needs a delay line"),
        (
            {**PARTS, "end": detector(encoding="time-bin")},
            WIRES,
            ("splitter.b", "splitter.d"),
            "reads the encoding",
        ),
        ({"laser": PARTS["laser"], "end": detector()}, (), ("laser.out", "end.in"), "no light can reach"),
    ],
)
def test_what_an_assembly_refuses(
    parts: dict[str, Any], wires: tuple[str, ...], open_ports: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        Assembly(parts, wires, open_ports)


def test_a_loop_without_loss_is_refused() -> None:
    mirror = {"kind": "beam-splitter", "transmittance": 1 - 1e-12}
    ring = Assembly(
        {"laser": PARTS["laser"], "splitter": mirror, "line": {"kind": "delay-line"}, "end": detector()},
        (
            "laser.out -> splitter.b",
            "splitter.c -> line.in",
            "line.out -> splitter.a",
            "splitter.d -> end.in",
        ),
    )
    ring.with_parameters({"line.delay": 2e-9})
    with pytest.raises(ParameterError, match="there is no parameter"):
        ring.with_parameters({"line.dely": 2e-9})
