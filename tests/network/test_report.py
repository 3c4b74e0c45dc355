"""The report of what an import loses."""

from __future__ import annotations

import json

from qsim.network.loss_report import Effect, LossReport


def report() -> LossReport:
    made = LossReport("old.json")
    made.harmless("nodes[0].seed", 0, "streams are seeded by name", "one root seed")
    made.assumed("stop_time", "not given", "1 s")
    made.harmless("nodes[1].seed", 1, "streams are seeded by name", "one root seed")
    made.changed("type", "X", "unknown", "a router")
    made.dropped("note", "n" * 80, "unknown", "left out")
    return made


def test_losses_are_what_changes_the_simulation() -> None:
    assert [entry.path for entry in report().losses] == ["type", "note"]
    assert len(report()) == 5
    assert [entry.effect for entry in report()][:2] == [Effect.HARMLESS, Effect.ASSUMED]


def test_text_gathers_like_entries_and_puts_losses_first() -> None:
    assert report().text().splitlines() == [
        f"dropped: note = {'n' * 37}...: unknown; left out",
        "changed: type = X: unknown; a router",
        "assumed: stop_time: not given; 1 s",
        "harmless: nodes[0].seed = 0 and 1 more: streams are seeded by name; one root seed",
    ]


def test_report_is_plain_data() -> None:
    plain = json.loads(json.dumps(report().to_dict()))
    assert plain["source"] == "old.json"
    assert plain["lost"] == 2
    assert plain["entries"][3] == {
        "path": "type",
        "value": "X",
        "why": "unknown",
        "instead": "a router",
        "effect": "changed",
    }


def test_an_empty_report_has_no_text() -> None:
    assert LossReport("x").text() == ""
