"""The floor of the chain benchmark plays the chain that it claims to play."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import sqrt
from types import ModuleType

import pytest

from qsim.analytic.swap_chains import werner_chain
from qsim.analytic.waiting import maximum_mean

P, ATTEMPT = 0.14551314717693517, 1e-4


@pytest.fixture
def chain(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("chain")


def test_one_repeater_waits_for_the_later_of_two_links(chain: ModuleType) -> None:
    outcome = chain.play(2, P, ATTEMPT, 5.0, random.Random(3).random)
    rate = 1 / (ATTEMPT * maximum_mean(P, 2))
    # The later of two geometric waits varies less than one alone, so a Poisson error is generous.
    assert abs(outcome.pairs / 5.0 - rate) < 4 * sqrt(rate / 5.0)
    assert outcome.events >= 2 * outcome.pairs


@pytest.mark.parametrize("repeaters", [1, 3, 7])
def test_fidelity_is_the_werner_product(chain: ModuleType, repeaters: int) -> None:
    outcome = chain.play(repeaters + 1, P, ATTEMPT, 0.2, random.Random(1).random)
    assert outcome.pairs > 50
    assert outcome.fidelity == pytest.approx(werner_chain(0.99, repeaters + 1), abs=1e-12)


def test_the_full_stack_has_the_success_probability_of_the_floor(chain: ModuleType) -> None:
    from qsim.scenario import from_document

    made = chain.document(1, 20, 0.01)
    link = from_document(made).engine(seed=1).result().links[0]
    assert link.success_probability == pytest.approx(P, rel=1e-12)
    assert chain.floor(1, 20, 0.01)()().pairs > 0
