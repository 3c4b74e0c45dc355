"""Drawing a persistent reservoir: a seed, sizes and ranges, and every cell is its own."""

from __future__ import annotations

import numpy as np

from qml.engines.choice import EngineChoice
from qml.engines.memory_budget import available, require
from qml.inputs import Range, draw_range, whole
from qml.persistent.dynamics import Dynamics, dynamics_of
from qml.persistent.measurement import Measurement
from qml.persistent.persistent_reservoir import PersistentReservoir
from qml.persistent.reading import products
from qml.persistent.step_noise import StepNoise


def persistent(
    *,
    seed: int,
    channels: int = 1,
    hidden: int = 4,
    cells: int = 1,
    dynamics: str | Dynamics = "circuit",
    input_gain: Range = 1.0,
    input_shift: Range = 0.0,
    noise: StepNoise | None = None,
    virtual_nodes: int = 1,
    readout: tuple[str, ...] = ("z", "zz"),
    measurement: Measurement | None = None,
    feedback: int = 0,
    feedback_gain: Range = 1.0,
    trajectories: int | None = None,
    engine: EngineChoice | None = None,
    name: str = "persistent",
) -> PersistentReservoir:
    """Draw a persistent reservoir.

    Args:
        seed: of everything that is drawn; cell number i depends on the seed and on i alone.
        channels: of the input; each has a wire.
        hidden: wires that keep their state; may be none where there is feedback.
        cells: how many, side by side.
        dynamics: ``circuit``, ``ising``, ``rydberg``, or `CircuitDynamics`, `IsingDynamics` or
            `RydbergDynamics` with settings.
        input_gain: factor on the input before it is encoded, or a range to draw each channel's from.
        input_shift: added after the factor, likewise.
        noise: of every wire in every step; none by default.
        virtual_nodes: see `PersistentReservoir`. A circuit is run once for each, so more of them also stir
            more; the time of an evolution under a Hamiltonian is shared out among them.
        readout: see `PersistentReservoir`.
        measurement: of every wire while the series runs on; by default reading disturbs nothing.
        feedback: wires that encode what was read one step ago, each a random sum of it (normal numbers over
            the root of how many are read); they are prepared anew at each step.
        feedback_gain: factor on these sums, or a range to draw each wire's from.
        trajectories: see `PersistentReservoir`; by default the density matrix itself.
        engine: how it is computed.
        name: for tables.

    Raises:
        ParameterError: a size or range that is none, unknown dynamics, or too many wires for the memory.

    Example:
        >>> persistent(seed=1, hidden=3, noise=StepNoise(amplitude_damping=0.03), virtual_nodes=2).size
        20
    """
    whole("feedback", feedback, 0)
    for label, value in (("channels", channels), ("cells", cells), ("virtual_nodes", virtual_nodes)):
        whole(label, value, 1)
    whole("hidden", hidden, 0 if feedback else 1)
    wires, drawn_by = channels + feedback + hidden, dynamics_of(dynamics)
    # A unitary, what it is made from, and what the first step makes of it.
    require(16 * 4**wires * (3 * cells + 4), available(), wires)
    read = virtual_nodes * len(products(readout, wires))
    unitaries, gains, shifts, fed = [], [], [], []
    for source in np.random.SeedSequence(seed).spawn(cells):
        rng = np.random.default_rng(source)
        gains.append(draw_range("input_gain", input_gain, rng, channels))
        shifts.append(draw_range("input_shift", input_shift, rng, channels))
        unitaries.append(drawn_by.unitary(rng, wires, virtual_nodes))
        if feedback:
            strengths = draw_range("feedback_gain", feedback_gain, rng, feedback) / read**0.5
            fed.append(strengths[:, None] * rng.standard_normal((feedback, read)))
    return PersistentReservoir(
        np.stack(unitaries),
        np.stack(gains),
        np.stack(shifts),
        noise or StepNoise(),
        virtual_nodes,
        readout,
        engine or EngineChoice(),
        name,
        measurement,
        np.stack(fed) if feedback else None,
        trajectories,
    )
