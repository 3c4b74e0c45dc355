"""How delays of pairs are written."""

from __future__ import annotations

from typing import Any

from qsim.network.importers.delay_channels import section
from qsim.network.loss_report import LossReport

LINKS: list[dict[str, Any]] = [{"between": ["a", "b"], "length": 2e5}]


def test_no_delays_need_no_section() -> None:
    assert section(["a", "b"], LINKS, {}, LossReport("x"), "p") == {}


def test_one_pair_is_a_channel_even_when_it_is_all() -> None:
    made = section(["a", "b"], LINKS, {("b", "a"): 1e-3, ("a", "b"): 1e-3}, LossReport("x"), "p")
    assert made == {"channels": [{"between": ["b", "a"], "delay": 1e-3}]}


def test_all_pairs_of_three_are_a_table() -> None:
    delays = {("a", "b"): 1.0, ("b", "c"): 2.0, ("a", "c"): 3.0}
    made = section(["a", "b", "c"], LINKS, delays, LossReport("x"), "p")
    assert made == {"one_way": {"nodes": ["a", "b", "c"], "table": [[0, 1, 3], [1, 0, 2], [3, 2, 0]]}}


def test_two_directions_that_differ_are_a_table() -> None:
    made = section(["a", "b"], LINKS, {("a", "b"): 1.0, ("b", "a"): 2.0}, LossReport("x"), "p")
    assert made["one_way"]["table"] == [[0.0, 1.0], [2.0, 0.0]]


def test_differing_directions_without_a_fibre_path_are_averaged_and_reported() -> None:
    report = LossReport("x")
    made = section(["a", "b", "c"], LINKS, {("a", "b"): 1.0, ("b", "a"): 2.0}, report, "edges")
    assert made == {"channels": [{"between": ["a", "b"], "delay": 1.5}]}
    assert [entry.path for entry in report.losses] == ["edges"]
