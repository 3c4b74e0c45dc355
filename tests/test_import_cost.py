"""What a fresh process loads: asking, checking and importing wait for no library that they do not need."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

METRO = Path(__file__).parents[1] / "examples" / "metro_even.yaml"
#: Loaded by nothing that only asks or checks.
HEAVY = {"scipy.stats", "pandas", "matplotlib", "qutip", "sklearn", "pennylane", "jax"}
#: What belongs to other commands, kinds and levels of detail than those of the shortest run.
UNUSED = {
    "hardware.link_models.single_click",
    "hardware.multimode",
    "hardware.shared_fibre",
    "hardware.wave_packets",
    "protocols.apps.random_request",
    "protocols.control.central",
    "protocols.control.continuous_links",
    "protocols.entanglement.transfer",
    "protocols.faults.availability",
    "protocols.generation.negotiated",
    "protocols.generation.photon",
    "protocols.network.k_shortest",
    "protocols.network.link_state",
    "qsim.cli.sweep",
    "qsim.model.sweep_spec",
    "qsim.network.topologies.graph_file",
    "qsim.network.topologies.waxman",
    "qsim.quantum.scalar",
    "rich.console",
}
#: A command line in a fresh process; its last line on standard error tells the modules that it has loaded.
COMMAND = """
import sys
from qsim.cli import main
code = main(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""


def loaded_by(code: str, *arguments: str) -> tuple[str, set[str]]:
    """The first word that the code tells, and the modules in a fresh process after it."""
    # Lines of a stated width may have to be broken, for which rich is loaded.
    plain = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=plain
    )
    first, *modules = done.stderr.splitlines()[-1].split()
    return first, set(modules)


def test_importing_qsim() -> None:
    word, modules = loaded_by("import sys, qsim; print('imported', *sys.modules, file=sys.stderr)")
    assert word == "imported"
    assert "qsim" in modules
    assert modules & (HEAVY | {"numpy", "scipy"}) == set()


@pytest.mark.parametrize("arguments", [("--help",), ("sweep", "--help"), ("report", "--help")], ids=" ".join)
def test_asking_for_help(arguments: tuple[str, ...]) -> None:
    code, modules = loaded_by(COMMAND, *arguments)
    assert code == "0"
    assert modules & (HEAVY | {"numpy", "scipy"}) == set()


def test_checking_the_metropolitan_network() -> None:
    code, modules = loaded_by(COMMAND, "check", str(METRO))
    assert code == "0"
    assert "hardware.link_models.double_click" in modules
    assert modules & HEAVY == set()


def test_running_a_file_without_programs_or_forecasts(tmp_path: Path) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(
        "qsim: 2\nrun: {duration: 1 ms}\ntopology: {kind: line, nodes: 3, length: 10 km}\n"
        "traffic: [{kind: request, initiator: n0, responder: n2}]\n"
    )
    code, modules = loaded_by(COMMAND, "run", str(file), "--quiet")
    assert code == "0"
    assert (
        modules
        & (HEAVY | {"scipy", "networkx", "pyarrow", "qsim.scenario.editor_schema", "qsim.network.builder"})
        == set()
    )
    assert modules & UNUSED == set()
    packages = {".".join(name.split(".")[:2]) for name in modules}
    assert packages.isdisjoint(
        {"qml.cells", "qml.maps", "qml.forecasters", "qml.readouts", "protocols.programs"}
    )


def test_the_probe_sees_what_is_loaded() -> None:
    word, modules = loaded_by("import sys, pandas; print('imported', *sys.modules, file=sys.stderr)")
    assert word == "imported"
    assert "pandas" in modules & HEAVY


def test_every_module_that_is_not_loaded_exists() -> None:
    assert [name for name in UNUSED | HEAVY if importlib.util.find_spec(name) is None] == []
