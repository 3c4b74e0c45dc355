"""What a sweep varies: the section ``sweep`` of a scenario, and the arguments of `qsim.sweep`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from qsim.documents.paths import KeyPath, parse_path
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param

#: The key that names a listed point instead of varying a parameter.
LABEL = "label"


@dataclass(frozen=True, slots=True)
class RangeSpec(Declared):
    """The range of one sampled parameter."""

    low: Annotated[Any, Param("the lower end, a number or a quantity such as '1 km'")]
    high: Annotated[Any, Param("the upper end, likewise")]
    scale: Annotated[
        str,
        Param(
            "how samples are spread over the range: evenly, or evenly in order of magnitude",
            choices=("linear", "log"),
        ),
    ] = "linear"


@dataclass(frozen=True, slots=True)
class SampleSpec(Declared):
    """Points spread over a region of several parameters."""

    points: Annotated[int, Param("number of points; for 'sobol' a power of 2", ge=1)]
    parameters: Annotated[Mapping[str, RangeSpec], Param("the parameters that are sampled, by key path")]
    method: Annotated[
        str,
        Param(
            "how the points are spread",
            choices=("latin-hypercube", "sobol"),
            source="scipy.stats.qmc; Owen, J. Complexity 14, 466 (1998) for the scrambling",
        ),
    ] = "latin-hypercube"
    seed: Annotated[int, Param("seed of the points", ge=0)] = 0

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if not self.parameters:
            raise ParameterError("`SampleSpec.parameters` must name at least one parameter")
        if self.method == "sobol" and self.points & (self.points - 1):
            raise ParameterError(
                f"`SampleSpec.points` must be a power of 2 for 'sobol', got {self.points}: "
                "any other number spoils the balance of the points"
            )


@dataclass(frozen=True, slots=True)
class UntilSpec(Declared):
    """A stopping rule: replicates of a point are run until a mean is known well enough.

    The rule looks at a point's replicates in order and after every `at_least` of them, never at when they
    were finished, so it stops at the same place whatever the number of workers.
    """

    metric: Annotated[str, Param("the metric of a run whose mean is wanted, such as throughput_hz")]
    half_width: Annotated[
        float, Param("half width of the 95 % confidence interval to get below, in the metric's unit", gt=0)
    ]
    at_least: Annotated[int, Param("replicates before the first look, and between two looks", ge=2)] = 5
    at_most: Annotated[int, Param("replicates after which a point is left as it is", ge=2)] = 100

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        if self.at_most < self.at_least:
            raise ParameterError(
                f"`UntilSpec.at_most` must be at least `at_least`, {self.at_least}, got {self.at_most}"
            )


@dataclass(frozen=True, slots=True)
class SweepSpec(Declared):
    """What varies, and how often each point is run.

    Every point of `grid` is combined with every point of `zip`, `list` and `sample`. Replicate r of every
    point has the seed ``run.seed + r``: points differ by their parameters and not by their luck.
    """

    grid: Annotated[
        Mapping[str, tuple[Any, ...]], Param("values by key path; every combination is a point")
    ] = field(default_factory=dict)
    zip: Annotated[
        Mapping[str, tuple[Any, ...]],
        Param("values by key path, taken together: the first of each, the second of each, ..."),
    ] = field(default_factory=dict)
    list: Annotated[
        tuple[Mapping[str, Any], ...],
        Param("points one by one, each a mapping from key paths to values; `label` may name it"),
    ] = ()
    sample: Annotated[SampleSpec | None, Param("points spread over a region")] = None
    replicates: Annotated[int, Param("runs of each point, each with a seed of its own", ge=1)] = 1
    until: Annotated[
        UntilSpec | None, Param("run replicates until a mean is known well enough, instead of `replicates`")
    ] = None

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        for where in ("grid", "zip"):
            for path, values in getattr(self, where).items():
                if isinstance(values, str) or not len(values):
                    raise ParameterError(
                        f"`SweepSpec.{where}` must give at least one value for '{path}', as in [1, 2]"
                    )
        lengths = {path: len(values) for path, values in self.zip.items()}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{length} for '{path}'" for path, length in lengths.items())
            raise ParameterError(f"`SweepSpec.zip` must give as many values for every path, got {said}")
        if any(not point for point in self.list):
            raise ParameterError("`SweepSpec.list` must not hold an empty point")
        if self.list and len({frozenset(point) for point in self.list}) > 1:
            raise ParameterError("`SweepSpec.list` must name the same key paths in every point")
        _check_once(self)


def paths(spec: SweepSpec) -> tuple[str, ...]:
    """The key paths that vary, and `LABEL` where listed points have one, in order."""
    listed = list(spec.list[0]) if spec.list else []
    # What names a point comes first.
    listed.sort(key=lambda path: path != LABEL)
    sampled = spec.sample.parameters if spec.sample else ()
    return (*listed, *spec.grid, *spec.zip, *sampled)


def number_of_points(spec: SweepSpec) -> int:
    """How many points a sweep has."""
    zipped = next((len(values) for values in spec.zip.values()), 1)
    sampled = spec.sample.points if spec.sample else 1
    return math.prod(map(len, spec.grid.values())) * zipped * max(1, len(spec.list)) * sampled


def _check_once(spec: SweepSpec) -> None:
    seen: set[KeyPath] = set()
    for text in paths(spec):
        # One path can be written in several ways: name, "name".
        path = parse_path(text)
        if path in seen:
            raise ParameterError(f"a sweep varies '{text}' in two ways; one of them must go")
        seen.add(path)
    if spec.sample and LABEL in spec.sample.parameters:
        raise ParameterError(f"'{LABEL}' names points and cannot be sampled")
