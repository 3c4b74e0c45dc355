"""Judged faults of qsim and qml."""

from __future__ import annotations

from tests.mutation.judged.verdict import ODDS, TRUTH, Judged

_LATER = "equivalent: `_read`, where all that is odd is looked at again, gives back a time that is sound"
_NEGATIVE = "equivalent: any negative number does"
_ROUND_OFF = "harmless: where round-off is taken to begin, by a small factor"
_FLOOR = "floor = max(max(features.shape) * singular[0], 2 * np.linalg.norm(features / spread))"

QSIM_AND_QML = (
    Judged("kernel", "_SWEEP = 4096", "`4096` -> `4097`", "harmless: when it is worth the while to sweep"),
    Judged("kernel", "self._cancelled = 0", "`0` -> `1`", "harmless: a sweep comes one cancellation sooner"),
    Judged(
        "kernel",
        "if type(time) is not int or time < self.now or fn is None or priority >> 2:",
        "`time < self.now` -> `time <= self.now`",
        _LATER,
    ),
    Judged(
        "kernel",
        "if until is not None and (type(until) is not int or until < self.now):",
        "`until < self.now` -> `until <= self.now`",
        _LATER,
    ),
    Judged(
        "kernel",
        "if type(delay) is not int or delay < 0 or fn is None or priority >> 2:",
        "`delay < 0` -> `delay <= 0`",
        _LATER,
    ),
    Judged(
        "kernel",
        "if type(delay) is not int or delay < 0 or fn is None or priority >> 2:",
        "`0` -> `1`",
        _LATER,
    ),
    Judged(
        "kernel",
        "until = self._read(_halt, until, 0, 0)",
        "`0` -> `1`",
        "equivalent: any priority that is one",
        nth=1,
    ),
    Judged(
        "kernel",
        "if self._cancelled > _SWEEP and self._cancelled > len(self._heap) >> 1:",
        "`self._cancelled > _SWEEP` -> `self._cancelled >= _SWEEP`",
        "harmless: a sweep comes one cancellation sooner",
    ),
    Judged("kernel", "self._push_sentinel(-1)", "`1` -> `2`", _NEGATIVE),
    Judged(
        "kernel",
        "if heap and heap[0][1] < 0:",
        "`heap[0][1] < 0` -> `heap[0][1] <= 0`",
        "equivalent: numbers begin at 1",
    ),
    Judged("kernel", "if heap and heap[0][1] < 0:", "`0` -> `1`", "equivalent: numbers begin at 1", nth=0),
    Judged(
        "kernel",
        "while self._heap and self._heap[0][0] < 0:",
        "`0` -> `1`",
        "harmless: the mark of an end not reached goes at once; a sweep comes one cancellation sooner",
        nth=1,
    ),
    Judged("kernel", "return False", "`return False` -> `return None`", TRUTH),
    Judged(
        "states",
        "if not min(given) >= -_TOLERANCE or not abs(sum(given) - 1) <= _TOLERANCE:",
        "`min(given) >= -_TOLERANCE` -> `min(given) > -_TOLERANCE`",
        "harmless: one number at the edge of a tolerance for round-off",
    ),
    Judged(
        "states",
        "if not min(given) >= -_TOLERANCE or not abs(sum(given) - 1) <= _TOLERANCE:",
        "`abs(sum(given) - 1) <= _TOLERANCE` -> `abs(sum(given) - 1) < _TOLERANCE`",
        "harmless: one number at the edge of a tolerance for round-off",
    ),
    Judged(
        "states",
        "if weight < 2 * bell.IMPOSSIBLE:",
        "`2` -> `3`",
        "harmless: no chance that occurs is as low",
    ),
    Judged(
        "states",
        "if weight < 2 * bell.IMPOSSIBLE:",
        "`weight < 2 * bell.IMPOSSIBLE` -> `weight <= 2 * bell.IMPOSSIBLE`",
        ODDS,
    ),
    Judged(
        "states",
        "return (0, (x, y, z)) if draw < 0.5 else (1, (-x, -y, -z))",
        "`draw < 0.5` -> `draw <= 0.5`",
        ODDS,
    ),
    Judged(
        "states",
        "symmetric: ClassVar[bool] = True",
        "`True` -> `False`",
        "equivalent: `mirrored` finds them alike from both ends by their matrices too, at more cost",
    ),
    Judged(
        "spectrum",
        "left, singular, right = np.linalg.svd(centred / spread, full_matrices=False)",
        "`False` -> `True`",
        "equivalent: what is more than the rank is cut off",
    ),
    Judged("spectrum", _FLOOR, "`max(features.shape)` -> `min(features.shape)`", _ROUND_OFF),
    Judged("spectrum", _FLOOR, "`2` -> `3`", _ROUND_OFF),
    Judged(
        "spectrum",
        "rank = int(np.count_nonzero(singular > np.finfo(np.float64).eps * floor))",
        "`singular > np.finfo(np.float64).eps * floor` -> `singular >= np.finfo(np.float64).eps * floor`",
        _ROUND_OFF,
    ),
    Judged(
        "spectrum",
        "left[:, :rank].T @ (targets - level),",
        "`targets - level` -> `targets + level`",
        "equivalent: left singular vectors of centred rows have no mean",
    ),
    Judged(
        "store",
        'text = json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\\n"',
        "`1` -> `2`",
        "harmless: blanks in a file",
    ),
    Judged(
        "store",
        'text = json.dumps(said, indent=1, ensure_ascii=False) + "\\n"',
        "`1` -> `2`",
        "harmless: blanks in a file",
    ),
    Judged("light", "_MOST = 3000", "`3000` -> `3001`", "harmless: where a state is taken to be too large"),
    Judged(
        "finite_key",
        "if single <= 0 or test <= 0 or wrong >= test / 2:",
        "`test / 2` -> `test * 2`",
        "equivalent: a share of errors above a half is bounded by a half below as well",
    ),
    Judged(
        "finite_key",
        "return sum(share * exp(-mean) * mean**number for share, mean in weighed) / factorial(number)",
        "`sum((share * exp(-mean) * mean ** number for share, mean in weighed)) / factorial(number)` -> "
        "`sum((share * exp(-mean) * mean ** number for share, mean in weighed)) * factorial(number)`",
        "equivalent: no photon or one is asked for, and either factorial is 1",
    ),
)
