"""No look-ahead: a change of the future moves nothing in the past."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def assert_causal(features_of: Callable[[Array], npt.ArrayLike], inputs: npt.ArrayLike, at: int) -> None:
    """Assert that outputs up to step `at` do not depend on later inputs.

    The inputs after `at` are replaced three times: mirrored about the mean of the series, reversed in time,
    and all set to the smallest value. Outputs up to and including `at` must keep their very bits. One of the
    changes at least must move a later output, otherwise nothing was tested.

    Args:
        features_of: from inputs, shaped like `inputs`, to outputs whose first axis is time, (steps, ...).
        inputs: (steps,) or (steps, channels).
        at: last step that must not move.
    """
    given = np.array(inputs, dtype=np.float64)
    assert 0 <= at < len(given) - 1, f"`at` {at} leaves no future to change in {len(given)} steps"
    before = np.array(features_of(given.copy()))
    moved = False
    for change, future in _changes(given, at):
        changed = given.copy()
        changed[at + 1 :] = future
        after = np.array(features_of(changed))
        assert after.shape == before.shape, f"{change}: outputs went from {before.shape} to {after.shape}"
        early = np.any(after[: at + 1] != before[: at + 1], axis=tuple(range(1, after.ndim)))
        assert not early.any(), f"{change}: step {int(np.argmax(early))} moved with inputs after step {at}"
        moved = moved or bool(np.any(after[at + 1 :] != before[at + 1 :]))
    assert moved, "no change of the future moved any output: the test sees nothing"


def _changes(given: Array, at: int) -> list[tuple[str, Array]]:
    future = given[at + 1 :]
    return [
        ("mirrored", 2 * given.mean(axis=0) - future),
        ("reversed", future[::-1]),
        ("flattened", np.broadcast_to(given.min(axis=0), future.shape)),
    ]
