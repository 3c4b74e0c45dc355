"""The page of a run in a browser: what a reader sees, clicks, types and drags."""

from __future__ import annotations

import bisect
import io
from pathlib import Path
from typing import Any

import pytest

from qsim.model.rows import LinkRow, MemoryRow
from qsim.results.occupancy import occupancy
from tests.report.conftest import Window, Write
from tests.report.specimens import hostile, network
from tests.results.specimens import flow, result

NODES = ("alice", "middle", "bob", "carol")
_GRAPH = "const graph = document.getElementById('picture')._cyreg.cy;"


@pytest.fixture
def page(write: Write) -> Path:
    return write(network())


def reserved(name: str, time: float) -> int:
    steps = occupancy(network())[name]
    return steps.reserved[bisect.bisect_right(steps.times_s, time) - 1]


def data(window: Window, element: str) -> dict[str, Any]:
    """What Cytoscape draws for a node or a link."""
    found: dict[str, Any] = window.run(f"{_GRAPH} return graph.getElementById(arguments[0]).data()", element)
    return found


def place(window: Window, node: int) -> tuple[float, float]:
    """Where a node stands, from the middle of the picture."""
    script = f"{_GRAPH} const at = graph.getElementById('n' + arguments[0]).renderedPosition();"
    x, y = window.run(f"{script} return [at.x - graph.width() / 2, at.y - graph.height() / 2]", node)
    return x, y


def in_view(window: Window) -> Any:
    """The picture, all of it in the window: Selenium counts from the middle of what is visible."""
    picture = window.find("#picture")
    window.run("arguments[0].scrollIntoView({block: 'center'})", picture)
    return picture


def click(window: Window, x: float, y: float) -> None:
    """Click into the picture, at a distance from its middle."""
    from selenium.webdriver import ActionChains

    picture = in_view(window)
    ActionChains(window.driver).move_to_element_with_offset(picture, round(x), round(y)).click().perform()


def keys(window: Window, selector: str, *names: str) -> None:
    """Press keys on an element, by their names in Selenium."""
    from selenium.webdriver import Keys

    window.find(selector).send_keys("".join(getattr(Keys, name, name) for name in names))


def slide(window: Window, place: int) -> float:
    """Drag the slider to one of its thousand places; the time there, s."""
    script = "const s = arguments[0]; s.value = arguments[1]; s.dispatchEvent(new Event('input'));"
    window.run(script, window.find("#slider"), place)
    return place / 1000 * network().simulated_s


def pixel(window: Window, node: int) -> tuple[int, ...]:
    """The colour in the middle of a node on the screen."""
    image = pytest.importorskip("PIL.Image")
    picture = in_view(window)
    window.frames()
    shot = image.open(io.BytesIO(picture.screenshot_as_png)).convert("RGB")
    x, y = place(window, node)
    found: tuple[int, ...] = shot.getpixel((shot.width / 2 + x, shot.height / 2 + y))
    return found


@pytest.mark.parametrize("made", [network, result, hostile], ids=["network", "everything", "hostile"])
def test_the_page_opens_without_a_complaint_or_a_request(window: Window, write: Write, made: Any) -> None:
    path = write(made())
    window.show(path)
    window.frames()
    assert window.find("html").get_attribute("data-ready") == "yes"
    assert window.complaints == []
    assert [address for address in window.requests if not address.startswith("data:")] == [path.as_uri()]
    assert "harmed" not in window.driver.title.removeprefix(made().name)


def test_a_request_that_does_leave_would_be_noticed(window: Window, page: Path) -> None:
    window.show(page)
    window.run("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/image.png'}))")
    window.frames()
    assert any("img-src" in complaint for complaint in window.complaints)


def test_a_script_that_was_smuggled_in_would_not_run(window: Window, write: Write) -> None:
    path = write(network())
    path.write_text(
        path.read_text().replace("</footer>", "</footer><script>document.title = 'harmed'</script>")
    )
    window.show(path)
    assert window.driver.title == "Four nodes"
    assert any("script-src" in complaint for complaint in window.complaints)


