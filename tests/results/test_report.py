from __future__ import annotations

import pytest

from qsim.model.rows import LinkRow
from qsim.results.text_report import SHOWN
from tests.results.specimens import flow, result

LONG = "a_router_with_quite_a_long_name"


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    wide = result(
        flows=tuple(flow((LONG, "b", LONG + "_2"), pairs=10**9, throughput_hz=1e8) for _ in range(3)),
        links=(LinkRow("x", LONG, LONG + "_2", 20_000.0, 10**9, 10**8, 0.004, 1e-7, 0.99),),
    )
    lines = wide.text(width).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_row_never_takes_two_lines(width: int) -> None:
    text = result(flows=(flow((LONG, "b"), pairs=77_001),), unfinished=(), stalls=()).text(width)
    lines = text.splitlines()
    heading = lines.index("Finished flows")
    assert "77001" in lines[heading + 2]
    # What has no room is named, and nothing else follows.
    assert all(
        line == "" or line.startswith("(a wider page has ") for line in lines[heading + 3 : heading + 4]
    )


def test_the_page_has_no_colour_and_no_trailing_blanks() -> None:
    text = result().text(80)
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_a_narrow_page_keeps_what_matters_and_a_wide_one_shows_everything() -> None:
    (narrow,) = (
        line for line in result().text(80).splitlines() if line.startswith("from") and "status" not in line
    )
    (wide,) = (
        line for line in result().text(120).splitlines() if line.startswith("from") and "status" not in line
    )
    assert {"pairs", "pairs/s", "fidelity"} <= set(narrow.split())
    assert {"hops", "memories", "target"} <= set(wide.split())


def test_long_tables_are_cut_and_counted() -> None:
    text = result(flows=tuple(flow(pairs=1000 + number) for number in range(SHOWN + 5))).text(100)
    assert "... and 5 more" in text
    assert "1019" in text
    assert "1020" not in text


def test_the_head_names_seed_time_and_speed() -> None:
    assert "seed 7: 100 s simulated in 250 ms, 1 234 events, 4 936 events/s" in result().text(80)


def test_what_needs_attention_is_said() -> None:
    text = result(interrupted=True).text(200)
    assert "2 flows completed, 1 unfinished; 3 reservation attempts rejected" in text
    assert "stalled: c → a at 99.5 s: every memory of b holds a pair of another request" in text
    assert "interrupted at 100 s of simulated time" in text


def test_what_applications_measured_is_shown_with_its_unit() -> None:
    from qsim.model.rows import MetricRow

    metrics = (
        MetricRow("teleportation", "latency", "s", 12, 0.0025, 1e-4),
        MetricRow("teleportation", "fidelity", "1", 0, None, None),
        MetricRow("keys", "rate", "bit/s", 3, 20_500.0, 1.5),
    )
    lines = result(metrics=metrics).text(80).splitlines()
    heading = lines.index("Measured by applications")
    assert [line.split(maxsplit=2) for line in lines[heading + 2 : heading + 5]] == [
        ["teleportation", "latency", "12  2.5 ms     100 µs"],
        ["teleportation", "fidelity", "0       -          -"],
        ["keys", "rate,", "bit/s   3  20 500        1.5"],
    ]


def test_pairs_of_unfinished_flows_count_as_delivered() -> None:
    assert "40 pairs delivered (0.4 a second)" in result().text(80)


def test_a_run_in_which_nothing_happened_still_makes_a_page() -> None:
    text = result(
        name="",
        flows=(),
        unfinished=(),
        links=(),
        memories=(),
        stalls=(),
        events=0,
        wall_s=0.0,
        simulated_s=0.0,
    ).text(80)
    assert "(unnamed scenario)" in text
    assert "0 events" in text
    assert "0 flows completed" in text


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    assert "[bold]x[/bold]" in result(name="[bold]x[/bold]").text(80)


def test_a_narrow_summary_by_hops_gives_up_columns_before_it_shortens_them() -> None:
    text = result(unfinished=(), stalls=()).text(40)
    table = text.partition("Finished flows by number of hops")[2].partition("\n\n")[0]
    rows = [line for line in table.splitlines() if not line.startswith("(a wider page has ")]
    assert "mean pairs/s" in "".join(rows)
    assert "…" not in "".join(rows)
