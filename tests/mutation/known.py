"""Faults that all tests once let pass: they are tried with every sample, and each by a test of every day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A fault put in by hand.

    Attributes:
        module: its short name, as in `modules.py`.
        before: what stands in its source, in one place.
        after: what shall stand there.
        test: the test that was added for it.
    """

    module: str
    before: str
    after: str
    test: str

    def __str__(self) -> str:
        return f"known: `{self.before}` -> `{self.after}`"

    def line(self, source: str) -> int:
        """Where it stands."""
        return source[: source.index(self.before)].count("\n") + 1

    def put_into(self, source: str) -> str:
        """The source with it."""
        return source.replace(self.before, self.after, 1)


_SWAPPED = "tests/protocols/entanglement/test_swapped_pairs.py::"
_OLDEST = "test_it_is_as_old_as_the_older_and_known_when_the_farther_end_has_heard"

KNOWN = (
    Known(
        "swap_operation",
        "deadline = earlier(left.deadline, right.deadline)",
        "deadline = left.deadline",
        f"{_SWAPPED}test_both_ends_give_it_up_at_the_earlier_deadline_whichever_side_that_is_of",
    ),
    Known(
        "swap_operation",
        "now + max(upstream, downstream)",
        "now + min(upstream, downstream)",
        f"{_SWAPPED}{_OLDEST}",
    ),
    Known("swap_operation", "min(near.born, far.born)", "max(near.born, far.born)", f"{_SWAPPED}{_OLDEST}"),
    Known(
        "swap_operation",
        "self._success >= 1 or sim.stream",
        "sim.stream",
        f"{_SWAPPED}test_a_sure_swap_draws_nothing",
    ),
    Known(
        "calendar",
        "card[place][0] <= end",
        "card[place][0] < end",
        "tests/protocols/network/test_calendar.py::test_intervals_that_touch_are_in_conflict",
    ),
    Known(
        "calendar",
        "card[place - 1][1] < start",
        "card[place - 1][1] <= start",
        "tests/protocols/network/test_calendar.py::test_intervals_that_touch_are_in_conflict",
    ),
    Known(
        "ridge",
        "round(self.validation * len(x))",
        "int(self.validation * len(x))",
        "tests/qml/readouts/test_ridge.py::test_the_share_held_back_is_rounded_to_the_nearest_number_of_rows",
    ),
)