def test_a_click_on_a_node_shows_its_memories(window: Window, page: Path) -> None:
    window.show(page)
    slide(window, 350)
    click(window, *place(window, NODES.index("middle")))
    said = window.find("#card").text
    assert said.startswith("middle\nMemories\n50")
    assert "Memory time reserved\n13.2 %\nMemory time entangled\n10.0 %\nPairs expired\n7" in said
    assert "At 35 s\nReserved\n20 of 50\nalice → bob\nholds 10 here\nmiddle → carol\nholds 10 here" in said
    assert window.find("#chooser").get_property("value") == "n1"


def test_a_click_beside_everything_shows_the_network(window: Window, page: Path) -> None:
    window.show(page)
    click(window, *place(window, 0))
    width, height = window.run(f"{_GRAPH} return [graph.width(), graph.height()]")
    click(window, 20 - width / 2, height / 2 - 20)
    assert window.find("#card h3").text == "Network"


def test_a_click_on_a_link_shows_its_rate(window: Window, page: Path) -> None:
    window.show(page)
    (ax, ay), (bx, by) = place(window, 1), place(window, 3)
    click(window, (ax + bx) / 2, (ay + by) / 2)
    said = window.find("#card").text
    assert said.startswith("middle – carol\nLength\n10 km")
    assert "Heralded pairs a second\n4\n" in said


def test_the_list_and_the_keyboard_choose_as_clicks_do(window: Window, page: Path) -> None:
    window.show(page)
    keys(window, "#chooser", "bob")
    assert window.find("#card h3").text == "bob"
    # Bob stands right of the middle, carol above it.
    keys(window, "#picture", "ARROW_LEFT")
    assert window.find("#card h3").text == "middle"
    keys(window, "#picture", "ARROW_UP")
    assert window.find("#card h3").text == "carol"
    keys(window, "#picture", "ESCAPE")
    assert window.find("#card h3").text == "Network"


