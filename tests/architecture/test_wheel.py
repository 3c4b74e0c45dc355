"""What `pip install` puts into somebody's environment.

`qsim`, `hardware`, `protocols` and `qml` are ordinary words, and every other top-level name in the wheel
would be one more chance to overwrite a package of somebody else's.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, sources


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files in the wheel."""
    pytest.importorskip(
        "hatchling", reason="the wheel is built without isolation, which needs the backend here"
    )
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_top_level_is_the_four_packages(names: list[str]) -> None:
    top = {name.partition("/")[0] for name in names}
    (info,) = (name for name in top if name.endswith(".dist-info"))
    assert top == {*PACKAGES, info}
    assert info.startswith("qsim_net-")


def test_every_module_is_in_it(names: list[str]) -> None:
    assert {str(source) for source in sources(*PACKAGES)} - set(names) == set()


def test_the_report_page_takes_its_scripts_along(names: list[str]) -> None:
    assets = (ROOT / "qsim" / "report" / "assets").iterdir()
    assert {path.relative_to(ROOT).as_posix() for path in assets} - set(names) == set()


def test_type_checkers_are_told(names: list[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} - set(names) == set()


def test_the_wheel_carries_the_licence_and_the_entry_points(names: list[str]) -> None:
    files = {Path(name).name for name in names if ".dist-info/" in name}
    assert {"LICENSE", "entry_points.txt"} <= files
