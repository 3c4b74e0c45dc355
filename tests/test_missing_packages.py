"""What a slim installation says of what it lacks; and that its list of packages is that of the project."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from qsim.missing_packages import OPTIONAL

ROOT = Path(__file__).parents[1]

HIDE = """
import sys
from importlib.machinery import PathFinder
hidden = {names!r}
real = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]
class Filter:
    find_distributions = PathFinder.find_distributions
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            return None
        for finder in real:
            found = finder.find_spec(name, path, target)
            if found is not None:
                return found
        return None
sys.meta_path[:] = [Filter]
import qsim
"""


def without(code: str, *names: str) -> subprocess.CompletedProcess[str]:
    """Run code where some packages are not to be found."""
    script = HIDE.format(names=names or tuple(OPTIONAL)) + code
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


NETWORK = """
net = qsim.Network(memory={"t2": "1 s"})
net.add_nodes("a", "b").add_link("a", "b", "1 km").request("a", "b")
result = net.run(duration="10 ms", seed=1)
"""


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("result.frame('flows')", "pandas"),
        ("result.save('nowhere')", "pyarrow"),
        ("result.plot.network_map()", "matplotlib"),
        ("import qml.estimators", "scikit-learn"),
        ("import qsim.network.circuits as c; c.distribute(lambda: None, {0: 'a'})", "pennylane"),
        ("import qsim.quantum.qutip_conversion as c; c.to_qutip(1)", "qutip"),
    ],
)
def test_what_needs_more_names_it_and_the_command(code: str, package: str, tmp_path: Path) -> None:
    done = without(f"import os; os.chdir({str(tmp_path)!r})\n{NETWORK}\n{code}")
    last = done.stderr.strip().splitlines()[-1]
    assert f"this needs the package {package}, which is not installed; add it with `pip install" in last


def test_a_run_needs_none_of_them() -> None:
    done = without(f"{NETWORK}\nprint(result.fingerprint)\nprint(result.text())")
    assert done.returncode == 0, done.stderr


def test_other_peoples_code_sees_the_usual_error() -> None:
    done = without("try:\n    import pandas\nexcept ModuleNotFoundError as error:\n    print(error)")
    assert done.stdout.strip() == "No module named 'pandas'"


def test_the_slim_list_has_the_bounds_of_the_project() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = set(tomllib.load(file)["project"]["dependencies"])
    listed = {
        line
        for line in (ROOT / "requirements-slim.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }
    assert listed <= declared
    others = declared - listed
    assert {name for name in OPTIONAL.values() if any(each.startswith(name) for each in others)} == set(
        OPTIONAL.values()
    )
    assert len(others) == len(OPTIONAL)
