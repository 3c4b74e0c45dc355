"""What finite shots and decaying memory qubits cost: a few minutes on two cores."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from _experiment import checkpoint_in, parser, perform
from standard import BENCHMARKS, LEAST_FEATURES, Report, Runner, part_title

from qml.comparison.candidate_models import QUANTUM, baselines, quantum_ensemble
from qml.comparison.compare import CandidateModel, Progress, ReadoutModel
from qml.comparison.score_table import ScoreTable
from qml.engines.choice import EngineChoice
from qml.inputs import whole
from qml.persistent import PersistentReservoir, StepNoise, persistent
from qsim.errors import ParameterError, nearest

if TYPE_CHECKING:
    from _score_figures import Panel

SHOTS = (100, 1_000, 10_000, 100_000)
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
FEATURES = 96
QUICK_SHOTS, QUICK_RATES, QUICK_FEATURES = (100, 1_000), (0.03,), 20
TASKS = {"shots": ("narma-10", "laser"), "memory": ("narma-5", "memory")}
#: Curves of noise on memory qubits: what `StepNoise` calls the probability, and shots.
KINDS: dict[str, tuple[str, int | None]] = {
    "amplitude damping": ("amplitude_damping", None),
    "dephasing": ("dephasing", None),
    "depolarising": ("depolarising", None),
    "amplitude damping, 10000 shots": ("amplitude_damping", 10_000),
}
#: Qubits of a cell of the persistent reservoir, besides those that the input is encoded in.
_HIDDEN = 3


@dataclass(frozen=True)
class PersistentCells:
    """Persistent reservoirs: random Ising cells with weak to strong inputs.

    Attributes:
        features: most features; as many cells as fit, but one at least.
        noise: of every qubit in every step.
        shots: measurements of each cell at each step; None for exact expectation values.
        gains: factors on the input.
    """

    features: int
    noise: StepNoise = field(default_factory=StepNoise)
    shots: int | None = None
    gains: tuple[float, ...] = (0.1, 0.3, 1.0)

    def __call__(self, seed: int, channels: int) -> list[PersistentReservoir]:
        """A reservoir for each gain."""
        wires = channels + _HIDDEN
        return [
            persistent(
                seed=seed,
                channels=channels,
                hidden=_HIDDEN,
                cells=max(1, self.features // (wires * (wires + 1) // 2)),
                dynamics="ising",
                input_gain=gain,
                noise=self.noise,
                engine=EngineChoice(shots=self.shots, seed=seed),
            )
            for gain in self.gains
        ]


def run_noise(
    seeds: int = 5,
    shots: Sequence[int] = SHOTS,
    rates: Sequence[float] = RATES,
    features: int = FEATURES,
    tasks: Sequence[str] = (*TASKS["shots"], *TASKS["memory"]),
    workers: int = 2,
    out: Path | None = None,
    progress: Progress | None = None,
    quick: bool = False,
) -> Report:
    """Score the QRNN ensemble with finite shots, and persistent reservoirs whose qubits decay.

    Args:
        seeds: how many; each has series, models and noise of its own.
        shots: measurements of each circuit at each step; exact expectation values are always there.
        rates: probabilities of noise for each qubit and step, in (0, 0.5]; no noise is always there.
        features: most features of a model.
        tasks: some of those in `TASKS`; a table without any is left out.
        workers: processes; the scores do not depend on it.
        out: folder for tables (text, CSV, Parquet), figures (PNG) and finished pieces, which are used again;
            by default nothing is written.
        progress: told of every model and seed that is finished.
        quick: a trial run: at most two seeds, short series, few features and noises. Its scores mean nothing.

    Returns:
        The tables ``noise_shots`` and ``noise_memory``, and the files.

    Raises:
        ParameterError: a number out of its bounds, or an unknown task, before anything runs.
        ResultError: the folder cannot be written to.
    """
    if quick:
        seeds, shots, rates, features = min(seeds, 2), QUICK_SHOTS, QUICK_RATES, QUICK_FEATURES
    whole("`features`", features, LEAST_FEATURES)
    for name, given in (("shots", shots), ("rates", rates)):
        if not given or min(given) <= 0:
            wrong = "is empty" if not given else f"must be above 0, got {min(given):g}"
            raise ParameterError(f"`{name}` {wrong}; what is without noise is always there")
    parts = _parts(tasks)
    folder = None if out is None else Path(out)
    checkpoint = checkpoint_in(folder)
    runner = Runner(seeds, workers, quick, progress, checkpoint)
    sampled = [quantum_ensemble(features, runner.engine), *(_sampled(count, features) for count in shots)]
    decaying = {
        name: _decaying(name, field, rate, kind_shots, features)
        for kind, (field, kind_shots) in KINDS.items()
        for rate, name in _decay_names(kind, kind_shots, rates).items()
    }
    tables = {}
    if parts["shots"]:
        tables["noise_shots"] = _shot_table(runner, parts["shots"], sampled, features)
    if parts["memory"]:
        tables["noise_memory"] = _memory_table(runner, parts["memory"], list(decaying.values()), features)
    return Report(tables, () if folder is None else _write(tables, shots, rates, folder))


def _parts(tasks: Sequence[str]) -> dict[str, list[str]]:
    """The tasks of each table."""
    known = [name for names in TASKS.values() for name in names]
    for name in tasks:
        if name not in known:
            raise ParameterError(f"unknown task {name!r}{nearest(str(name), known)}")
    if not tasks:
        raise ParameterError(f"`tasks` is empty; known: {', '.join(known)}")
    return {table: [name for name in names if name in tasks] for table, names in TASKS.items()}


def _shot_name(shots: int | None) -> str:
    return QUANTUM if shots is None else f"{QUANTUM}, {shots} shots"


def _decay_names(kind: str, shots: int | None, rates: Sequence[float]) -> dict[float, str]:
    """What the models of a curve are called, by rate; curves share the model without noise."""
    still = "persistent, no noise" + ("" if shots is None else f", {shots} shots")
    return {0.0: still, **{rate: f"persistent, {kind}, {rate:g}" for rate in sorted(rates)}}


def _sampled(shots: int, features: int) -> ReadoutModel:
    return quantum_ensemble(features, EngineChoice(shots=shots), _shot_name(shots))


def _decaying(name: str, field: str, rate: float, shots: int | None, features: int) -> ReadoutModel:
    return ReadoutModel(name, PersistentCells(features, StepNoise(**{field: rate}), shots))


def _shot_table(
    runner: Runner, tasks: Sequence[str], models: Sequence[CandidateModel], features: int
) -> ScoreTable:
    table = _table(f"Finite shots, {runner.seeds} seeds", runner, tasks, models, features)
    table.notes += [
        "Every circuit is measured anew that many times at each step, and what is fed back is what was",
        "measured; without a number of shots, expectation values are exact. The choice among settings is",
        "made with the shots at hand, and one more setting, tuned under shots, can be chosen then: with",
        "narrow ranges of delays too, which models with exact values are not offered.",
    ]
    return table


def _memory_table(
    runner: Runner, tasks: Sequence[str], models: Sequence[CandidateModel], features: int
) -> ScoreTable:
    table = _table(f"Noise on memory qubits, {runner.seeds} seeds", runner, tasks, models, features)
    table.notes += [
        f"persistent: cells of {_HIDDEN} qubits that keep their state and one that the input is encoded in,",
        "under a random Ising Hamiltonian. The numbers are probabilities for each qubit and step: of decay",
        "to |0>, of a phase flip, of replacement by the maximally mixed state. Expectation values of Z and",
        "ZZ are exact; where shots are named, that many are drawn at each step from the undisturbed state,",
        "as over repeated runs of the whole series.",
        "memory capacity: r^2 of answer and past input, summed over delays of 1 to 40 steps, free of the",
        "floor of a finite sample.",
    ]
    return table


def _table(
    title: str, runner: Runner, tasks: Sequence[str], models: Sequence[CandidateModel], features: int
) -> ScoreTable:
    table = ScoreTable(title, notes=runner.notes())
    for name in tasks:
        benchmark = BENCHMARKS[name]
        everyone = [*models, *baselines(features, benchmark.persistence, runner.engine)]
        table.add(runner.run(benchmark, everyone, part_title(benchmark, features)))
    return table


def _write(
    tables: dict[str, ScoreTable], shots: Sequence[int], rates: Sequence[float], folder: Path
) -> tuple[Path, ...]:
    from _score_figures import curve_figure

    exact, still = 10.0 * max(shots), min(rates) / 3
    counts = {QUANTUM: {float(count): _shot_name(count) for count in shots} | {exact: _shot_name(None)}}
    decays = {
        kind: {rate or still: name for rate, name in _decay_names(kind, kind_shots, rates).items()}
        for kind, (_, kind_shots) in KINDS.items()
    }
    files = [file for name, table in tables.items() for file in table.write(folder, name)]
    drawn = {
        "noise_shots": (
            (counts, {exact: "exact"}),
            "QRNN ensemble with finite shots: mean and 95 % interval",
            "shots for each circuit and step",
        ),
        "noise_memory": (
            (decays, {still: "0"}),
            "Persistent reservoirs whose qubits decay: mean and 95 % interval",
            "probability for each qubit and step",
        ),
    }
    for name, table in tables.items():
        curves, title, below = drawn[name]
        files.append(curve_figure(_panels(table, *curves), folder / f"{name}.png", title, below))
    return tuple(files)


def _panels(
    table: ScoreTable, curves: Mapping[str, Mapping[float, str]], words: Mapping[float, str]
) -> list[Panel]:
    """A panel for each task, from the names of the models on each curve."""
    from _score_figures import Curve, Panel

    panels = []
    for task in dict.fromkeys(score.task for score in table.scores):
        found = {score.model: score for score in table.scores if score.task == task}
        drawn = [Curve(label, {x: found[name] for x, name in of.items()}) for label, of in curves.items()]
        ticks = {x: words.get(x, f"{x:g}") for of in curves.values() for x in of}
        levels = [found[name] for name in table.baselines if name != "persistence"]
        panels.append(Panel(task, levels[0].metric, drawn, levels, ticks))
    return panels


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=5, metavar="N", help="series and models (5)")
    options.add_argument(
        "--shots", type=int, nargs="+", default=SHOTS, metavar="N", help="for each circuit and step (several)"
    )
    options.add_argument(
        "--tasks",
        nargs="+",
        default=[name for names in TASKS.values() for name in names],
        metavar="NAME",
        help="some of the tasks (all)",
    )
    options.add_argument("--quick", action="store_true", help="a trial run whose scores mean nothing")
    return perform(run_noise, vars(options.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
