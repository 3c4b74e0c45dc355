"""The same flows here and in the published files, one by one."""

from __future__ import annotations

import math
from collections import defaultdict

import _published as published
from _harness import Report
from _runs import Runs, listed, reference

#: A flow differs beyond chance by more standard errors of two counts, and by a greater ratio, than these.
ODD_SIGMA, ODD_RATIO = 5, 4 / 3


class Group:
    """The same flows here and in the published files, those apart that differ beyond chance."""

    def __init__(self) -> None:
        self.flows = self.more = self.fewer = 0
        self.all, self.rest = [0.0, 0.0], [0.0, 0.0]

    def add(self, ours: float, theirs: float) -> None:
        """Count one flow."""
        self.flows += 1
        self.all = [self.all[0] + ours, self.all[1] + theirs]
        fewer, more = sorted((ours, theirs))
        if more - fewer > ODD_SIGMA * math.sqrt(more + fewer) and more > ODD_RATIO * fewer:
            self.more += ours > theirs
            self.fewer += ours < theirs
        else:
            self.rest = [self.rest[0] + ours, self.rest[1] + theirs]

    def row(self) -> list[object]:
        """Counts, and the ratios with and without what differs beyond chance."""
        return [
            self.flows,
            round(self.all[0]),
            round(self.all[1]),
            _ratio(*self.all),
            f"{self.more} / {self.fewer}",
            _ratio(*self.rest),
        ]


def _ratio(ours: float, theirs: float) -> str:
    if not ours or not theirs:
        return ""
    ratio = ours / theirs
    return f"{ratio:.4f} ± {ratio * math.sqrt(1 / ours + 1 / theirs):.4f}"


def tell(report: Report, runs: Runs) -> None:
    """Compare all runs that there is a published file for."""
    groups: dict[tuple[int, str], Group] = defaultdict(Group)
    for case, one in runs.items():
        file = reference(case)
        if file is None or listed(one.flows) != file.flows:
            continue
        for flow, pairs in zip(one.flows, file.pairs, strict=True):
            hops = len(flow.path) - 1
            groups[hops, _need(flow.target_fidelity, hops)].add(flow.pairs, pairs)
    if not groups:
        return
    report.say(
        """The same flows one by one, by what they need: no purification, purification after swaps, or of
        fresh pairs already. Some flows differ beyond chance, by more than 5 standard errors of two counts
        and by more than a third (there are more pairs here / fewer pairs here): nearly all are published
        flows that come to a standstill in mid-window, often before the first pair. The last column leaves
        them out. Errors are those of two Poisson counts; flows in lock-step scatter more."""
    )
    report.table(
        ["hops", "needs", "flows", "pairs", "published", "ratio", "beyond chance", "ratio of the rest"],
        [[hops, need, *group.row()] for (hops, need), group in sorted(groups.items())],
    )


def _need(target: float, hops: int) -> str:
    if target <= published.UNPURIFIED[hops]:
        return "nothing"
    return "purification" if target <= published.FRESH else "of fresh pairs"
