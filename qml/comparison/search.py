"""How a model under a readout chooses: transformation, feature map, what of it is read, ridge penalty.

All choices are made by the error on steps that follow those of the fit in time, one after another: the
transformation with the first feature map, then the map, then the view of it. Nothing of the test is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from qml.baselines import LinearTaps
from qml.comparison.target_chain import Chain
from qml.comparison.views import FeatureMap, View
from qml.readouts import Readout, RidgeReadout, as_readout
from qml.scaling import Scaler
from qml.tasks import SeriesTask
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]
#: Fewest steps that a fold fits a readout to.
_LEAST = 10


@dataclass(frozen=True)
class Choices:
    """What may be chosen on validation besides the feature map; by default nothing.

    Attributes:
        chains: transformations of the series.
        every: parts of the features that are read: 1 for all, 2 for half of them, ...
        taps: numbers of last inputs that are read beside them as they are.
        features: most numbers that the readout sees where parts and taps are chosen.
        folds: how many stretches of time validate, each with a fit to what comes before it.
    """

    chains: tuple[Chain, ...] = (Chain(),)
    every: tuple[int, ...] = (1,)
    taps: tuple[int, ...] = (0,)
    features: int = 0
    folds: int = 1

    def views(self, source: FeatureMap, task: SeriesTask) -> list[View]:
        """What may be read of a feature map; that with the most inputs as they are first.

        Taps are all of their own skip connection, and come in several numbers anyway.
        """
        own = task.inputs.shape[1] - task.direct
        whole = View(source, own, direct=task.direct)
        if isinstance(source, LinearTaps):
            return [whole]
        found = [
            View(source, own, every, taps, task.direct)
            for taps, every in product(sorted(self.taps, reverse=True), sorted(self.every, reverse=True))
        ]
        return [view for view in found if view.size <= self.features] or [whole]


def real_series(features: int, chains: tuple[Chain, ...]) -> Choices:
    """What every model may choose on a measured series.

    A quarter, a half or all of its features, 0, 1/8 or 1/4 of `features` last inputs beside them, and a
    transformation, by the errors in three stretches of time, for one is short in most such series.

    Args:
        features: most numbers that a readout sees.
        chains: transformations.
    """
    return Choices(chains, (1, 2, 4), (0, max(1, features // 8), max(1, features // 4)), features, 3)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A task under a chain, scaled by its washout and training steps.

    Attributes:
        chain: the transformation.
        task: the transformed task.
        scaler: of its inputs.
        inputs: scaled, up to the end of the steps that may be learnt from.
        unit: see `Chain.unit`.
        bounds: see `Chain.bounds`.
    """

    chain: Chain
    task: SeriesTask
    scaler: Scaler
    inputs: Array
    unit: float
    bounds: tuple[float, float]

    @classmethod
    def of(cls, task: SeriesTask, chain: Chain, scaling: str) -> Prepared:
        """Transform and scale.

        Raises:
            ParameterError: a column that does not vary.
        """
        changed = chain.applied(task)
        seen = changed.inputs[min(chain.lost, changed.washout) : changed.train_part.stop]
        scaler = Scaler(scaling).fit(seen)
        inputs = scaler.transform(changed.inputs[: changed.fit_part.stop])
        target = task.inputs[: changed.fit_part.stop, 0]
        return cls(chain, changed, scaler, inputs, chain.unit(target), chain.bounds(target))


@dataclass(frozen=True, eq=False)
class Weighed:
    """One candidate with its errors on validation.

    Attributes:
        prepared: the task as the model sees it.
        view: what the readout sees.
        seen: features of all steps that may be learnt from.
        path: squared errors, (penalties, outputs), in the unit of the target.
        error: the least of them, relative to the variance of the target, mean over outputs.
    """

    prepared: Prepared
    view: View
    seen: Array
    path: Array
    error: float


def best(
    task: SeriesTask, sources: Sequence[FeatureMap], choices: Choices, scaling: str, readout: Readout
) -> tuple[Weighed, int]:
    """The candidate with the least error, and how many there were.

    Args:
        task: of which nothing behind the validation steps is looked at.
        sources: feature maps; with several chains and none of them taps, the first is the one that chains are
            tried with.
        choices: what else may be chosen.
        scaling: of the inputs, a kind of `Scaler`.
        readout: what is trained.

    Raises:
        ParameterError: no chain leaves inputs that vary.
    """
    prepared = _prepared(task, choices.chains, scaling)
    alone = len(prepared) * len(sources) * len(choices.views(sources[0], task)) == 1
    splits = [] if alone else folds(prepared[0].task, choices.folds)
    variance = task.targets[task.fit_part].var(axis=0)
    spread = np.where(variance > 0, variance, 1.0)

    def weigh(one: Prepared, view: View, own: Array) -> Weighed:
        features = view.around(own, one.inputs)
        path = _path(readout, one.task, features, splits) * one.unit**2 if splits else np.zeros((1, 1))
        return Weighed(one, view, features, path, float(np.mean(path.min(axis=0) / spread)))

    candidates = _candidates(prepared, sources, choices, task, weigh)
    least, tried = next(candidates), 1
    for one in candidates:
        # Among equals the one that was looked at first.
        least, tried = min(least, one, key=lambda weighed: weighed.error), tried + 1
    return least, tried


