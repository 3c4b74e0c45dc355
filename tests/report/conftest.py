"""A browser without a window, and pages opened in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qsim.report import write_report
from qsim.results import Result
from qsim.sweeps import SweepResult

#: Collects what a page does against its policy, and errors that nobody catches.
_WATCH = """
window.complaints = [];
addEventListener("securitypolicyviolation", (event) => complaints.push(`policy: ${event.violatedDirective}`));
addEventListener("error", (event) => complaints.push(String(event.message)));
addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
"""


@dataclass
class Window:
    """A page opened in headless Chromium.

    Attributes:
        driver: Selenium's handle of the browser.
    """

    driver: Any

    def show(self, page: Path, width: int = 1280, height: int = 900, **media: str) -> Window:
        """Open a page at a size, with media features such as ``prefers_color_scheme="dark"``."""
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        self.command("Emulation.setEmulatedMedia", features=features)
        self.logs("browser")
        self.logs("performance")
        self.driver.get(page.as_uri())
        return self

    def command(self, name: str, **arguments: Any) -> Any:
        """A command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; its ``return`` is the answer."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> Any:
        """The element that a CSS selector finds first."""
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        """Every element that a CSS selector finds."""
        found: list[Any] = self.driver.find_elements("css selector", selector)
        return found

    def frames(self) -> None:
        """Wait until what has changed is drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));"
        )

    def logs(self, kind: str) -> list[Any]:
        """What the browser noted since last asked: "browser" for the console, "performance" for requests."""
        found: list[Any] = self.driver.get_log(kind)
        return found

    @property
    def requests(self) -> list[str]:
        """Addresses asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.logs("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    @property
    def complaints(self) -> list[str]:
        """Violations of the policy, uncaught errors, and whatever stands in the console."""
        said = [f"{entry['level']} {entry['message']}" for entry in self.logs("browser")]
        return [*self.run("return window.complaints"), *said]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium; tests that need it are skipped where it is not installed."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs Selenium to drive a browser")
    from selenium.webdriver.chrome.service import Service

    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("needs chromium and chromedriver on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(chromedriver))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH})
    yield driver
    driver.quit()


@pytest.fixture
def window(browser: Any) -> Window:
    """A window of the browser."""
    return Window(browser)


Write = Callable[[Result | SweepResult], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the page of a result to a file."""
    return lambda made: write_report(made, tmp_path / "report.html")
