"""A reservoir with memory in its qubits: hidden wires keep their quantum state from step to step.

At each step the input wires are discarded and prepared anew in the encoding of the input, and fed wires,
where there are some, in an encoding of what was read one step ago; a frozen unitary acts on all wires; every
wire decays a little; products of Z are read on all wires. What is read belongs to the unconditioned state, as
over an ensemble of identical systems or over repeated runs of the whole series. Unless a `Measurement` is
made, reading does not disturb the hidden wires. Shots are drawn on top.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.engines.base import Advance
from qml.engines.choice import EngineChoice
from qml.engines.memory_budget import available, require
from qml.inputs import check_washout, numbers, series, whole, windows
from qml.maps.base import Noise, generators
from qml.persistent.density_kernel import DensityKernel
from qml.persistent.drive import Drive
from qml.persistent.feedback_drive import FeedbackDrive
from qml.persistent.kernel import Kernel, StepShape
from qml.persistent.mapped_kernel import MappedKernel
from qml.persistent.measurement import Measurement
from qml.persistent.reading import pointed, products, sampled, table
from qml.persistent.step_noise import StepNoise
from qml.persistent.trajectory_drive import TrajectoryDrive
from qml.persistent.wire_decay import Decay
from qsim.errors import ParameterError

#: Largest number of wires for which a step is one matrix: on more it would have 10^7 elements.
MAPPED_WIRES = 5


@dataclass(frozen=True, eq=False)
class PersistentState:
    """Where a series stands, to go on from.

    Attributes:
        hidden: density matrices of the hidden wires, shape (cells, series, 2**hidden, 2**hidden); or kets,
            shape (cells, series, trajectories, 2**hidden).
        noise: generators of shots or trajectories, for each cell and series; empty without.
        read: what was read last and is fed back, shape (cells, series, features of a cell); None without
            feedback.
    """

    hidden: NDArray[np.complex128]
    noise: Noise = ()
    read: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class PersistentReservoir:
    """Cells of input, fed and hidden wires, side by side; nothing in it is trained.

    `qml.persistent.persistent` draws one.

    Attributes:
        unitaries: what turns all wires of each cell at each virtual node, input wires first, then fed ones;
            shape (cells, 2**wires, 2**wires).
        gain: factor on each channel of the input before it is encoded, shape (cells, channels); a channel has
            one wire.
        shift: added after the factor, shape (cells, channels).
        noise: of every wire in every step.
        virtual_nodes: how many times in a step the unitary is applied and the wires are read. Each time the
            noise acts that, over all of them, makes up `noise` (temporal multiplexing).
        readout: what is read, some of ``z``, ``zz``, ``zzz`` (products of one, two, three Pauli Z).
        engine: how it is computed: backend, device, precision and shots; ``compiled`` is the only engine.
        name: for tables.
        measurement: what reading does to the wires; by default nothing.
        feedback: what each fed wire encodes: these sums of all that the cell read one step ago, shape (cells,
            fed wires, features of a cell). Fed wires are prepared anew at each step, like input wires; where
            there are some, hidden wires may be none. By default there are none.
        trajectories: how many kets stand for the density matrix, each under random jumps (quantum Monte
            Carlo): for more than about 9 wires. What is read is their mean, whose standard error falls with
            the root of their number; their seed is that of the engine. None keeps the density matrix itself.

    Raises:
        ParameterError: arrays whose shapes do not fit, matrices that are not unitary, an unknown readout or
            an engine that cannot keep a density matrix.

    References:
        Fujii and Nakajima, Phys. Rev. Applied 8, 024030 (2017). Feedback: Kobayashi, Fujii and Yamamoto, PRX
        Quantum 5, 040325 (2024).
    """

    unitaries: NDArray[np.complex128] = field(repr=False)
    gain: NDArray[np.float64]
    shift: NDArray[np.float64]
    noise: StepNoise = field(default_factory=StepNoise)
    virtual_nodes: int = 1
    readout: tuple[str, ...] = ("z", "zz")
    engine: EngineChoice = field(default_factory=EngineChoice)
    name: str = "persistent"
    measurement: Measurement | None = None
    feedback: NDArray[np.float64] | None = None
    trajectories: int | None = None

    def __post_init__(self) -> None:
        shape = self.unitaries.shape
        size = shape[-1] if self.unitaries.ndim else 0
        if len(shape) != 3 or shape[1] != size or size < 2 or size & (size - 1):
            raise ParameterError(f"unitaries must have shape (cells, 2**wires, 2**wires), not {shape}")
        for name, array in (("gain", self.gain), ("shift", self.shift)):
            numbers(name, array)
            if array.ndim != 2 or array.shape != self.gain.shape or len(array) != shape[0]:
                raise ParameterError(
                    f"{name} must have shape ({shape[0]} cells, channels), not {array.shape}"
                )
        self._check_wires()
        for cell, unitary in enumerate(self.unitaries):
            if not np.allclose(unitary @ unitary.conj().T, np.eye(size), atol=1e-9):
                raise ParameterError(f"unitaries[{cell}] is not unitary")
        if self.engine.engine not in ("auto", "compiled"):
            raise ParameterError(
                f"engine='{self.engine.engine}' cannot keep a density matrix from step to step;"
                " engine='compiled' does"
            )
        self._check_engine()

    def _check_engine(self) -> None:
        """Refuse ways to compute that are not there for what was asked."""
        stepwise = "feedback is" if self.feedback is not None else ""
        if self.trajectories is not None:
            whole("trajectories", self.trajectories, 1)
            stepwise = "trajectories are"
            if self.engine.shots is not None or self.engine.precision == "single":
                raise ParameterError(
                    "trajectories are in double precision and are noisy by themselves: leave out `shots`,"
                    " whose place their number takes, and `precision`"
                )
        if stepwise and (self.engine.backend == "jax" or self.engine.device != "cpu"):
            raise ParameterError(
                f"{stepwise} computed step by step in NumPy: leave `backend` at 'auto' and `device` at 'cpu'"
            )

    def _check_wires(self) -> None:
        """Refuse numbers of wires that do not add up, and feedback of something else than is read."""
        whole("virtual_nodes", self.virtual_nodes, 1)
        of_a_cell = self.virtual_nodes * len(products(self.readout, self.wires))
        if self.feedback is not None:
            numbers("feedback", self.feedback)
            shape = self.feedback.shape
            if len(shape) != 3 or shape[::2] != (self.cells, of_a_cell):
                raise ParameterError(
                    f"feedback must have shape ({self.cells} cells, fed wires, {of_a_cell} features of a"
                    f" cell), not {shape}"
                )
        if not (self.channels >= 1 and self.fed + self.hidden >= 1 and self.hidden >= 0):
            fed = f" and {self.fed} fed" if self.fed else ""
            raise ParameterError(
                f"at least 1 channel of input and 1 hidden wire are needed; of {self.wires} wires"
                f" {self.channels} are input{fed}"
            )

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.unitaries)

    @property
    def wires(self) -> int:
        """Qubits of each cell."""
        return int(self.unitaries.shape[-1]).bit_length() - 1

    @property
    def channels(self) -> int:
        """Channels that the input must have."""
        return int(self.gain.shape[-1])

    @property
    def fed(self) -> int:
        """Wires that encode what was read one step ago."""
        return 0 if self.feedback is None else int(self.feedback.shape[1])

    @property
    def hidden(self) -> int:
        """Wires that keep their state."""
        return self.wires - self.channels - self.fed

    @property
    def size(self) -> int:
        """Number of features."""
        return self.cells * self.virtual_nodes * len(self._eigenvalues.T)

    def features(
        self, inputs: NDArray[np.float64], *, washout: int = 0, advance: Advance | None = None
    ) -> NDArray[np.float64]:
        """Drive the reservoir through one series from rest, all hidden wires in |0>.

        Args:
            inputs: shape (steps, channels) or (steps,).
            washout: features of the first steps, which still remember the beginning, are left out.
            advance: told of progress, in steps.

        Returns:
            shape (steps - washout, size); cells in order, in each the virtual nodes, in each what is read.

        Raises:
            ParameterError: inputs that are not finite, of a wrong shape, or no longer than the washout; or
                more memory is needed than there is.
        """
        checked = series("inputs", inputs, self.channels)
        check_washout(washout, len(checked))
        return self._drive(checked[None], self.rest(), every=True, advance=advance)[0][0, washout:]

    def features_of_many(
        self, inputs: NDArray[np.float64], *, washout: int = 0, advance: Advance | None = None
    ) -> NDArray[np.float64]:
        """Drive several series of one length at once, each from rest; see `Reservoir.features_of_many`.

        With shots the first series alone has the bits that `features` gives it.

        Raises:
            ParameterError: see `features`.
        """
        checked = windows("inputs", inputs, self.channels)
        check_washout(washout, checked.shape[1])
        return self._drive(checked, self.rest(len(checked)), every=True, advance=advance)[0][:, washout:]

    def go_on(
        self, inputs: NDArray[np.float64], state: PersistentState | None = None
    ) -> tuple[NDArray[np.float64], PersistentState]:
        """Drive the reservoir on from where it stood; the features of all steps, and where it then stands.

        Raises:
            ParameterError: see `features`; also a state of another reservoir.
        """
        checked = series("inputs", inputs, self.channels)
        rest = self.rest()
        if state is not None and (
            state.hidden.shape != rest.hidden.shape
            or len(state.noise) != len(rest.noise)
            or (state.read is None) != (rest.read is None)
        ):
            raise ParameterError(
                f"this state is of another reservoir: its matrices have shape {state.hidden.shape} where"
                f" {rest.hidden.shape} is expected, or it was{' not' * (not state.noise)} sampled by shots or"
                f" {'not ' * (state.read is None)}fed back"
            )
        features, after = self._drive(checked[None], state or rest, every=True, advance=None)
        return features[0], after

    def window_features(
        self, inputs: NDArray[np.float64], *, advance: Advance | None = None
    ) -> NDArray[np.float64]:
        """Drive the reservoir through each window from rest; see `Reservoir.window_features`.

        Raises:
            ParameterError: see `features`.
        """
        checked = windows("inputs", inputs, self.channels)
        return self._drive(checked, self.rest(len(checked)), every=False, advance=advance)[0][:, 0]

    def rest(self, series: int = 1) -> PersistentState:
        """Where every drive begins: hidden wires in |0>, for so many series."""
        size, kets = 2**self.hidden, self.trajectories
        hidden = np.zeros((self.cells, series, kets or size, size), dtype=complex)
        # Every ket is |0>; of a density matrix the first element alone is 1.
        hidden[..., 0 if kets is None else slice(None), 0] = 1.0
        exact = self.engine.shots is None and kets is None
        noise = () if exact else generators(self.engine.seed, self.cells, series)
        if self.feedback is None:
            return PersistentState(hidden, noise)
        return PersistentState(hidden, noise, np.zeros((self.cells, series, self.feedback.shape[2])))

    def _drive(
        self, inputs: NDArray[np.float64], start: PersistentState, *, every: bool, advance: Advance | None
    ) -> tuple[NDArray[np.float64], PersistentState]:
        """Drive (series, steps, channels) on: features (series, steps or 1, size), and the new state."""
        noise = copy.deepcopy(start.noise)

        def values(cells: slice, rows: slice, steps: slice) -> NDArray[np.float64]:
            return self.gain[cells, None, None] * inputs[rows, steps] + self.shift[cells, None, None]

        def read(cells: slice, rows: slice, seen: NDArray[Any]) -> NDArray[np.float64]:
            if self.engine.shots is None:
                return seen.astype(np.float64)
            picked = tuple(of_rows[rows] for of_rows in noise[cells])
            return self._measured(seen.astype(np.float64), self.engine.shots, picked)

        fed, steps = start.read, inputs.shape[1]
        if self.trajectories is not None:
            jumping = TrajectoryDrive(
                self._shape, self.unitaries, self._eigenvalues, self._decay, self.feedback, every
            )
            features, hidden, fed = jumping.run(values, steps, start.hidden, fed, noise, advance)
        elif self.feedback is None or fed is None:
            drive = Drive(*self._prepared, self._device(every), every)
            features, hidden = drive.run(values, steps, start.hidden, read, advance)
        else:
            feeding = FeedbackDrive(*self._prepared, self.feedback, every)
            features, hidden, fed = feeding.run(values, steps, start.hidden, fed, read, advance)
        joined = np.ascontiguousarray(np.moveaxis(features, 0, 2))
        return joined.reshape(*joined.shape[:2], self.size), PersistentState(hidden, noise, fed)

    def _measured(self, shares: NDArray[np.float64], shots: int, noise: Noise) -> NDArray[np.float64]:
        """Means over shots of probabilities (cells, rows, steps, nodes * 2**wires)."""
        if self.measurement is None or self.measurement.strength is None:
            return sampled(shares, self._eigenvalues, shots, noise)
        return pointed(shares, self.readout, self.wires, self.measurement.spread, shots, noise)

    @cached_property
    def _eigenvalues(self) -> NDArray[np.float64]:
        return table(self.readout, self.wires)

    @cached_property
    def _prepared(self) -> tuple[Kernel, tuple[NDArray[Any], ...]]:
        """The kernel and its arrays, made once; for shots it reads probabilities instead of expectations."""
        read = self._eigenvalues if self.engine.shots is None else np.eye(2**self.wires)
        shape, decay = replace(self._shape, outputs=read.shape[1]), self._decay
        kind = MappedKernel if self.wires <= MAPPED_WIRES else DensityKernel
        kernel = kind(shape, not decay.ideal, self.engine.precision == "single")
        require(kernel.memory(self.cells, 1), available(), self.wires)
        return kernel, kernel.prepare(self.unitaries, read, decay)

    @property
    def _shape(self) -> StepShape:
        outputs = self._eigenvalues.shape[1]
        return StepShape(self.channels + self.fed, self.hidden, self.virtual_nodes, outputs)

    @property
    def _decay(self) -> Decay:
        """Of each wire at each virtual node."""
        decay = self.noise.decay.root(self.virtual_nodes)
        if self.measurement is None:
            return decay
        # Measuring Z leaves populations alone: what is read does not change, what goes on does.
        return replace(decay, coherence=decay.coherence * self.measurement.kept)

    def _device(self, long: bool) -> str | None:
        """The device of JAX, or None for NumPy.

        ``auto`` takes JAX for long series on few wires, where it is installed: on many, NumPy's products of
        complex matrices are several times faster on a CPU.

        Raises:
            ParameterError: a GPU without JAX.
        """
        suits = long and self.wires <= MAPPED_WIRES
        return self.engine.device if self.engine.with_jax(suits) else None
