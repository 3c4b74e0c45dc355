"""The standard tasks of reservoir computing, by name."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qml.inputs import whole
from qml.tasks.laser import Laser
from qml.tasks.lorenz import Lorenz
from qml.tasks.mackey_glass import MackeyGlass
from qml.tasks.narma import WhiteNarma
from qml.tasks.santa_fe import SantaFe
from qml.tasks.series import SeriesTask
from qml.tasks.short_term_memory import Memory, Parity
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]


class Source(Protocol):
    """What draws a task: a class of `Declared` options."""

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs (steps, channels) and targets (steps, outputs)."""


#: Class and fixed options of each task; what is not fixed can be passed to `standard_task`.
_SOURCES: dict[str, tuple[type[Any], dict[str, int]]] = {
    "narma-2": (WhiteNarma, {"order": 2}),
    "narma-5": (WhiteNarma, {"order": 5}),
    "narma-10": (WhiteNarma, {"order": 10}),
    "narma-20": (WhiteNarma, {"order": 20}),
    "mackey-glass": (MackeyGlass, {}),
    "lorenz": (Lorenz, {}),
    "laser": (Laser, {}),
    "santa-fe": (SantaFe, {}),
    "memory": (Memory, {}),
    "parity": (Parity, {}),
}


def standard_names() -> tuple[str, ...]:
    """Names that `standard_task` takes."""
    return tuple(_SOURCES)


def standard_task(
    name: str,
    seed: int = 0,
    *,
    washout: int = 200,
    train: int = 1500,
    validation: int = 500,
    test: int = 1000,
    **options: float,
) -> SeriesTask:
    """Draw a standard task.

    By default 200 steps of washout, 2,000 steps to learn from, the last 500 of which validate, and 1,000 to
    test. Values are in their natural units: scale inputs with a `qml.scaling.Scaler` fitted on the training
    part where a model wants that.

    Args:
        name: one of `standard_names`:
            ``narma-2``, ``narma-5``, ``narma-10``, ``narma-20`` (u white in [0, 0.5], the y of the next
            step);
            ``mackey-glass`` (options `horizon` = 1, `tau` = 17);
            ``lorenz`` (three coordinates forecast themselves; options `horizon` = 1, `dt` = 0.02);
            ``laser`` (a synthetic relative of Santa Fe set A; option `horizon` = 1);
            ``santa-fe`` (set A itself, the same for all seeds; needs ReservoirPy; option `horizon` = 1);
            ``memory`` (u white in [-1, 1]; option `max_delay` = 40);
            ``parity`` (random bits; option `max_delay` = 10).
        seed: same seed and lengths, same numbers on one machine; 0 or more.
        washout: steps whose answers count for nothing.
        train: steps that weights are fitted to, those of the validation not among them.
        validation: steps that settings are chosen on.
        test: steps that are scored.
        **options: of the task, see `name`.

    Returns:
        The task; options that are not the defaults are part of its name, as in
        ``mackey-glass (horizon=84)``.

    Raises:
        ParameterError: an unknown name or option, a parameter out of bounds, or a washout shorter than the
            longest delay of `memory` and `parity`, whose first targets ask for what came before the series;
            the measured series, where ReservoirPy is not installed or the series is too short.
    """
    if name not in _SOURCES:
        raise ParameterError(f"unknown standard task {name!r}{nearest(str(name), _SOURCES)}")
    lengths = {"washout": washout, "train": train, "validation": validation, "test": test}
    for what, value in ({"seed": seed} | lengths).items():
        whole(f"`{what}`", value, least=1 if what in ("train", "test") else 0)
    source = _source(name, options)
    longest = getattr(source, "max_delay", 0)
    if washout < longest:
        raise ParameterError(
            f"`washout` of {name!r} must be at least its `max_delay` {longest}, got {washout}: the first "
            "targets would ask for what came before the series"
        )
    inputs, targets = source.draw(sum(lengths.values()), np.random.default_rng(seed))
    gap = getattr(source, "horizon", 1) - 1
    return SeriesTask(_title(name, source), inputs, targets, **lengths, gap=gap)


def _source(name: str, options: dict[str, float]) -> Source:
    cls, fixed = _SOURCES[name]
    known = {field.name for field in dataclasses.fields(cls)} - fixed.keys()
    for option in options:
        if option not in known:
            hint = nearest(option, known) if known else " (it has none)"
            raise ParameterError(f"unknown option {option!r} of the task {name!r}{hint}")
    source: Source = cls(**fixed, **options)
    return source


def _title(name: str, source: Any) -> str:
    cls, fixed = _SOURCES[name]
    changed = [
        f"{field.name}={getattr(source, field.name):g}"
        for field in dataclasses.fields(cls)
        if field.name not in fixed and getattr(source, field.name) != field.default
    ]
    return f"{name} ({', '.join(changed)})" if changed else name
