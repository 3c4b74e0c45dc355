"""Reconciliation by low-density parity checks, and by whatever is registered for it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from protocols.qkd.cascade import Cascade
from protocols.qkd.parity_checks import LowDensity, _drawn
from protocols.qkd.reconciliation import Asking, reconcile
from qsim.analytic.qkd import binary_entropy
from qsim.errors import ScenarioError
from qsim.parameters import Declared
from qsim.registry import register, unregister
from tests.protocols.qkd.test_cascade import bits_with_errors
from tests.protocols.qkd.test_pair_keys import run, total


def test_no_two_bits_share_two_checks() -> None:
    matrix = _drawn(600, 2000, np.random.default_rng(1)).toarray().astype(int)
    shared = matrix.T @ matrix
    assert (np.diag(shared) == 3).all()
    assert (shared - np.diag(np.diag(shared))).max() == 1
    weights = matrix.sum(axis=1)
    assert weights.max() - weights.min() <= 1


@pytest.mark.parametrize("error_rate", [0.02, 0.08])
def test_errors_are_mended_over_the_shannon_limit(error_rate: float) -> None:
    """What is told is counted to the last bit: no code tells less than the limit, these a third more."""
    pytest.importorskip("ldpc")
    rng, told = np.random.default_rng(1), []
    for _ in range(3):
        one, other = bits_with_errors(rng, 5990, round(5990 * error_rate))
        by = LowDensity(frame=2000)
        found = reconcile(by, other, one, error_rate, rng)
        assert (found.bits == one).all()
        assert found.changed == round(5990 * error_rate)
        assert found.questions < 40
        told.append(found.told / (5990 * binary_entropy(error_rate)))
    assert 1.2 < np.mean(told) < 1.5


def test_what_is_left_when_it_may_ask_no_more() -> None:
    """More errors than were expected: the frame is left as it was, and the tag will tell."""
    pytest.importorskip("ldpc")
    rng = np.random.default_rng(2)
    one, other = bits_with_errors(rng, 2000, 160)
    found = reconcile(LowDensity(rounds=0), other, one, 0.04, rng)
    assert found.questions == 1
    assert (found.bits == other).all()
    mended = reconcile(LowDensity(), other, one, 0.04, rng)
    assert mended.questions > 1
    assert (mended.bits == one).all()


def test_keys_by_parity_checks_are_equal_and_cost_fewer_questions() -> None:
    pytest.importorskip("ldpc")
    found, by_questions = [], []
    for kind in ("cascade", "ldpc"):
        metrics, _, _ = run(block=1000, state=0.98, reconciliation={"kind": kind})
        assert total(metrics["secret key bits"]) > 0
        assert metrics["keys that differ"].n == 0
        found.append(metrics["leaked bits"].mean / metrics["sifted bits"].mean)
        by_questions.append(metrics["duration of a session"].mean)
    assert found[0] < found[1]
    assert by_questions[1] <= by_questions[0]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ldpc", "ldpc.bp_decoder"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ScenarioError, match=r"pip install 'qsim-net\[ldpc\]'\); `cascade` needs none"):
        run(reconciliation={"kind": "ldpc"})


@dataclass(frozen=True)
class Halves(Declared):
    """Cascade that expects every other bit to be wrong, and asks for bits in pairs."""

    def answers(self, bits: Any) -> Any:
        return Cascade().answers(bits)

    def correct(self, bits: Any, error_rate: float, rng: np.random.Generator) -> Asking:
        del error_rate
        return Cascade().correct(bits, 0.5, rng)


def test_another_kind_is_registered() -> None:
    register("reconciliation", "halves")(Halves)
    try:
        metrics, _, _ = run(block=1000, reconciliation="halves", state=0.99)
    finally:
        unregister("reconciliation", "halves")
    assert metrics["leaked bits"].mean > 0.6 * metrics["sifted bits"].mean
    assert metrics["keys that differ"].n == 0
