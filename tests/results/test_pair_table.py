"""Tables of pairs: columns inside, rows outside."""

from __future__ import annotations

import pickle
import tracemalloc

import numpy as np
import pytest

from protocols.runtime.pair_log import PairLog
from qsim.errors import ResultError
from qsim.model.pair_table import PairTable
from qsim.model.rows import PairRow
from qsim.results import Result
from tests.results.specimens import result

ROWS = tuple(PairRow(n % 3, n * 0.1, 0.9, 1e-4, None if n == 4 else n * 0.1, n * 0.05) for n in range(10))


def test_a_table_is_a_sequence_of_its_rows() -> None:
    table = PairTable.of(ROWS)
    assert (len(table), tuple(table), table[4], table[-1]) == (10, ROWS, ROWS[4], ROWS[-1])
    assert table == ROWS
    assert table == ROWS
    assert table == PairTable.of(list(ROWS))
    assert table != ROWS[:-1]
    assert table != PairTable.of((*ROWS[:-1], ROWS[0]))
    assert table[2:8:2] == ROWS[2:8:2]
    assert ROWS[3] in table
    assert not PairTable.of(())
    with pytest.raises(IndexError):
        table[10]
    assert {type(cell) for cell in (table[0].flow, table[0].time_s)} == {int, float}


def test_columns_are_typed_and_cannot_be_written_to() -> None:
    table = PairTable.of(ROWS)
    assert table.column("flow").dtype == np.int64
    assert np.isnan(table.column("initiator_time_s")[4])
    with pytest.raises(ValueError, match="read-only"):
        table.column("time_s")[0] = 1.0
    with pytest.raises(ResultError, match=r"no column 'times'.*time_s"):
        table.column("times")
    with pytest.raises(ResultError, match="has the columns flow, time_s"):
        PairTable({"flow": np.zeros(1)})
    cells = {name: table.column(name) for name in ("time_s", "fidelity", "age_s", "initiator_time_s")}
    with pytest.raises(ResultError, match="differ in length"):
        PairTable({**cells, "responder_time_s": np.zeros(10), "flow": np.zeros(9)})


def test_the_digest_is_of_every_cell() -> None:
    table = PairTable.of(ROWS)
    assert PairTable.of(ROWS).digest == table.digest == pickle.loads(pickle.dumps(table)).digest
    others = [
        PairTable.of((*ROWS[:5], PairRow(*(*(getattr(ROWS[5], n) for n in names[:k]), 2, *_rest(k)))))
        for names in [("flow", "time_s", "fidelity", "age_s", "initiator_time_s", "responder_time_s")]
        for k in range(6)
    ]
    assert len({other.digest for other in (*others, table, table[:5])}) == 8


def _rest(place: int) -> list[float]:
    names = ("flow", "time_s", "fidelity", "age_s", "initiator_time_s", "responder_time_s")
    return [getattr(ROWS[5], name) for name in names[place + 1 :]]


def test_many_pairs_enter_the_fingerprint_by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    few, rows = result(), list(result().pairs)
    table = result(pairs=PairTable.of(rows))
    assert few.fingerprint == few.fingerprint_by(column=False) == table.fingerprint
    monkeypatch.setattr("qsim.model.outcome._SPELT_OUT", 1)
    many = result()
    assert many.fingerprint == many.fingerprint_by(column=True) == table.fingerprint
    assert many.fingerprint != result(pairs=tuple(reversed(rows))).fingerprint


def test_a_log_gives_what_it_was_told_and_goes_on() -> None:
    log = PairLog()
    assert log.table({}) == ()
    log.add(9, (1_000_000, 2_000_000), 0.9, 500_000)
    first = log.table({9: 1, 4: 0})
    log.add(4, (5_000_000, 3_000_000), 0.8, 3_500_000)
    second = log.table({9: 0, 4: 1})
    assert first == (PairRow(1, 2e-6, 0.9, 1.5e-6, 1e-6, 2e-6),)
    assert second == (PairRow(0, 2e-6, 0.9, 1.5e-6, 1e-6, 2e-6), PairRow(1, 5e-6, 0.8, 1.5e-6, 5e-6, 3e-6))


def test_a_recorded_pair_takes_forty_bytes() -> None:
    log = PairLog()
    tracemalloc.start()
    try:
        for number in range(20_000):
            log.add(number & 3, (number * 10**6, number * 10**6 + 7), 0.9, number)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 20_000 * 48


def test_frames_and_summaries_are_those_of_the_rows() -> None:
    rows = result(pairs=ROWS, unfinished=result().unfinished)
    table = result(pairs=PairTable.of(ROWS), unfinished=result().unfinished)
    assert table == rows
    assert table.frame("pairs").equals(rows.frame("pairs"))
    assert table.frame("pairs").attrs == rows.frame("pairs").attrs
    by = ["hops", "initiator", "responder"]
    found = table.summary(by, table="pairs")
    assert found.equals(rows.summary(by, table="pairs"))
    mean = found[(found["hops"] == 2) & (found["metric"] == "age_s")]
    assert mean[["initiator", "responder", "n"]].to_numpy().tolist() == [["a", "c", 3]]


def test_stored_pairs_are_columns_again(tmp_path: pytest.TempPathFactory) -> None:
    made = result(pairs=PairTable.of(ROWS))
    made.save(str(tmp_path))
    read = Result.load(str(tmp_path))
    assert isinstance(read.pairs, PairTable)
    assert read == made
