"""Closed forms refuse arguments that mean nothing, and say what would be right."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from qsim.analytic import (
    arguments,
    asap,
    capacity,
    decay,
    generation,
    heralding,
    nested,
    qkd,
    recurrence,
    storage,
    swap_chains,
    switch,
    waiting,
)
from qsim.errors import ParameterError

MODULES = (
    "arguments asap capacity decay generation heralding nested qkd recurrence renewal storage swap_chains "
    "switch waiting"
)

REFUSED: list[tuple[str, Callable[[], object]]] = [
    (r"`success` must be in \(0, 1\], got 0", lambda: waiting.maximum_mean(0, 2)),
    (r"`success` must be in \(0, 1\], got nan", lambda: waiting.geometric_survival(nan, 10)),
    (r"`links` must be a whole number of at least 1, got 0", lambda: waiting.maximum_mean(0.5, 0)),
    (r"`links` must be a whole number of at least 1, got True", lambda: waiting.maximum_mean(0.5, True)),
    (r"`swap_success` must be in \(0, 1\], got 0", lambda: waiting.one_repeater_mean(0.5, 0)),
    (r"`swap_success` must be in \(0, 1\], got 1.5", lambda: waiting.three_over_two(0.5, 1.5, 1)),
    (r"`levels` must be a whole number of at least 0, got -1", lambda: nested.nested_mean(0.5, 0.5, -1)),
    (
        r"`tolerance` must be in \[1e-13, 1\], got 1e-16",
        lambda: nested.nested_survival(0.5, 0.5, 1, tolerance=1e-16),
    ),
    (
        r"`links` must be a whole number of at least 1 and at most 10, got 11",
        lambda: asap.asap_mean(11, 0.5, 0.5),
    ),
    (r"`knowledge` must be 'global' or 'local', got 'none'", lambda: asap.asap_mean(3, 0.5, 0.5, "none")),  # type: ignore[arg-type]
    (r"`decay` must be in \[0, 1\], got 1.1", lambda: storage.storage_factor(0.5, 1.1)),
    (r"`patience` must be a whole number of at least 0, got 2.0", lambda: storage.cutoff_mean(0.5, 2.0)),  # type: ignore[arg-type]
    (r"`fidelity` must be in \[0, 1\], got -0.1", lambda: decay.depolarised(-0.1, 1, 1)),
    (r"`time` must be in \[0, inf\), got -1", lambda: decay.dephased(-1, 1)),
    (r"`time` must be in \[0, inf\), got inf", lambda: decay.dephased(inf, 1)),
    (r"`stored` must be a whole number of at least 0 and at most 2, got 3", lambda: decay.dephased(1, 1, 3)),
    (r"`t2` must be in \(0, 2\], got 2.5", lambda: decay.relaxed_phi(1, 1, 2.5)),
    (r"`coherence_time` must be in \(0, inf\), got 0", lambda: decay.quisp_depolarising_time(0)),
    (r"`dark` must be in \[0, 1\), got 1", lambda: heralding.barrett_kok(0.5, 1)),
    (r"`dark` must be in \(0, 1\), got 0", lambda: heralding.barrett_kok(0, 0.0)),
    (r"`bright` must be in \(0, 1\), got 1", lambda: heralding.single_click(1, 0.5)),
    (
        r"`longer_arm` must be in \[10, 20\], got 9",
        lambda: generation.quisp_completion_time(1, 0.5, length=20, longer_arm=9),
    ),
    (
        r"`pairs` must be a whole number of at least 1, got 0",
        lambda: generation.sequence_completion_time(0, 0.5, length=20),
    ),
    (r"`delay` must be in \[0, inf\), got -1", lambda: generation.negotiated_barrett_kok(0.5, -1, 0, True)),
    (r"`gate_error` must be in \[0, 0.9375\], got 0.95", lambda: swap_chains.swap_with_cnot_error(0.95, 0)),
    (
        r"`one` must be non-negative and sum to 1",
        lambda: swap_chains.bell_diagonal_swap((0.5, 0.5, 0.5, 0), (1, 0, 0, 0)),
    ),
    (r"`pair` must be non-negative and sum to 1", lambda: recurrence.dejmps((1.5, -0.5, 0, 0))),
    (r"purification never helps", lambda: recurrence.fixed_points(0.9, 0.9)),
    (r"purification never helps", lambda: recurrence.fixed_points(1.0, 0.5)),
    (r"`transmissivity` must be in \[0, 1\], got 2", lambda: capacity.repeaterless_bound(2)),
    (r"`share` must be in \[0, 1\], got nan", lambda: qkd.binary_entropy(nan)),
    (r"`error_rate` must be in \[0, 0.5\], got 0.6", lambda: qkd.bb84_fraction(0.6)),
    (r"`dark` must be in \(0, 1\), got 0", lambda: qkd.single_photons(0, 0.0)),
    (r"`background` must be in \(0, 1\], got 0", lambda: qkd.weak_pulses(0, 0.5, 0.0)),
    (r"`correction` must be in \[1, inf\), got 0.9", lambda: qkd.decoy_rate(0.1, 0.5, correction=0.9)),
    (r"`rates` must name at least two links, got 1", lambda: switch.bipartite_capacity([1.0], 1)),
    (r"`rates` must be in \(0, inf\), got 0", lambda: switch.bipartite_capacity([1.0, 0.0], 1)),
    (
        r"`buffer` must be a whole number of at least 1, got 0",
        lambda: switch.bipartite_capacity([1.0, 1.0, 1.0], 0),
    ),
    (
        r"a rate of 2 is not below that of all other links together, 2",
        lambda: switch.bipartite_capacity([2.0, 1.0, 1.0], None),
    ),
    (r"`users` must be a whole number of at least 4, got 3", lambda: switch.multipartite_capacity(3, 3, 1.0)),
]


@pytest.mark.parametrize(("message", "call"), REFUSED)
def test_refusals_name_argument_bound_and_value(message: str, call: Callable[[], object]) -> None:
    with pytest.raises(ParameterError, match=message):
        call()


@pytest.mark.parametrize(("value", "above", "below", "good"), [
    (0, False, False, True), (0, True, False, False), (1, False, False, True), (1, False, True, False),
    (-1e-12, False, False, False), (1 + 1e-12, False, False, False), (nan, False, False, False),
])  # fmt: skip
def test_ends_of_an_interval(value: float, above: bool, below: bool, good: bool) -> None:
    if good:
        arguments.within("x", value, 0, 1, above=above, below=below)
    else:
        with pytest.raises(ParameterError):
            arguments.within("x", value, 0, 1, above=above, below=below)


def test_counts_may_come_from_arrays() -> None:
    counts: list[Any] = [*np.arange(1, 4)]
    assert [waiting.maximum_mean(1.0, links) for links in counts] == [1, 1, 1]
    with pytest.raises(ParameterError, match=r"`links` must be a whole number of at least 1, got "):
        waiting.maximum_mean(0.5, np.float64(2))  # type: ignore[arg-type]


def test_importing_the_closed_forms_loads_no_numerical_library() -> None:
    code = (
        f"import sys\nfor name in {MODULES.split()!r}: __import__('qsim.analytic.' + name)\n"
        "print(sorted({'numpy', 'scipy', 'pandas', 'networkx', 'hardware', 'protocols'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
