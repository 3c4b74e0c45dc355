"""The charts of a page in a browser: hover, zoom, axes, files; and what the map shows over time."""

from __future__ import annotations

import base64
import csv
import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import qsim
from qsim.model.rows import PairRow
from tests.report.conftest import Window, Write
from tests.report.specimens import network
from tests.report.test_browser_run import data, slide
from tests.results.specimens import flow, result, sweep

_CATCH = """
window.saved = [];
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); };
"""
_READ = """
const done = arguments[0];
const reader = new FileReader();
reader.onload = () => done(reader.result.split(",")[1]);
const wait = () => (saved.length ? reader.readAsDataURL(saved.pop()) : setTimeout(wait, 20));
wait();
"""
#: Frames of simulated time with pairs: 20 pairs at 15 s of fidelity 0.9, 10 at 50 s of fidelity 0.7.
PAIRS = tuple(PairRow(0, 15.0, 0.9, 0.1) for _ in range(20)) + tuple(
    PairRow(1, 50.0, 0.7, 0.1) for _ in range(10)
)


@pytest.fixture
def page(write: Write) -> Path:
    return write(network(pairs=PAIRS))


def saved(window: Window, figure: str, kind: str) -> bytes:
    """What a download button hands over."""
    window.run(_CATCH)
    window.run(
        "[...document.querySelectorAll(`${arguments[0]} .save`)]"
        ".find((button) => button.textContent === arguments[1]).click()",
        figure,
        kind,
    )
    return base64.b64decode(window.driver.execute_async_script(_READ))


def scale(window: Window, figure: str, axis: str) -> dict[str, Any]:
    script = "const {min, max, distr} = document.querySelector(arguments[0]).plot.scales[arguments[1]];"
    found: dict[str, Any] = window.run(f"{script} return {{min, max, distr}}", figure, axis)
    return found


