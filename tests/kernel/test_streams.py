from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.kernel import Streams
from tests.statistics import ROOM

NAMES = st.text(st.characters(codec="utf-8"), max_size=12)

DRAWS = """
from qsim.kernel import Streams
streams = Streams(7)
print(*(streams.scalar(name).random().hex() for name in ("alice", "bob", "Zürich")))
print(*(float(x).hex() for x in streams.array("alice").random(3)))
"""


def draws(streams: Streams, name: str) -> list[float]:
    return [streams.scalar(name).random() for _ in range(4)] + list(streams.array(name).random(4))


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(), names=st.lists(NAMES, min_size=1, max_size=6, unique=True), data=st.data())
def test_a_stream_depends_on_seed_and_name_alone(seed: int, names: list[str], data: st.DataObject) -> None:
    expected = {name: draws(Streams(seed), name) for name in names}
    together = Streams(seed)
    # Interleaved, in another order, beside the streams of strangers.
    for name in data.draw(st.permutations(names)):
        together.scalar(f"{name}'s neighbour").random()
        together.array(f"{name}'s neighbour").random(3)
        assert draws(together, name) == expected[name]


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(), other=st.integers(), name=NAMES)
def test_other_seeds_and_names_give_other_numbers(seed: int, other: int, name: str) -> None:
    numbers = draws(Streams(seed), name)
    assert numbers[0] != numbers[4]
    assert draws(Streams(seed), name + "'") != numbers
    if other != seed:
        assert draws(Streams(other), name) != numbers


def test_scalars_and_arrays_do_not_shift_each_other() -> None:
    alone = Streams(3).array("alice").random(5)
    mixed = Streams(3)
    for _ in range(10):
        mixed.scalar("alice").random()
    assert np.array_equal(mixed.array("alice").random(5), alone)


def test_one_name_keeps_one_stream() -> None:
    streams = Streams(3)
    first = streams.scalar("alice").random()
    assert streams.scalar("alice").random() != first
    assert streams.scalar("alice") is streams.scalar("alice")
    assert streams.array("alice") is streams.array("alice")


def test_seeds_and_names_cannot_be_confused() -> None:
    # "1" + "2/scalar/x" and "12" + "/scalar/x" would read alike without separators.
    numbers = {
        Streams(seed).scalar(name).random()
        for seed in (1, 12, -1)
        for name in ("2", "1/2", "scalar/2", "array/2", "", "/", "2/")
    }
    assert len(numbers) == 21


def test_first_draws_of_many_names_are_uniform_and_uncorrelated() -> None:
    # Fixed seed: these are statements about the derivation.
    count = 4000
    scalars = np.array([Streams(0).scalar(f"node{i}").random() for i in range(count)])
    arrays = np.array([Streams(0).array(f"node{i}").random() for i in range(count)])
    for numbers in (scalars, arrays):
        assert abs(numbers.mean() - 0.5) < ROOM / np.sqrt(12 * count)
        assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < ROOM / np.sqrt(count)
    assert abs(np.corrcoef(scalars, arrays)[0, 1]) < ROOM / np.sqrt(count)


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_same_numbers_in_any_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRAWS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
    )
    streams = Streams(7)
    expected = [streams.scalar(name).random() for name in ("alice", "bob", "Zürich")]
    expected += list(streams.array("alice").random(3))
    assert [float.fromhex(text) for text in done.stdout.split()] == expected


def test_the_derivation_has_not_changed() -> None:
    # A change here changes every published seed: say so in the changelog.
    streams = Streams(0)
    assert streams.scalar("alice").random() == 0.6144743812899247
    assert float(streams.array("alice").random()) == 0.12065030415501166
