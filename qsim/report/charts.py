"""Charts of a run as data of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qsim.model.pair_table import PairTable
from qsim.results.number_text import count
from qsim.statistics import half_width, half_width_by, mean

if TYPE_CHECKING:
    from qsim.results import Result

#: Points and bars that a chart shows at most.
_POINTS, _BARS = 1500, 24
#: Parts of the run of whose pairs means are told.
_SPANS = 20

Chart = dict[str, Any]


def run_charts(result: Result) -> list[Chart]:
    """The charts that the run has something for."""
    charts: list[Chart] = []
    if result.flows:
        charts += [_throughput(result), _fidelity(result), _waiting(result)]
    if result.pairs:
        charts += [_delivered(result), _fidelity_over_time(result)]
    if result.memories:
        charts.append(_memories(result))
    if any(link.heralds for link in result.links):
        charts.append(_links(result))
    return charts


def _throughput(result: Result) -> Chart:
    points = [
        [number, row.throughput_mean_hz, *_interval(row.throughput_mean_hz, row.throughput_ci95_hz)]
        for number, row in enumerate(result.hops)
    ]
    return {
        "id": "throughput",
        "title": "Throughput by hops",
        "about": (
            f"Mean of {count(len(result.flows), 'finished flow')}, pairs per second of their windows, with "
            "95 % intervals."
        ),
        "x": {"label": "hops", "names": [str(row.hops) for row in result.hops]},
        "y": {"label": "pairs per second"},
        "series": [{"name": "mean", "style": "points", "points": points}],
    }


def _fidelity(result: Result) -> Chart:
    rows = {row.hops: number for number, row in enumerate(result.hops)}
    flows = [flow for flow in result.flows if flow.fidelity_mean is not None]
    thin = _thinned([[rows[len(flow.path) - 1], flow.fidelity_mean] for flow in flows])
    means = [
        [number, row.fidelity_mean] for number, row in enumerate(result.hops) if row.fidelity_mean is not None
    ]
    return {
        "id": "fidelity",
        "title": "Fidelity by hops",
        "about": "Mean fidelity of delivered pairs: each flow, and all pairs over so many hops."
        + _said(thin, flows),
        "x": {"label": "hops", "names": [str(row.hops) for row in result.hops]},
        "y": {"label": "fidelity", "zero": False},
        "series": [
            {"name": "one flow", "style": "faint", "points": thin},
            {"name": "all pairs", "style": "points", "points": means},
        ],
    }


def _waiting(result: Result) -> Chart:
    waits = sorted(flow.wait_s for flow in result.flows)
    shares = [[wait, (number + 1) / len(waits)] for number, wait in enumerate(waits)]
    return {
        "id": "waiting",
        "title": "Waiting time",
        "about": (
            "Share of finished flows that waited no longer than this from request to start; "
            f"mean {mean(waits):.4g} s{_plus_minus(half_width(waits))}."
        ),
        "x": {"label": "waiting time, s"},
        "y": {"label": "share of flows", "range": [0, 1]},
        "series": [{"name": "flows", "style": "steps", "points": _thinned([[waits[0], 0.0], *shares])}],
    }


def _delivered(result: Result) -> Chart:
    times = np.sort(PairTable.of(result.pairs).column("time_s"))
    kept = _even(len(times) + 1)
    points = [[float(times[number - 1]) if number else 0.0, number] for number in kept]
    return {
        "id": "delivered",
        "title": "Pairs delivered",
        "about": "Pairs delivered to all flows up to this time.",
        "x": {"label": "simulated time, s", "range": [0, result.simulated_s or 1]},
        "y": {"label": "pairs"},
        "series": [{"name": "pairs", "style": "steps", "points": points}],
    }


def _fidelity_over_time(result: Result) -> Chart:
    pairs = PairTable.of(result.pairs)
    times, values = pairs.column("time_s"), pairs.column("fidelity")
    order = np.argsort(times, kind="stable")
    times = times[order]
    values = values[order]
    del order
    single = [[float(times[number]), float(values[number])] for number in _even(len(times))]
    edges = np.linspace(0.0, result.simulated_s or 1.0, _SPANS + 1)
    means = []
    for low, high in zip(
        *(np.searchsorted(times, edges[part]) for part in (slice(-1), slice(1, None))), strict=True
    ):
        own = values[low:high] if high < len(times) else values[low:]
        if len(own):
            centre = float(own.mean())
            half = half_width_by(float(own.var(ddof=1)), len(own)) if len(own) > 1 else None
            low_end, high_end = _interval(centre, half)
            ends = [low_end, high_end if high_end is None else min(high_end, 1.0)]
            means.append([float(times[low : low + len(own)].mean()), centre, *ends])
    return {
        "id": "fidelity-time",
        "title": "Fidelity over time",
        "about": "Fidelity of pairs when they were delivered, and means over parts of the run with intervals."
        + (f" Every so many pairs: {len(single)} of {len(times)}." if len(single) < len(times) else ""),
        "x": {"label": "simulated time, s", "range": [0, result.simulated_s or 1]},
        "y": {"label": "fidelity", "zero": False},
        "series": [
            {"name": "one pair", "style": "faint", "points": single},
            {"name": "mean", "style": "points", "points": means},
        ],
    }


def _memories(result: Result) -> Chart:
    rows = sorted(result.memories, key=lambda row: -row.utilisation)[:_BARS]
    shown = (
        f"The {_BARS} busiest of {len(result.memories)} nodes. " if len(rows) < len(result.memories) else ""
    )
    return {
        "id": "memory-time",
        "title": "Memory time by node",
        "kind": "bars",
        "about": f"{shown}Share of memory time that was reserved, and that held half of a pair.",
        "x": {"label": "node", "names": [row.node for row in rows]},
        "y": {"label": "share of memory time, %", "most": 100},
        "series": [
            {"name": name, "points": [[number, 100 * share] for number, share in enumerate(shares)]}
            for name, shares in (
                ("reserved", [row.utilisation for row in rows]),
                ("entangled", [row.entangled for row in rows]),
            )
        ],
    }


def _links(result: Result) -> Chart:
    rows = sorted(result.links, key=lambda link: -link.heralds)[:_BARS]
    shown = f"The {_BARS} fastest of {len(result.links)} links. " if len(rows) < len(result.links) else ""
    points = [[number, link.heralds / result.simulated_s] for number, link in enumerate(rows)]
    return {
        "id": "rates",
        "title": "Heralded pairs by link",
        "kind": "bars",
        "about": f"{shown}Entanglement heralded per second of simulated time.",
        "x": {"label": "link", "names": [f"{link.a} – {link.b}" for link in rows]},
        "y": {"label": "heralded pairs per second"},
        "series": [{"name": "heralded", "points": points}],
    }


def _interval(centre: float, half: float | None) -> list[float | None]:
    """The ends of an interval about a rate or a fidelity, neither of which can be negative."""
    return [None, None] if half is None else [max(centre - half, 0.0), centre + half]


def _thinned(points: list[list[Any]]) -> list[list[Any]]:
    """Evenly chosen points, the first and the last among them."""
    return [points[number] for number in _even(len(points))]


def _even(size: int) -> Sequence[int]:
    """The numbers of as many of so many points as a chart shows."""
    if size <= _POINTS:
        return range(size)
    return [round(number * (size - 1) / (_POINTS - 1)) for number in range(_POINTS)]


def _said(shown: list[Any], of: list[Any]) -> str:
    return f" Every so many flows: {len(shown)} of {len(of)}." if len(shown) < len(of) else ""


def _plus_minus(half: float | None) -> str:
    return "" if half is None else f" ± {half:.2g} s (95 %)"
