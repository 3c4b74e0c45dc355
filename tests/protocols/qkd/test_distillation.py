"""The two ends of a block, message by message: what each says, how long it is, and what comes of it."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from protocols.qkd.authentication import tag_bits
from protocols.qkd.cascade import Cascade, Question
from protocols.qkd.counts import Counts
from protocols.qkd.distillation import Check, Keeper, Mender, Rules, Verdict
from protocols.qkd.reconciliation import Answers, Asking, Reconciliation

CORRECTNESS, FORGERY = 1e-6, 1e-9
#: Bits that both ends are taken to have sent so far.
TRAFFIC = (1000, 70_000)


class Share:
    """An analysis that finds a number of bits secret, and keeps what it was asked about."""

    def __init__(self, length: float) -> None:
        self._length = length
        self.asked: list[tuple[Counts, float]] = []

    def length(self, counts: Counts, leaked: float) -> float:
        self.asked.append((counts, leaked))
        return self._length


class Careless:
    """Cascade, but for one bit that it leaves wrong."""

    def answers(self, bits: NDArray[np.uint8]) -> Answers:
        return Cascade().answers(bits)

    def correct(self, bits: NDArray[np.uint8], error_rate: float, rng: np.random.Generator) -> Asking:
        found = yield from Cascade().correct(bits, error_rate, rng)
        wrong = found.bits.copy()
        wrong[0] ^= 1
        return replace(found, bits=wrong)


class Line:
    """What one end says to the other, with its size."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, int]] = []
        self.waiting: deque[Any] = deque()

    def send(self, content: Any, bits: int) -> None:
        self.said.append((content, bits))
        self.waiting.append(content)


class Block:
    """A block of bits, some of which differ, that has been talked over to the end."""

    def __init__(
        self, errors: int, length: float, count: int = 400, by: Reconciliation | None = None
    ) -> None:
        rng = np.random.default_rng(3)
        self.kept = rng.integers(0, 2, count, dtype=np.uint8)
        sifted = self.kept.copy()
        sifted[rng.permutation(count)[:errors]] ^= 1
        self.counts = Counts((300.0, 100.0), (30.0, 20.0), (2.0, 1.0), sent=((5.0, 6.0), (7.0, 8.0)))
        self.analysis = Share(length)
        self.ends: dict[str, tuple[Verdict, np.ndarray]] = {}
        rules = Rules(self.analysis, CORRECTNESS, FORGERY, by or Cascade(passes=10))
        self.mended, self.kept_line = Line(), Line()
        keeper = Keeper(self.kept_line, self.kept, rules, rng, lambda: TRAFFIC, self.done("keeper"))
        mender = Mender(
            self.mended, sifted, self.counts, max(errors, 1) / count, rules, rng, self.done("mender")
        )
        while self.mended.waiting or self.kept_line.waiting:
            if self.mended.waiting:
                keeper.take(self.mended.waiting.popleft())
            else:
                mender.take(self.kept_line.waiting.popleft())

    def done(self, name: str) -> Any:
        return lambda verdict, key: self.ends.__setitem__(name, (verdict, key))


def product(bits: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The hash by a Toeplitz matrix, entry by entry."""
    length = len(matrix) - len(bits) + 1
    rows = [[matrix[i - j + len(bits) - 1] for j in range(len(bits))] for i in range(length)]
    return np.array(rows, dtype=np.int64) @ bits % 2


@pytest.mark.parametrize("errors", [0, 1, 20])
def test_both_ends_have_the_hash_of_the_bits_that_are_kept(errors: int) -> None:
    block = Block(errors, 57.9)
    verdict, key = block.ends["keeper"]
    assert verdict.verified is True
    assert verdict.length == len(key) == 57
    assert verdict.matrix is not None
    assert (key == product(block.kept, verdict.matrix)).all()
    assert block.ends["mender"][0] is verdict
    assert (block.ends["mender"][1] == key).all()
    assert verdict.spent == sum(tag_bits(sent, FORGERY) for sent in TRAFFIC)


def test_what_is_said_and_how_long_it_is() -> None:
    block = Block(20, 57.9)
    *questions, (check, size) = block.mended.said
    *answers, (verdict, end) = block.kept_line.said
    assert len(questions) == len(answers) > 10
    for (question, bits), (answer, told) in zip(questions, answers, strict=True):
        assert isinstance(question, Question)
        # A number of 64 bits, and two places of 32 bits for each parity.
        assert bits == 64 + 64 * len(question.starts)
        assert told == len(answer) == len(question.starts)
    assert isinstance(check, Check)
    # A probability of 1e-6 wants a tag of 20 bits; two numbers and one for each count go with it.
    assert len(check.tag) == 20
    assert (check.tag == product(block.kept, check.matrix)).all()
    assert size == 64 * 4 + 20
    assert isinstance(verdict, Verdict)
    assert end == 129
    told = sum(told for _, told in answers)
    assert check.told == verdict.leaked == told


def test_the_analysis_is_asked_about_the_counts_with_what_was_mended() -> None:
    block = Block(20, 57.9)
    ((counts, leaked),) = block.analysis.asked
    assert counts == Counts((300.0, 100.0), (30.0, 20.0), (2.0, 1.0), 20, ((5.0, 6.0), (7.0, 8.0)))
    verdict = block.ends["keeper"][0]
    assert (verdict.counts, verdict.leaked) == (counts, leaked)


@pytest.mark.parametrize("length", [0.0, 0.99])
def test_where_nothing_is_secret_there_is_no_matrix_and_no_key(length: float) -> None:
    block = Block(5, length)
    for verdict, key in block.ends.values():
        assert (verdict.verified, verdict.length, verdict.matrix, len(key)) == (True, 0, None, 0)


def test_a_key_is_never_longer_than_the_block() -> None:
    verdict, key = Block(5, 1e6).ends["keeper"]
    assert verdict.length == len(key) == 400


def test_a_block_whose_tags_differ_gives_nothing_and_nobody_is_asked_how_much() -> None:
    block = Block(20, 57.9, by=Careless())
    assert block.analysis.asked == []
    for verdict, key in block.ends.values():
        assert (verdict.verified, verdict.length, verdict.matrix, len(key)) == (False, 0, None, 0)


def test_by_default_there_are_four_passes() -> None:
    assert Cascade().passes == 4
