"""The page as a file: well-formed, closed to the outside, harmless, and the same each time."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from qsim.report.page import CYTOSCAPE_VERSION, UPLOT_VERSION, scripts, style_sheet
from qsim.report.write import as_html
from qsim.results import Result
from qsim.sweeps import SweepResult
from tests.report.reading import Document
from tests.report.specimens import COMMENT, HOSTILE, failed_sweep, hostile, network
from tests.results.specimens import result, sweep

SOURCES = {
    "run": network,
    "run with everything": result,
    "hostile run": hostile,
    "sweep": sweep,
    "sweep with a failure": failed_sweep,
}


@pytest.fixture(params=SOURCES, scope="module")
def source(request: pytest.FixtureRequest) -> Result | SweepResult:
    made: Result | SweepResult = SOURCES[request.param]()
    return made


@pytest.fixture
def page(source: Result | SweepResult) -> str:
    return as_html(source)


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_every_element_is_closed_and_every_identity_is_its_own(page: str) -> None:
    document = Document(page)
    assert document.unclosed == []
    identities = [element.attributes["id"] for element in document.elements if "id" in element.attributes]
    assert len(identities) == len(set(identities))


def test_the_policy_admits_exactly_the_scripts_and_the_style_of_the_page(page: str) -> None:
    document = Document(page)
    policy = document.policy
    scripts = [script for script in document.all("script") if script.attributes.get("type") is None]
    (style,) = document.all("style")
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == [digest(script.text) for script in scripts]
    assert policy["style-src"] == [digest(style.text)]
    assert policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert "unsafe" not in str(policy)


def test_the_policy_comes_before_all_that_it_governs(page: str) -> None:
    elements = Document(page).elements
    first = next(
        place for place, element in enumerate(elements) if element.name in ("script", "style", "link")
    )
    policies = [element.attributes.get("http-equiv") for element in elements[:first]]
    assert "Content-Security-Policy" in policies


def test_nothing_is_fetched_and_no_style_or_handler_hides_in_an_attribute(page: str) -> None:
    for element in Document(page).elements:
        assert element.name not in ("img", "iframe", "object", "embed", "base", "form")
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("src", "href"):
                assert value is not None
                assert value.startswith(("#", "data:image/svg+xml,"))


def test_the_same_result_gives_the_same_bytes(source: Result | SweepResult, page: str) -> None:
    assert as_html(source) == page


def test_the_page_has_landmarks_one_headline_and_names_for_its_parts(page: str) -> None:
    document = Document(page)
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert len(document.all(landmark)) == 1
    assert document.all("html")[0].attributes["lang"] == "en"
    for section in document.all("section"):
        assert document.identified(section.attributes["aria-labelledby"] or "").name == "h2"
    targets = [link.attributes["href"] for link in document.all("a")]
    assert [document.identified((target or "").removeprefix("#")) for target in targets]


def test_every_control_has_a_name(page: str) -> None:
    document = Document(page)
    labelled = {label.attributes.get("for") for label in document.all("label")}
    for name in ("select", "input"):
        assert all(control.attributes["id"] in labelled for control in document.all(name))
    assert all(button.text.strip() for button in document.all("button"))


@pytest.mark.parametrize(("made", "kind"), [(hostile, "run"), (failed_sweep, "sweep")])
def test_names_that_are_markup_stay_text(made: Callable[[], Result | SweepResult], kind: str) -> None:
    document = Document(as_html(made()))
    assert document.all("img") == []
    # The data and the scripts of the page, and none that a name has opened.
    assert len(document.all("script")) == 1 + len(scripts(kind))
    assert "<" not in document.identified("data").text


def test_hostile_names_come_out_as_they_went_in() -> None:
    document = Document(as_html(hostile()))
    assert [node["name"] for node in document.data["network"]["nodes"]] == [HOSTILE, COMMENT]
    assert document.all("title")[0].text == HOSTILE
    assert document.all("h1")[0].text == HOSTILE


def test_a_run_says_where_it_comes_from() -> None:
    made = network(notes=("a remark",), interrupted=True)
    page = as_html(made)
    for said in (
        made.fingerprint,
        "a remark",
        "stopped at 100 s",
        "every memory of b holds a pair",
        "position",
    ):
        assert said in page
    for version in made.versions.values():
        assert version in page


def test_a_sweep_shows_its_failures_with_their_tracebacks() -> None:
    page = as_html(failed_sweep())
    assert "deep down" in page
    assert "point 3, replicate 3, seed 10" in page
    assert "1 planned run did not run" in page


def test_every_metric_of_a_sweep_can_be_told_from_the_others() -> None:
    metrics = Document(as_html(sweep())).data["sweep"]["metrics"]
    labels = [metric["label"] for metric in metrics]
    assert {"throughput", "teleportation: latency", "teleportation: latency, n"} <= set(labels)
    assert len(set(labels)) == len(labels)


def test_a_run_with_nothing_in_it_has_a_page() -> None:
    empty = result(
        flows=(),
        unfinished=(),
        links=(),
        memories=(),
        pairs=(),
        stalls=(),
        metrics=(),
        simulated_s=0.0,
        document={},
    )
    document = Document(as_html(empty))
    assert [section.attributes["id"] for section in document.all("section")] == ["overview", "about"]


def test_a_sweep_in_which_everything_failed_has_a_page() -> None:
    document = Document(as_html(sweep(runs=(), failures=failed_sweep().failures)))
    assert [section.attributes["id"] for section in document.all("section")] == [
        "overview",
        "failures",
        "about",
    ]


def test_a_very_long_scenario_is_shortened_and_says_so() -> None:
    long = network(
        document={"nodes": {f"node {number}": {"position": [0.0, 1.0]} for number in range(20_000)}}
    )
    page = as_html(long)
    assert "It is shortened here" in page
    assert len(page) < 2e6


def test_uplot_is_the_version_that_the_folder_says_with_its_licence() -> None:
    folder = files("qsim.report") / "assets"
    script = (folder / "uplot.min.js").read_text(encoding="utf-8")
    assert f"uPlot (v{UPLOT_VERSION})" in script
    assert f"uPlot](https://github.com/leeoniya/uPlot) {UPLOT_VERSION}" in (folder / "README.md").read_text()
    assert "Permission is hereby granted, free of charge" in (folder / "uplot.LICENSE").read_text()
    assert "</script" not in script


def test_the_libraries_take_half_a_megabyte_at_most() -> None:
    assert sum(len(script) for script in scripts("run")) < 560_000
    assert sum(len(script) for script in scripts("sweep")) < 110_000


def test_cytoscape_is_the_version_that_the_folder_says_with_its_licence() -> None:
    folder = files("qsim.report") / "assets"
    script = (folder / "cytoscape.min.js").read_text(encoding="utf-8")
    licence = (folder / "cytoscape.LICENSE").read_text(encoding="utf-8")
    assert f'version="{CYTOSCAPE_VERSION}"' in script
    assert CYTOSCAPE_VERSION in (folder / "README.md").read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in licence
    assert "</script" not in script


def variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_the_contrast_that_readers_need(scheme: str) -> None:
    light, dark = re.split(r"prefers-color-scheme: dark", style_sheet(), maxsplit=1)
    colours = variables(light if scheme == "light" else dark.split("@media")[0])
    for front, back in (
        ("ink", "paper"), ("ink", "panel"), ("quiet", "paper"), ("quiet", "panel"), ("accent", "paper"),
        ("accent", "panel"), ("accent-ink", "accent"), ("warn", "warn-paper"), ("ink", "warn-paper"),
    ):  # fmt: skip
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
    for front in ("control", "bad", *(f"mark-{number}" for number in range(8))):
        assert contrast(colours[front], colours["paper"]) >= 3, front
