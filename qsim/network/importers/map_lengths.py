"""Lengths of the links of a map: given, measured, or put in, and held against the places of their ends."""

from __future__ import annotations

from typing import Any

from qsim.errors import NetworkError
from qsim.model.plausible import WINDING, odd_attenuation, odd_delay, too_short
from qsim.network.loss_report import LossReport


class MapLengths:
    """Settles the lengths of links, and reports how.

    Args:
        report: takes note of lengths that are measured, put in, or hardly meant.
        usual: length of links of which nothing is known, m; None makes that an error.
        least: shorter links are made as long as this, m; None leaves them as they are.
    """

    def __init__(self, report: LossReport, usual: float | None, least: float | None) -> None:
        self.report = report
        self.usual = usual
        self.least = least

    def of(self, path: str, given: float | None, apart: float | None, *, globe: bool) -> float | None:
        """The length of a link, m.

        Args:
            path: the edge in the source.
            given: its length as the source gives it, m.
            apart: distance between the places of its ends, m.
            globe: whether it follows from coordinates.

        Returns:
            The length; None if nothing is known of it.
        """
        where = f"{path}.length"
        if given is None and apart is not None:
            self.report.assumed(
                where, "the source gives no length", "as far as the places of its ends are apart"
            )
        elif given is not None and apart:
            value = f"{given / 1e3:g} km for {apart / 1e3:.4g} km"
            if too_short(given, apart, globe=globe):
                self.report.changed(
                    where,
                    value,
                    "shorter than the places of its ends are apart",
                    "the length is taken; it or a place is wrong",
                )
            elif given > WINDING * apart:
                self.report.remark(
                    where, value, f"over {WINDING:g} times as long as the places of its ends are apart"
                )
        length = apart if given is None else given
        return None if length is None else self._long_enough(where, length)

    def _long_enough(self, where: str, length: float) -> float:
        if self.least is not None and length < self.least:
            self.report.changed(
                where, f"{length:g} m", "shorter than the least length asked for", f"{self.least:g} m"
            )
            return self.least
        if length == 0:
            self.report.remark(
                where,
                "0 m",
                "light takes no time along it, and pairs come as fast as memories can",
                "taken as it stands; `least_length` puts a length in its place",
            )
        return length

    def fill(self, links: list[dict[str, Any]], unread: dict[frozenset[str], str]) -> None:
        """Give the links without a length the usual one.

        Args:
            links: the links of the new document.
            unread: by the two ends of an edge, what its unreadable length says, and why it cannot be read.

        Raises:
            NetworkError: there are such links, and no usual length.
        """
        unknown = [link for link in links if "length" not in link]
        if unknown and self.usual is None:
            raise NetworkError(f"{self.report.source}: {_unknown(links, unknown, unread)}")
        for link in unknown:
            first, second = link["between"]
            where = f"edges[{first}, {second}].length"
            length = self.usual or 0.0
            if frozenset(link["between"]) in unread:
                why = "the length cannot be read, and the places of both nodes are not given"
            else:
                why = "the source gives neither a length nor the places of both nodes"
            self.report.assumed(where, why, f"{length:g} m")
            link["length"] = self._long_enough(where, length)


def _unknown(
    links: list[dict[str, Any]], unknown: list[dict[str, Any]], unread: dict[frozenset[str], str]
) -> str:
    """Why some links have no length."""
    shown = ", ".join("-".join(link["between"]) for link in unknown[:5]) + (", ..." if unknown[5:] else "")
    said = [
        f"; {'-'.join(link['between'])} has {unread[pair]}"
        for link in unknown[:5]
        if (pair := frozenset(link["between"])) in unread
    ]
    readable = " that can be read" if said else ""
    return (
        f"{len(unknown)} of {len(links)} links have no length{readable}, and their nodes no place to "
        f"measure it by: {shown}{''.join(said)}; give `length`, the length of such links"
    )


def judge_attenuation(report: LossReport, path: str, attenuation: float) -> None:
    """Remark on a loss that no fibre has; dB/m."""
    if odd := odd_attenuation(attenuation):
        report.remark(f"{path}.attenuation", f"{attenuation * 1e3:g} dB/km", odd)


def judge_delay(report: LossReport, path: str, delay: float, length: float | None) -> None:
    """Remark on a delay in seconds that is faster than light along so many metres, or far slower."""
    if odd := odd_delay(delay, length or 0.0):
        report.remark(f"{path}.delay", f"{delay:g} s for {(length or 0.0) / 1e3:g} km", odd)
