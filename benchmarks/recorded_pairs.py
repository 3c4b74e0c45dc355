"""Runs that record ten million pairs: memory, and CPU seconds to store them, to read them, to report them.

The pairs are made up and written down one by one as a run does it; each step is a process of its own.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from pathlib import Path

from _harness import Report, fresh, peak_memory_mb, run

import qsim
from protocols.runtime.pair_log import PairLog
from qsim.report import write_report
from qsim.results import Result

#: Picoseconds between two deliveries, and from a delivery to the other end's, about.
STEP, LAG = 137_113, 2_000_001


def recorded(pairs: int) -> Result:
    """The result of a small run, with so many pairs in the place of its own."""
    network = qsim.Network().add_nodes("a", "b").add_link("a", "b", "1 km").request("a", "b")
    result = network.run(duration="50 ms", seed=1)
    log = PairLog()
    for number in range(pairs):
        time_ps = number * STEP + LAG
        used = (time_ps, time_ps + LAG)
        log.add(0, used, 0.9 + number % 7919 * 1e-6, time_ps - number * 7919 % 1_000_003)
    return dataclasses.replace(result, pairs=log.table({0: 0}))


def write(pairs: int, folder: Path) -> tuple[float, float, float]:
    """Record and store: CPU seconds of both, and the peak of memory in MB."""
    began = time.process_time()
    result = recorded(pairs)
    middle = time.process_time()
    result.save(folder)
    return middle - began, time.process_time() - middle, peak_memory_mb()


def read(folder: Path) -> tuple[float, float]:
    """Read: CPU seconds, and the peak of memory in MB."""
    began = time.process_time()
    Result.load(folder)
    return time.process_time() - began, peak_memory_mb()


def report_of(folder: Path) -> tuple[float, float, float]:
    """Read and write the page: CPU seconds, the peak of memory in MB, and the size of the page in MB."""
    began = time.process_time()
    page = write_report(folder, folder.with_suffix(".html"))
    return time.process_time() - began, peak_memory_mb(), page.stat().st_size / 1e6


def fill(report: Report, options: argparse.Namespace) -> None:
    """Record, store, read, report."""
    pairs = 20_000 if options.quick else 10_000_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        recording, storing, most = fresh(write, pairs, folder)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        reading, while_reading = fresh(read, folder)
        reporting, while_reporting, page = fresh(report_of, folder)
    report.say(f"{pairs:,} recorded pairs, {size:.0f} MB on disk; the report reads them first.")
    report.table(
        ["step", "CPU s", "peak memory, MB"],
        [
            [f"record, {1e6 * recording / pairs:.2f} us a pair", recording, most],
            ["store", storing, most],
            ["read", reading, while_reading],
            [f"report, a page of {page:.2f} MB", reporting, while_reporting],
        ],
    )
    report.goal("recorded pairs, peak memory", max(most, while_reading, while_reporting), 1000, "MB")
    report.goal("recorded pairs, to store", storing, 5, "s")
    report.goal("recorded pairs, to read", reading, 5, "s")
    report.goal("recorded pairs, to report", reporting, 10, "s")


if __name__ == "__main__":
    run("Recorded pairs", fill)
