"""Tables that applications bring: stored, packed, exported, summarised, shown; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pytest

import qsim
from qsim import registry
from qsim.errors import RegistryError, ResultError
from qsim.model.rows import Cell, Row
from qsim.results.result_files import pack, unpack
from tests.protocols.programs.stars import star


@dataclass(frozen=True, slots=True)
class LampRow(Row):
    """One lamp."""

    lamp: Annotated[str, Cell("name of the lamp")]
    seen: Annotated[tuple[str, ...], Cell("who sees it")]
    lit_s: Annotated[float | None, Cell("how long it burns", "s")]
    flickers: Annotated[int, Cell("how often it flickers", "1")]


@pytest.fixture
def lamps() -> Iterator[None]:
    registry.register("table", "lamps")(LampRow)
    yield
    registry.unregister("table", "lamps")


def result(*rows: Row) -> Any:
    net = qsim.Network()
    net.add_nodes("a", "b").add_link("a", "b", "1 km").request("a", "b")
    plain = net.run(duration="1 ms", seed=1)
    return replace(plain, own={"lamps": rows} if rows else {})


LIT = (LampRow("=north", ("a", "b"), 2.5, 3), LampRow("south", (), None, 0))


@pytest.mark.usefixtures("lamps")
def test_a_table_without_rows_changes_no_fingerprint() -> None:
    assert result().table("lamps") == ()
    assert result().fingerprint != result(*LIT).fingerprint
    assert "lamps" not in result().to_dict()


@pytest.mark.usefixtures("lamps")
def test_they_are_stored_packed_and_read_back(tmp_path: Path) -> None:
    kept = result(*LIT)
    kept.save(tmp_path / "run")
    assert qsim.Result.load(tmp_path / "run") == kept
    read, _ = unpack(pack(kept, {}), "here", qsim.Result)
    assert read == kept
    assert read.to_dict()["lamps"][0] == {"lamp": "=north", "seen": ["a", "b"], "lit_s": 2.5, "flickers": 3}


@pytest.mark.usefixtures("lamps")
def test_they_are_shown_summarised_and_exported(tmp_path: Path) -> None:
    kept = result(*LIT)
    text = kept.text(100)
    assert "Lamps" in text
    assert "=north" in text
    assert "2.5 s" in text
    summary = kept.summary(table="lamps")
    assert list(summary["metric"]) == ["lit_s"]
    assert summary["mean"].item() == 2.5
    kept.export(tmp_path / "out")
    assert pd.read_csv(tmp_path / "out" / "lamps.csv")["lamp"][0] == "'=north"
    result().export(tmp_path / "out")
    assert not (tmp_path / "out" / "lamps.csv").exists()


def test_a_result_with_a_table_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    registry.register("table", "lamps")(LampRow)
    result(*LIT).save(tmp_path / "run")
    registry.unregister("table", "lamps")
    with pytest.raises(ResultError, match=r"table 'lamps'.*registers"):
        qsim.Result.load(tmp_path / "run")


def test_a_class_that_is_no_row_is_refused() -> None:
    with pytest.raises(RegistryError, match="Row"):
        registry.register("table", "lamps")(type("Lamp", (), {}))


def test_a_request_for_ghz_states_has_its_row() -> None:
    net, users = star(3)
    net.set_protocols(cutoff={"kind": "age", "after": "150 us"})
    net.add_traffic("ghz", hub="hub", users=users, states=20)
    run = net.run(duration="1 s", seed=2, stop_when_done=True)
    (row,) = run.table("ghz-requests")
    assert (row.states, row.wanted, row.status) == (20, 20, "completed")
    assert row.lost > 0
    assert row.users == ("u0", "u1", "u2")
    assert row.waited_for in users
    assert row.rate_hz == pytest.approx(20 / run.simulated_s)
    assert row.fidelity_mean == pytest.approx(1)
    frame = run.frame("ghz-requests")
    assert frame.attrs["units"]["wait_mean_s"] == "s"