def over(window: Window, figure: str, series: int, point: int) -> None:
    """Move the pointer onto a point of a chart."""
    window.run(
        """
        const figure = document.querySelector(arguments[0]);
        const [x, y] = figure.chart.series[arguments[1]].points[arguments[2]];
        const { plot } = figure;
        figure.scrollIntoView({ block: "center" });
        const box = plot.over.getBoundingClientRect();
        const [left, top] = plot.scales.x.ori === 0
          ? [plot.valToPos(x, "x"), plot.valToPos(y, "y")] : [plot.valToPos(y, "y"), plot.valToPos(x, "x")];
        const at = { clientX: box.left + left + 2, clientY: box.top + top + 2 };
        plot.over.dispatchEvent(new PointerEvent("pointermove", at));
        """,
        figure,
        series,
        point,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_point_under_the_pointer_tells_its_figures(
    window: Window, write: Write, width: int, scheme: str
) -> None:
    window.show(write(sweep()), width=width, prefers_color_scheme=scheme)
    over(window, "#sweep-chart", 1, 0)
    series = window.run("return document.getElementById('sweep-chart').chart.series[1]")
    tip = window.find("#sweep-chart .tip")
    assert tip.is_displayed()
    said = tip.text.splitlines()
    assert said[0] == series["name"]
    assert said[-1].startswith("95 %:")
    box = tip.rect
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert window.complaints == []


def test_a_drag_zooms_and_there_are_two_ways_back(window: Window, page: Path) -> None:
    from selenium.webdriver import ActionChains

    window.show(page)
    chart = "#chart-delivered"
    whole = scale(window, chart, "x")
    back = window.find(f"{chart} .whole")
    assert not back.is_displayed()
    for way in ("button", "double click"):
        area = window.find(f"{chart} .u-over")
        window.run("arguments[0].scrollIntoView({block: 'center'})", area)
        drag = ActionChains(window.driver).move_to_element_with_offset(area, -80, -40)
        drag.click_and_hold().move_by_offset(100, 90).release().perform()
        window.frames()
        near = scale(window, chart, "x")
        assert whole["min"] < near["min"] < near["max"] < whole["max"], way
        assert scale(window, chart, "y")["max"] < 31
        back = window.find(f"{chart} .whole")
        assert back.is_displayed()
        if way == "button":
            back.click()
        else:
            ActionChains(window.driver).double_click(window.find(f"{chart} .u-over")).perform()
        window.frames()
        assert scale(window, chart, "x") == whole
        assert not window.find(f"{chart} .whole").is_displayed()


def test_axes_become_logarithmic_and_linear_again(window: Window, write: Write) -> None:
    window.show(write(sweep()))
    for axis in "xy":
        button = window.find(f"#sweep-chart .log-{axis}")
        for pressed, distribution in (("true", 3), ("false", 1)):
            button.click()
            assert button.get_attribute("aria-pressed") == pressed
            found = scale(window, "#sweep-chart", axis)
            assert found["distr"] == distribution
            assert found["min"] > 0 or distribution == 1
    assert window.complaints == []


def test_what_has_no_logarithm_has_no_switch(window: Window, page: Path) -> None:
    window.show(page)
    # It begins with no pair at time 0.
    assert window.all("#chart-delivered .log-x") == window.all("#chart-delivered .log-y") == []
    assert window.all("#chart-memory-time .log-y") == []


def test_figures_are_saved_as_csv_with_all_digits(window: Window, write: Write) -> None:
    made = sweep()
    window.show(write(made))
    heads, *rows = csv.reader(io.StringIO(saved(window, "#sweep-chart", "CSV").decode()))
    assert heads[0] == "series"
    assert heads[-2:] == ["95 % from", "to"]
    chosen = window.run("return document.getElementById('metric').selectedOptions[0].text")
    assert chosen == "throughput"
    expected = sorted(made.summary(columns="throughput_hz")["mean"])
    assert sorted(float(row[2]) for row in rows) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("figure", ["#chart-delivered", "#chart-memory-time", "#chart-fidelity-time"])
def test_drawings_are_saved_as_svg(window: Window, page: Path, figure: str) -> None:
    window.show(page)
    before = scale(window, figure, "x")
    drawn = ET.fromstring(saved(window, figure, "SVG"))
    assert drawn.tag.endswith("}svg")
    words = [text.text for text in drawn.iter() if text.tag.endswith("}text")]
    chart = window.run("return document.querySelector(arguments[0]).chart", figure)
    assert words[0] == chart["title"]
    assert chart["y"]["label"] in words
    shapes = [path.get("d") or "" for path in drawn.iter() if path.tag.endswith("}path")]
    assert len(shapes) > len(chart["series"])
    assert not any("NaN" in shape for shape in shapes)
    # The page itself goes on as before.
    assert scale(window, figure, "x") == before
    assert window.run("return new Path2D('M0,0') instanceof Path2D && String(Path2D).includes('native')")
    assert window.complaints == []


def test_pictures_are_saved_as_png_at_twice_the_size(window: Window, page: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    window.show(page)
    picture = image.open(io.BytesIO(saved(window, "#chart-delivered", "PNG"))).convert("RGB")
    width = window.run("return document.querySelector('#chart-delivered').plot.width")
    assert picture.width == 2 * width
    assert len(picture.getcolors(1_000_000)) > 10


def test_the_map_opens_on_the_whole_run_and_says_so(window: Window, page: Path) -> None:
    window.show(page)
    assert window.find("#moment").text == "Whole run"
    assert "averages" in window.find("#said").text
    assert data(window, "n1")["share"] == 0.132
    slide(window, 150)
    assert window.find("#moment").text == "15 s"
    window.find("#whole").click()
    assert window.find("#moment").text == "Whole run"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_entanglement_and_fidelity_move_over_the_map(
    window: Window, page: Path, width: int, scheme: str
) -> None:
    from selenium.webdriver.support.select import Select

    window.show(page, width=width, prefers_color_scheme=scheme)
    Select(window.find("#shown")).select_by_visible_text("Entanglement")
    slide(window, 151)
    # Flow 0 runs over the first two links, flow 1 over the third.
    assert [data(window, f"l{link}")["flows"] for link in range(3)] == [20, 20, 0]
    assert "50 pairs a second of fidelity 0.900" in window.find("#said").text
    slide(window, 501)
    assert [data(window, f"l{link}")["flows"] for link in range(3)] == [0, 0, 10]
    Select(window.find("#shown")).select_by_visible_text("Fidelity")
    assert data(window, "l2")["fidelity"] == pytest.approx(0.7)
    assert "mean fidelity" in window.find("#legend").text
    slide(window, 800)
    assert "no pairs" in window.find("#said").text
    window.frames()
    assert window.complaints == []


def test_a_run_without_recorded_pairs_says_how_to_see_more(window: Window, write: Write) -> None:
    window.show(write(network()))
    assert window.all("#shown") == []
    assert "run.record_pairs" in window.find(".timeline .remark").text


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_a_fault_that_ended_a_flow_is_marked_and_bars_begin_at_zero(
    window: Window, write: Write, width: int, scheme: str
) -> None:
    cut = flow(("alice", "middle"), start_s=10.0, end_s=40.0, status="fault", fault="link alice-middle")
    window.show(write(network(flows=(cut,))), width=width, prefers_color_scheme=scheme)
    (mark,) = window.all("#strip .fault")
    bar = window.find("#strip .flow[data-to='40']")
    assert mark.rect["x"] == pytest.approx(bar.rect["x"] + bar.rect["width"], abs=2)
    assert "ended by a fault of link alice-middle" in mark.get_attribute("textContent")
    assert "marked where a fault ended one" in window.find("#strip").text
    assert scale(window, "#chart-rates", "y")["min"] == 0
    window.show(write(network()), width=width, prefers_color_scheme=scheme)
    assert window.all("#strip .fault") == []
    assert window.complaints == []


def test_a_bar_tells_the_scale_of_the_map_at_every_zoom(window: Window, page: Path) -> None:
    window.show(page)
    script = """
        const graph = document.getElementById('picture')._cyreg.cy;
        const bar = document.getElementById('scale');
        const [a, b] = ['n0', 'n1'].map((node) => graph.getElementById(node).renderedPosition().x);
        return [bar.textContent, parseFloat(bar.style.width), Math.abs(a - b)];
    """
    for _ in range(3):
        said, width, apart = window.run(script)
        size, unit = said.split(" ")
        metres = float(size) * (1000 if unit == "km" else 1)
        # alice and middle are 10 km apart.
        assert metres / width == pytest.approx(10e3 / apart, rel=0.02)
        assert 20 < width < 120
        window.find("#closer").click()


def test_a_network_without_places_has_no_scale(window: Window, write: Write) -> None:
    window.show(write(result()))
    assert not window.find("#scale").is_displayed()


def test_names_on_the_map_cover_no_other_node(window: Window, write: Write) -> None:
    star = qsim.Network("Star").add_node("hub", position=[0, 0])
    for number, at in enumerate([(0, -9e3), (9e3, 0), (-9e3, 0), (7e3, -7e3), (-7e3, -7e3)]):
        star.add_node(f"leaf {number}", position=at).add_link("hub", f"leaf {number}")
    window.show(write(star.run("1 ms")))
    assert data(window, "n0")["side"] == "above"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_sweep_as_a_heat_map_has_its_means(window: Window, write: Write, width: int, scheme: str) -> None:
    from selenium.webdriver.support.select import Select

    made = sweep()
    window.show(write(made), width=width, prefers_color_scheme=scheme)
    Select(window.find("#view")).select_by_visible_text("Heat map")
    chart = window.run("return document.getElementById('sweep-chart').chart")
    means = sorted(point[2] for point in chart["series"][0]["points"])
    assert means == pytest.approx(sorted(made.summary(columns="throughput_hz")["mean"]))
    over(window, "#sweep-chart", 0, 0)
    assert "throughput" in window.find("#sweep-chart .tip").text
    Select(window.find("#view")).select_by_visible_text("Lines")
    assert window.run("return document.getElementById('sweep-chart').chart.kind ?? null") is None
    assert window.run("return document.documentElement.scrollWidth") <= width
    assert window.complaints == []


def test_paired_differences_are_those_of_the_sweep(window: Window, write: Write) -> None:
    made = sweep()
    path = made.parameters[0].path
    values = list(dict.fromkeys(run.values[path] for run in made.runs))
    window.show(write(made))
    chart = window.run("return document.getElementById('difference-chart').chart")
    table = made.difference({path: (values[0], values[1])})
    rows = table[(table["first"] != 0) & table["relative"].notna()]
    drawn = [point[1] for point in chart["series"][0]["points"]]
    assert drawn == pytest.approx([100 * value for value in rows["relative"]])
    assert len(chart["x"]["names"]) == len(set(chart["x"]["names"]))


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_page_of_a_comparison_opens_without_a_complaint(
    window: Window, tmp_path: Path, width: int, scheme: str
) -> None:
    from qsim.report import write_report

    page = write_report(qsim.compare(sweep(), sweep(), network(), names=["a", "b", "c"]), tmp_path / "c.html")
    window.show(page, width=width, prefers_color_scheme=scheme)
    window.frames()
    assert window.find("html").get_attribute("data-ready") == "yes"
    assert window.run("return document.documentElement.scrollWidth") <= width
    assert window.complaints == []
