"""BB84 of parts that a user has wired: the ready ones bit for bit, and what is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from hardware.optics.weak_pulse_bb84 import PolarisationBB84, TimeBinBB84
from hardware.optics.wired_keys import WiredKeys
from qsim.errors import ParameterError

EYE: dict[str, Any] = {"kind": "threshold", "efficiency": 0.3, "dark_count_rate": "10 kHz"}


def eye(encoding: str) -> dict[str, Any]:
    return {"kind": "detector", "detector": EYE, "encoding": encoding}


def polarised(**changes: Any) -> dict[str, Any]:
    """`PolarisationBB84` written out, with the angles of its plates in degrees."""
    parts = {
        "laser": {"kind": "weak-laser", "encoding": "polarisation"},
        "writer": {"kind": "wave-plate"},
        "fibre": {"kind": "fibre", "length": "5 km"},
        "drift": {"kind": "polarisation-drift", "angle": 0.0},
        "optics": {"kind": "attenuator", "loss": 0.0},
        "reader": {"kind": "wave-plate"},
        "splitter": {"kind": "polarising-splitter"},
        "zero": eye("polarisation"),
        "one": eye("polarisation"),
    }
    way = ["laser", "writer", "fibre", "drift", "optics", "reader"]
    wires = [f"{a}.out -> {b}.in" for a, b in pairwise(way)]
    wires += ["reader.out -> splitter.a", "splitter.c -> zero.in", "splitter.d -> one.in"]
    return {
        "assembly": {"kind": "wired", "parts": parts, "wires": wires, "open": ["splitter.b"]},
        "states": [f"writer.angle = {angle} deg" for angle in (0, 45, 22.5, 67.5)],
        "receiver": ["reader.angle = 0", "reader.angle = 22.5 deg"],
        "readings": ["zero -> 0", "one -> 1"],
        **changes,
    }


def binned() -> dict[str, Any]:
    """A passive `TimeBinBB84` written out."""
    parts = {
        "laser": {"kind": "weak-laser", "encoding": "time-bin"},
        "writer": {"kind": "time-bin-encoder", "delay": "2 ns"},
        "fibre": {"kind": "fibre", "length": "5 km"},
        "optics": {"kind": "attenuator", "loss": 0.0},
        "chooser": {"kind": "beam-splitter", "transmittance": 0.5},
        "meeting": {"kind": "mach-zehnder", "delay": "2 ns"},
        **{name: eye("time-bin") for name in ("bins", "plus", "minus")},
    }
    wires = ["laser.out -> writer.in", "writer.out -> fibre.in", "fibre.out -> optics.in"]
    wires += ["optics.out -> chooser.a", "chooser.c -> bins.in", "chooser.d -> meeting.in"]
    wires += ["meeting.plus -> plus.in", "meeting.minus -> minus.in"]
    return {
        "assembly": {"kind": "wired", "parts": parts, "wires": wires, "open": ["chooser.b"]},
        "states": [
            "writer.theta = 0, writer.phase = 0",
            "writer.theta = 180 deg, writer.phase = 0",
            "writer.theta = 90 deg, writer.phase = 0",
            "writer.theta = 90 deg, writer.phase = 180 deg",
        ],
        "readings": ["bins -> z0", "bins.1 -> z1", "plus.1 -> x0", "minus.1 -> x1"],
    }


@pytest.mark.parametrize(
    ("wired", "ready"),
    [
        (polarised(), PolarisationBB84(length=5e3, detector=EYE)),
        (binned(), TimeBinBB84(length=5e3, detector=EYE, passive=True)),
    ],
)
def test_parts_that_are_wired_are_the_ready_ones(wired: dict[str, Any], ready: Any) -> None:
    own = WiredKeys(**wired)
    assert own.bench.exact.patterns == pytest.approx(ready.bench.exact.patterns, abs=1e-12)
    mine, theirs = (each.block(200_000, np.random.default_rng(5)) for each in (own, ready))
    assert len(mine.slot) > 5000
    for column in ("sent", "slot", "sent_basis", "sent_bit", "seen_basis", "seen_bit", "double"):
        assert np.array_equal(getattr(mine, column), getattr(theirs, column)), column


def test_a_reading_of_one_basis_is_silent_in_the_other() -> None:
    own = WiredKeys(**polarised(readings=["zero -> z0", "one -> z1"]))
    assert set(own.block(200_000, np.random.default_rng(1)).seen_basis) == {0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"readings": ["zero = 0"]}, "write 'zero = 0' as `detector -> 0`"),
        ({"readings": ["zeros -> 0"]}, "there is no detector 'zeros'"),
        ({"receiver": []}, "'zero -> 0' must name a basis, as in `zero -> z0`"),
        ({"receiver": ["reader.angle = 0"]}, "a setting for Z and one for X, or none, got 1"),
        (
            {"receiver": ["reader.angle", "reader.angle = 1"]},
            "write 'reader.angle' as `part.parameter = value`",
        ),
        ({"receiver": ["reader.angel = 0", ""]}, "there is no parameter 'reader.angel'"),
        ({"states": ["writer.angle = 0"]}, "must have 4 entries, got 1"),
        ({"assembly": {"kind": "hong-ou-mandel"}}, "one weak laser and no other source.*first, second"),
        ({"assembly": {"kind": "heralded-photons"}}, "one weak laser and no other source.*pairs"),
    ],
)
def test_what_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        WiredKeys(**polarised(**change))
