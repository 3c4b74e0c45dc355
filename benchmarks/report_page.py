"""The report page of a run with up to a thousand nodes: how long to write, how large, how long to open.

The result is made up rather than simulated, since the page does not care: a square grid, flows along shortest
paths between random nodes, and figures to go with them. Opening is timed in headless Chromium, driven by
Selenium, from the request for the file until two frames are drawn, where both are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from _harness import Report, measure, run, spread

from qsim.model.rows import FlowRow, LinkRow, MemoryRow
from qsim.report import write_report
from qsim.results import Result

SIMULATED = 100.0


def made_up(nodes: int, flows: int) -> Result:
    """A result on a grid of so many nodes, as square as it can be."""
    import networkx as nx

    rows = max(rows for rows in range(1, math.isqrt(nodes) + 1) if nodes % rows == 0)
    grid = nx.grid_2d_graph(rows, nodes // rows)
    names = {place: f"router {place[0]}, {place[1]}" for place in grid}
    draw = random.Random(1)

    def flow() -> FlowRow:
        path = tuple(names[place] for place in nx.shortest_path(grid, *draw.sample(list(grid), 2)))
        length = round(draw.uniform(1.0, 20.0), 3)
        start = round(draw.uniform(0.0, SIMULATED - length), 3)
        pairs = draw.randrange(1, 500)
        return FlowRow(
            initiator=path[0],
            responder=path[-1],
            path=path,
            start_s=start,
            end_s=start + length,
            memories=1,
            target_fidelity=0.8,
            wait_s=draw.random(),
            pairs=pairs,
            throughput_hz=pairs / length,
            fidelity_mean=draw.uniform(0.8, 1.0),
            latency_mean_s=length / pairs,
            status="completed",
        )

    ends = [(names[a], names[b]) for a, b in grid.edges]
    return Result(
        name="A grid",
        seed=1,
        simulated_s=SIMULATED,
        wall_s=1.0,
        cpu_s=1.0,
        setup_s=0.1,
        events=1_000_000,
        flows=tuple(flow() for _ in range(flows)),
        unfinished=(),
        rejected=0,
        links=tuple(
            LinkRow(f"{a}-{b}", a, b, 5e3, 10_000, draw.randrange(1000), 0.01, 0.1, 0.98) for a, b in ends
        ),
        memories=tuple(MemoryRow(name, 50, draw.random(), draw.random() / 2, 3) for name in names.values()),
        document={"nodes": {name: {} for name in names.values()}},
    )


def opening(page: Path, repeats: int) -> list[float] | None:
    """Seconds to open a page in headless Chromium; None where it cannot be driven."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None or importlib.util.find_spec("selenium") is None:
        return None
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    session = webdriver.Chrome(options=options, service=Service(driver))
    frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));"
    samples = []
    try:
        session.get("about:blank")
        for _ in range(repeats):
            began = time.perf_counter()
            session.get(page.as_uri())
            session.execute_async_script(frames)
            samples.append(time.perf_counter() - began)
            if session.execute_script("return document.documentElement.dataset.ready") != "yes":
                raise RuntimeError("the page did not put itself together")
    finally:
        session.quit()
    return samples


def fill(report: Report, options: argparse.Namespace) -> None:
    """Write and open reports of growing size."""
    repeats = 1 if options.quick else 5
    sizes = ((9, 20),) if options.quick else ((9, 100), (100, 1000), (1000, 3000))
    report.say(
        """CPU seconds to write the page of a made-up run on a grid, its size, and wall-clock seconds to open
        it in headless Chromium without a graphics processor, until two frames are drawn."""
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        for nodes, flows in sizes:
            result = made_up(nodes, flows)
            written = measure(lambda result=result: lambda: write_report(result, page), repeats)
            size = page.stat().st_size / 1e6
            opened = opening(page, repeats)
            rows.append(
                [nodes, flows, written.text(), size, "no browser" if opened is None else spread(opened)]
            )
            if nodes == 1000:
                report.goal("report of 1000 nodes, size", size, 10, "MB")
                if opened is not None:
                    report.goal("report of 1000 nodes, to open", statistics.median(opened), 3, "s")
    report.table(["nodes", "flows", "to write, s", "size, MB", "to open, s"], rows)


if __name__ == "__main__":
    run("Report page: to write and to open", fill)