def test_the_keyboard_reaches_every_control_in_the_order_of_the_page(window: Window, page: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    window.show(page)
    met = []
    for _ in range(30):
        ActionChains(window.driver).send_keys(Keys.TAB).perform()
        met.append(window.run("const e = document.activeElement; return e.id || e.className || e.tagName"))
    wanted = ["skip", "picture", "closer", "slider", "whole", "earlier", "later", "play", "chooser", "card"]
    assert [name for name in met if name in wanted] == wanted


def test_keys_zoom_the_picture(window: Window, page: Path) -> None:
    window.show(page)
    zoom = f"{_GRAPH} return graph.zoom()"
    before = window.run(zoom)
    keys(window, "#picture", "+")
    assert window.run(zoom) == pytest.approx(1.3 * before)
    window.find("#wider").click()
    assert window.run(zoom) == pytest.approx(before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_slider_recolours_the_picture_as_memories_are_reserved(
    window: Window, page: Path, scheme: str
) -> None:
    window.show(page, prefers_color_scheme=scheme)
    means = {row.node: row.utilisation for row in network().memories}
    assert [data(window, f"n{number}")["share"] for number in range(4)] == list(means.values())
    seen: dict[float, tuple[int, ...]] = {}
    for at in (50, 150, 350, 500, 700, 900):
        time = slide(window, at)
        for number, row in enumerate(network().memories):
            drawn = data(window, f"n{number}")
            assert drawn["share"] == reserved(row.node, time) / row.memories
            assert drawn["text"] == f"{row.node}\n{reserved(row.node, time)}/{row.memories}"
        middle = data(window, "n1")
        shown = pixel(window, 1)
        assert f"rgb({','.join(map(str, shown))})" == middle["colour"]
        seen.setdefault(middle["share"], shown)
        assert seen[middle["share"]] == shown
    assert sorted(seen) == [0.0, 0.06, 0.2, 0.4]
    assert len(set(seen.values())) == 4


def test_the_slider_marks_the_flows_under_way(window: Window, page: Path) -> None:
    window.show(page)
    for at, flows in ((50, []), (150, [0]), (350, [0, 1]), (500, [1]), (700, []), (1000, [2])):
        slide(window, at)
        crossing = {0: ("l0", "l1"), 1: ("l2",), 2: ("l2",)}
        busy = {link for number in flows for link in crossing[number]}
        assert {link for link in ("l0", "l1", "l2") if data(window, link)["flows"]} == busy
        assert f"{len(flows)} flow{'' if len(flows) == 1 else 's'} under way" in window.find("#said").text


def test_the_slider_moves_by_keys_and_says_where_it_is(window: Window, page: Path) -> None:
    window.show(page)
    keys(window, "#slider", "ARROW_RIGHT", "ARROW_RIGHT")
    assert window.find("#moment").text == "200 ms"
    keys(window, "#slider", "END")
    assert window.find("#moment").text == "100 s"
    text = window.find("#slider").get_attribute("aria-valuetext")
    assert text == "100 s: 1 flow under way, 6 of 110 memories reserved"


def test_buttons_go_from_change_to_change_and_back_to_the_whole_run(window: Window, page: Path) -> None:
    window.show(page)
    moments = []
    for _ in range(6):
        window.find("#later").click()
        moments.append(window.find("#moment").text)
    assert moments == ["10 s", "30 s", "40 s", "60 s", "80 s", "100 s"]
    window.find("#earlier").click()
    assert window.find("#moment").text == "80 s"
    assert window.find("#whole").get_attribute("aria-pressed") == "false"
    window.find("#whole").click()
    assert window.find("#whole").get_attribute("aria-pressed") == "true"
    assert data(window, "n1")["share"] == 0.132


def test_play_moves_the_time_and_stops(window: Window, page: Path) -> None:
    window.show(page)
    slide(window, 940)
    button = window.find("#play")
    button.click()
    assert button.text == "Pause"
    for _ in range(600):
        window.frames()
        if button.text == "Play":
            break
    assert button.text == "Play"
    assert window.find("#moment").text == "100 s"


def test_nothing_moves_for_those_who_want_it_so(window: Window, page: Path) -> None:
    window.show(page, prefers_reduced_motion="reduce")
    assert not window.find("#play").is_displayed()


def test_a_flow_in_the_list_marks_its_path(window: Window, page: Path) -> None:
    window.show(page)
    slide(window, 350)
    button = window.find("#card [data-flow='0']")
    button.send_keys(" ")
    traced = window.run(f"{_GRAPH} return graph.elements('.traced').map((element) => element.id())")
    assert sorted(traced) == ["l0", "l1", "n0", "n1", "n2"]
    focused = window.run("return [document.activeElement.dataset.flow, document.activeElement.ariaPressed]")
    assert focused == ["0", "true"]


def column(window: Window, table: str, number: int) -> list[str]:
    return [cell.text for cell in window.all(f"#{table} tbody tr > :nth-child({number})")]


def test_tables_sort_by_click_and_by_key(window: Window, page: Path) -> None:
    window.show(page)
    head = "#memories th:nth-child(3)"
    window.find(f"{head} button").click()
    assert column(window, "memories", 1) == ["alice", "bob", "middle", "carol"]
    assert window.find(head).get_attribute("aria-sort") == "ascending"
    keys(window, f"{head} button", "ENTER")
    assert column(window, "memories", 3) == ["0.18", "0.132", "0.075", "0.075"]
    assert window.find(head).get_attribute("aria-sort") == "descending"
    window.find("#memories th:nth-child(1) button").click()
    assert column(window, "memories", 1) == ["alice", "bob", "carol", "middle"]
    assert window.find(head).get_attribute("aria-sort") is None


def test_empty_cells_come_last_either_way(window: Window, write: Write) -> None:
    waits = (None, 0.3, 0.1, None, 0.2, 0.4)
    links = [
        LinkRow(f"link {number}", "a", "b", 1.0, 10, 5, wait, 0.5, 0.9) for number, wait in enumerate(waits)
    ]
    window.show(write(result(links=tuple(links))))
    button = "#links th:nth-child(7) button"
    window.find(button).click()
    assert column(window, "links", 7) == ["0.1", "0.2", "0.3", "0.4", "–", "–"]
    window.find(button).click()
    assert column(window, "links", 7) == ["0.4", "0.3", "0.2", "0.1", "–", "–"]


def test_long_tables_turn_pages_and_filter(window: Window, write: Write) -> None:
    memories = tuple(MemoryRow(f"node {number}", 10, number / 100, 0.0, number) for number in range(60))
    window.show(write(result(memories=memories)))
    assert len(column(window, "memories", 1)) == 25
    status = "#memories [role=status]"
    assert window.find(status).text == "Rows 1–25 of 60"
    window.find("#memories .pager button:nth-of-type(2)").click()
    window.find("#memories .pager button:nth-of-type(2)").click()
    assert column(window, "memories", 1) == [f"node {number}" for number in range(50, 60)]
    window.find("#memories input").send_keys("NODE 59")
    assert column(window, "memories", 1) == ["node 59"]
    assert window.find(status).text == "Rows 1–1 of 1 (of 60)"
    window.find("#memories input").send_keys(" nothing")
    assert window.find(status).text == "No row of 60 matches"


@pytest.mark.parametrize("width", [390, 320, 1280])
def test_the_page_never_scrolls_sideways(window: Window, page: Path, width: int) -> None:
    window.show(page, width=width, height=844)
    window.frames()
    assert window.run("return document.documentElement.scrollWidth") <= width


def test_charts_have_text_and_figures_beside_them(window: Window, page: Path) -> None:
    window.show(page)
    charts = window.all("#charts figure")
    assert len(charts) == 5
    for chart in charts:
        drawing = chart.find_element("css selector", ".plot")
        assert drawing.find_elements("css selector", "canvas")
        assert drawing.get_attribute("role") == "img"
        assert chart.find_element("css selector", "h3").text in drawing.get_attribute("aria-label")
        chart.find_element("css selector", "summary").click()
        assert chart.find_elements("css selector", "td")


def test_the_page_prints(window: Window, page: Path) -> None:
    window.show(page, prefers_color_scheme="dark")
    printed = window.command("Page.printToPDF", printBackground=True)
    assert len(printed["data"]) > 10_000
    window.frames()
    assert window.complaints == []


def test_a_thousand_nodes_open_within_ten_megabytes(window: Window, write: Write) -> None:
    names = [f"router {number}" for number in range(1000)]
    links = tuple(
        LinkRow(f"{a}-{b}", names[a], names[b], 1e3, 100, 10, 0.1, 0.1, 0.9)
        for a in range(1000)
        for b in (a + 1, a + 40)
        if b < 1000
    )
    flows = tuple(
        flow(tuple(names[number : number + 30]), start_s=number % 97 + 0.5, end_s=number % 97 + 2.5)
        for number in range(970)
    )
    memories = tuple(MemoryRow(name, 50, 0.1, 0.05, 1) for name in names)
    places = {
        name: {"position": [number % 40 * 1e3, number // 40 * 1e3]} for number, name in enumerate(names)
    }
    path = write(
        network(flows=flows, unfinished=(), links=links, memories=memories, document={"nodes": places})
    )
    assert path.stat().st_size < 10e6
    window.show(path)
    window.frames()
    assert window.find("html").get_attribute("data-ready") == "yes"
    assert window.run(f"{_GRAPH} return [graph.nodes().length, graph.edges().length]") == [1000, len(links)]
    slide(window, 500)
    assert window.complaints == []
