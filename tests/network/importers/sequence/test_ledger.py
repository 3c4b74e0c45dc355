"""The account of a configuration's keys."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import NetworkError
from qsim.network.importers.sequence.unread_keys import KeyTracker, leaves
from qsim.network.loss_report import LossReport

DOCUMENT: dict[str, Any] = {
    "a": {"x": 1, "y": [2, 3], "none": {}},
    "a.b": 4,
    "list": [{"k": "t"}, {}],
    "ab": True,
}


def keys() -> KeyTracker:
    return KeyTracker(DOCUMENT, LossReport("doc"))


def test_leaves_are_scalars_and_empty_containers() -> None:
    assert [path for path, _ in leaves(DOCUMENT)] == [
        "a.x", "a.y[0]", "a.y[1]", "a.none", '["a.b"]', "list[0].k", "list[1]", "ab",
    ]  # fmt: skip


def test_what_is_read_is_converted_and_the_rest_is_left() -> None:
    account = keys()
    top = account.top()
    section = top.section("a")
    assert section is not None
    assert section.number("x", 0) == 1
    assert section.whole_table("y") == [2, 3]
    assert account.converted() == ("a.x", "a.y[0]", "a.y[1]")
    assert [path for path, _ in account.left()] == ["a.none", '["a.b"]', "list[0].k", "list[1]", "ab"]


def test_what_is_reported_is_neither_left_nor_reported_twice() -> None:
    account = keys()
    section = account.top().section("a")
    assert section is not None
    section.changed("y", "why", "instead")
    section.changed("y", "why", "instead")
    assert [entry.path for entry in account.report] == ["a.y"]
    assert "a.y[0]" not in dict(account.left())


def test_what_is_dropped_is_no_longer_converted() -> None:
    account = keys()
    section = account.top().section("a")
    assert section is not None
    section.number("x", 0)
    section.dropped_whole("why", "instead")
    assert account.converted() == ()
    assert [path for path, _ in account.left()] == ['["a.b"]', "list[0].k", "list[1]", "ab"]


def test_defaults_stand_in_for_what_is_missing_or_null() -> None:
    top = KeyTracker({"n": None}, LossReport("doc")).top()
    assert top.number("n", 5) == 5
    assert top.number("m", 6) == 6
    assert top.flag("f", default=True) is True
    assert top.text("t", "word") == "word"
    assert top.section("s") is None
    assert top.sections("l") == []


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda top: top.number("ab", 0), "doc: ab: expected a number, got True"),
        (lambda top: top.text("a"), "doc: a: expected text"),
        (lambda top: top.flag("a.b", default=False), r'doc: \["a.b"\]: expected true or false, got 4'),
        (lambda top: top.section("ab"), "doc: ab: expected a mapping"),
        (lambda top: top.sections("a"), "doc: a: expected a list of mappings"),
    ],
)
def test_values_of_another_type_are_errors(read: Any, message: str) -> None:
    with pytest.raises(NetworkError, match=f"^{message}"):
        read(keys().top())