def _candidates(
    prepared: Sequence[Prepared],
    sources: Sequence[FeatureMap],
    choices: Choices,
    task: SeriesTask,
    weigh: Callable[[Prepared, View, Array], Weighed],
) -> Iterator[Weighed]:
    """All candidates that the search looks at, in its order."""

    def first(one: Prepared, source: FeatureMap) -> Weighed:
        view = choices.views(source, task)[0]
        return weigh(one, view, source.features(one.inputs[:, : view.channels]))

    if isinstance(sources[0], LinearTaps):
        yield from (first(one, source) for one, source in product(prepared, sources))
        return
    leading = first(prepared[0], sources[0])
    yield leading
    for one in prepared[1:]:
        found = first(one, sources[0])
        leading = min(leading, found, key=lambda weighed: weighed.error)
        yield found
    chosen = leading.prepared
    for source in sources[1:]:
        found = first(chosen, source)
        leading = min(leading, found, key=lambda weighed: weighed.error)
        yield found
    further = choices.views(leading.view.source, task)[1:]
    if further:
        own = leading.view.source.features(chosen.inputs[:, : leading.view.channels])
        yield from (weigh(chosen, view, own) for view in further)


def _prepared(task: SeriesTask, chains: Sequence[Chain], scaling: str) -> list[Prepared]:
    """The task under each chain that it takes, the one with the longest washout first."""
    found, fault = [], None
    for chain in chains:
        if not chain.takes(task):
            continue
        try:
            found.append(Prepared.of(task, chain, scaling))
        except ParameterError as error:
            fault = error
    if not found:
        raise fault or ParameterError(f"{task.name}: no transformation goes with the series")
    return sorted(found, key=lambda one: -one.task.washout)


def folds(task: SeriesTask, count: int) -> list[tuple[slice, slice]]:
    """Steps to fit and later steps to validate on, the last of them last.

    Args:
        task: with the longest washout of those that are compared.
        count: 1 for its training and validation steps; more for as many stretches of the length of its
            validation, shorter where that would leave little to fit to.
    """
    start, stop = task.fit_part.start, task.fit_part.stop
    if count == 1 and task.validation:
        return [(task.train_part, task.validation_part)]
    if not task.validation:
        held = max(1, (stop - start) // 4)
        return [(slice(start, stop - held - task.gap), slice(stop - held, stop))]
    length = max(1, min(task.validation, (stop - start) // (count + 1)))
    ends = [stop - length * later for later in reversed(range(count))]
    split = [(slice(start, end - length - task.gap), slice(end - length, end)) for end in ends]
    return [(fit, later) for fit, later in split if fit.stop - fit.start >= _LEAST] or folds(task, 1)


def _path(
    readout: Readout, task: SeriesTask, features: Array, splits: Sequence[tuple[slice, slice]]
) -> Array:
    """Mean squared errors on the later steps, (penalties, outputs); one row for a readout without a path."""
    found = []
    for fit, later in splits:
        block = (features[later], task.targets[later])
        if isinstance(readout, RidgeReadout) and len(readout.penalties) > 1:
            ridge = replace(readout, per_target=True, refit=False)
            found.append(ridge.fit(features[fit], task.targets[fit], validation=block).path_)
        else:
            fitted = as_readout(readout).fit(features[fit], task.targets[fit])
            found.append(((fitted.predict(block[0]) - block[1]) ** 2).mean(axis=0, keepdims=True))
    return np.asarray(np.mean(found, axis=0))


def read_out(readout: Readout, chosen: Weighed, splits: int) -> Readout:
    """A fresh readout, fitted to training and validation steps, its penalty chosen on validation.

    Args:
        readout: what is trained.
        chosen: the best candidate.
        splits: the folds that its path is a mean over.
    """
    task, features = chosen.prepared.task, chosen.seen
    part = task.fit_part
    if not isinstance(readout, RidgeReadout):
        return as_readout(readout).fit(features[part], task.targets[part])
    ridge = replace(readout, per_target=True, refit=True)
    if splits > 1 and len(chosen.path) > 1:
        # The largest penalty among equals, as the readout itself chooses.
        penalties = np.array(ridge.penalties)
        at = np.lexsort((-penalties, chosen.path[:, 0]))[0]
        return replace(ridge, penalties=(float(penalties[at]),)).fit(features[part], task.targets[part])
    if not task.validation:
        return ridge.fit(features[part], task.targets[part])
    later = (features[task.validation_part], task.targets[task.validation_part])
    return ridge.fit(features[task.train_part], task.targets[task.train_part], validation=later)
