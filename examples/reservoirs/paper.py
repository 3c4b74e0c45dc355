"""The nine models of arXiv:2211.02612 on its five tasks, beside classical baselines.

Quantum reservoirs (QRNN, QLSTM, QGRU with frozen circuits), the same models fully trained, and classical
RNN, LSTM and GRU reservoirs of 3 units. Windows of 4 inputs, RMSprop, test loss after 1, 15, 30 and 100
epochs, and with ridge on the same features.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from _experiment import checkpoint_in, parser, perform
from _paper_figures import draw, require_matplotlib
from _paper_models import MODELS, TASKS, PaperSettings, Part, run_part
from _paper_reference import Compared, compare, comparison_frame, comparison_text
from _paper_table import paper_table

from qml.comparison.checkpoint import Checkpoint
from qml.comparison.score_table import ScoreTable
from qml.comparison.workers import each
from qml.engines import jax_support
from qml.inputs import whole
from qml.tasks import paper_task
from qsim.errors import ParameterError
from qsim.files import write_whole

#: Told of each finished part: how many are finished, of how many, and which one.
Progress = Callable[[int, int, str], None]
_Case = tuple[str, str]


@dataclass(frozen=True)
class PaperResult:
    """What the experiment found.

    Attributes:
        table: all scores, with the baselines.
        compared: the scores that a reference run has, beside it.
        parts: by task and model, losses of every epoch and seed.
        files: what was written.
    """

    table: ScoreTable
    compared: list[Compared]
    parts: dict[_Case, Part]
    files: list[Path]

    def text(self) -> str:
        """The table, and where there is one the comparison with the reference run."""
        return "\n\n".join([self.table.text(), *([comparison_text(self.compared)] if self.compared else [])])


def run_paper(
    seeds: int = 10,
    trained_seeds: int = 3,
    tasks: Sequence[str] = TASKS,
    epochs: int = 100,
    scaling: str = "authors",
    workers: int = 2,
    out: Path | None = None,
    progress: Progress | None = None,
    *,
    shuffle: bool = True,
    init: str = "normal",
    engine: str = "compiled",
) -> PaperResult:
    """Run all models on the tasks.

    With `out`, each finished model and task is kept in ``out/finished``; a run with the same settings takes
    up from there. The same settings give the same figures, times apart, with any number of workers.

    Args:
        seeds: for each reservoir.
        trained_seeds: for each trained model.
        tasks: names that `qml.tasks.paper_task` takes.
        epochs: of RMSprop.
        scaling: ``authors`` as in the authors' code, by a range that includes the test part; ``train`` leaks
            nothing; see `qml.tasks.paper_task`.
        workers: processes; with 1 everything runs in this one.
        out: folder for ``paper.txt``, ``.csv``, ``.parquet``, the comparison and the figures; None writes
            nothing.
        progress: told of each finished part.
        shuffle: a new order of the windows for every epoch; in order if not.
        init: how circuits are drawn, ``normal`` (0.01 * standard normal) or ``uniform`` (0 to 2 pi).
        engine: of the trained models; see `qml.training.Training`.

    Raises:
        ParameterError: an argument out of its bounds, or JAX or matplotlib is missing; before anything runs.
        ResultError: the folder cannot be written to.
    """
    settings = PaperSettings(
        seeds, trained_seeds, epochs, shuffle=shuffle, scaling=scaling, init=init, engine=engine
    )
    whole("workers", workers, 1)
    names = _checked(tasks, scaling)
    jax_support.load()
    if out is not None:
        require_matplotlib()
    parts: dict[_Case, Part] = {}
    total = len(names) * len(MODELS)
    checkpoint = checkpoint_in(out)
    for part in _parts(names, settings, workers, checkpoint):
        parts[part.task, part.model] = part
        if progress is not None:
            progress(len(parts), total, f"{part.task}, {part.model}")
    table = paper_table(parts, list(names), settings)
    compared = compare(table.scores, settings.init) if scaling == "authors" and shuffle else []
    result = PaperResult(table, compared, parts, [])
    if out is not None:
        result.files.extend(_write(result, list(names), settings, out))
    return result


def _checked(tasks: Sequence[str], scaling: str) -> dict[str, int]:
    """The number of windows of each task, in the order given."""
    made = [paper_task(name, scaling) for name in ([tasks] if isinstance(tasks, str) else tasks)]
    if not made:
        raise ParameterError(f"tasks is empty: take some of {', '.join(TASKS)}")
    return {task.name: len(task.windows) for task in made}


def _parts(
    names: dict[str, int], settings: PaperSettings, workers: int, checkpoint: Checkpoint
) -> Iterator[Part]:
    """All parts, those of an earlier run first, then as they are finished."""
    missing: list[_Case] = []
    for case in _longest_first(names):
        stored = checkpoint.get(checkpoint.key("paper", case, settings))
        if stored is None:
            missing.append(case)
        else:
            yield Part(**stored)
    yield from each(partial(_run, settings=settings, checkpoint=checkpoint), missing, workers)


def _longest_first(names: dict[str, int]) -> list[_Case]:
    dearest = ("QLSTM trained", "QGRU trained", "QRNN trained")
    models = (*dearest, *(model for model in MODELS if model not in dearest))
    ordered = sorted(names, key=lambda name: -names[name])
    return [(model, task) for model in models for task in ordered]


def _run(case: _Case, settings: PaperSettings, checkpoint: Checkpoint) -> Part:
    part = run_part(*case, settings)
    checkpoint.put(checkpoint.key("paper", case, settings), asdict(part))
    return part


def _write(result: PaperResult, names: Sequence[str], settings: PaperSettings, out: Path) -> list[Path]:
    files = result.table.write(out, "paper")
    if result.compared:
        text, frame = comparison_text(result.compared) + "\n", comparison_frame(result.compared)
        files.append(write_whole(out / "paper-comparison.txt", lambda path: path.write_text(text, "utf-8")))
        files.append(write_whole(out / "paper-comparison.csv", lambda path: frame.to_csv(path, index=False)))
    return [*files, *draw(result.parts, names, settings, out)]


QUICK = {"seeds": 2, "trained_seeds": 2, "tasks": ("damped-shm",), "epochs": 15}


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--scaling", default="authors", help="authors (default), or train: no leak")
    options.add_argument("--init", default="normal", help="spread of angles: normal (default) or uniform")
    options.add_argument("--quick", action="store_true", help="a trial run: one task, two seeds, 15 epochs")
    given = vars(options.parse_args())
    return perform(run_paper, {**(QUICK if given.pop("quick") else {}), **given})


if __name__ == "__main__":
    sys.exit(main())
