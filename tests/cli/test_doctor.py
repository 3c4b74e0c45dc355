from __future__ import annotations

import importlib.metadata
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import qsim
from qsim.cli import doctor
from qsim.cli.doctor import Finding, satisfies
from tests.cli.conftest import Cli


def test_a_sound_installation_has_no_problems(cli: Cli) -> None:
    done = cli("doctor")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\nNo problems found.\n")
    for package in doctor.PACKAGES:
        assert any(line.split()[0] == package for line in done.out.splitlines() if line.startswith("  "))
    assert importlib.metadata.version("numpy") in done.out
    assert any(line.split() == ["memory", "afc,", "atomic,", "multimode"] for line in done.out.splitlines())


def test_a_name_claimed_by_another_distribution_is_a_problem(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        importlib.metadata, "packages_distributions", lambda: {"hardware": ["qsim-net", "blinking-lights"]}
    )
    done = cli("doctor")
    assert done.code == 1
    assert "problem: hardware: also installed by blinking-lights" in done.out
    assert "No problems found" not in done.out


def test_a_package_from_elsewhere_shadows_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "qml").mkdir()
    (tmp_path / "qml" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(doctor.importlib.sys.modules, "qml", raising=False)  # type: ignore[attr-defined]
    found = {finding.name: finding for finding in doctor.packages()}
    assert found["qml"].found == str((tmp_path / "qml").resolve())
    assert "shadows the one beside" in found["qml"].problem
    assert found["qsim"].problem == ""
    assert found["qsim"].found == str(Path(qsim.__file__).parent)


def test_a_missing_or_unsuitable_dependency_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["numpy>=99", "no-such-distribution<2", 'pytest<1; extra == "dev"', "rich"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: wanted)
    numpy, missing, rich = doctor.dependencies()
    assert numpy.problem == "qsim works with >=99"
    assert (missing.found, missing.problem) == ("missing", "install no-such-distribution<2")
    assert (rich.name, rich.problem) == ("rich", "")


def test_a_plugin_that_cannot_be_imported_is_a_problem(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_points = importlib.metadata.entry_points

    def with_a_broken_one(*, group: str) -> list[EntryPoint]:
        broken = [EntryPoint("vapour", "no_such_package.plugin", group)] if group == "qsim.plugins" else []
        return [*entry_points(group=group), *broken]

    monkeypatch.setattr(importlib.metadata, "entry_points", with_a_broken_one)
    done = cli("doctor")
    assert done.code == 1
    assert "! vapour" in done.out
    assert "problem: vapour: cannot be imported: ModuleNotFoundError" in done.out


@pytest.mark.parametrize(
    ("version", "wanted", "verdict"),
    [
        ("2.0", ">=2.0,<3", True),
        ("2.0.0", "==2", True),
        ("3.0.0rc1", "<3", False),
        ("10.1", ">9.9", True),
        ("1.16.0", "!=1.16.0,<2", False),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, wanted: str, verdict: bool) -> None:
    assert satisfies(version, wanted) is verdict


def test_findings_without_a_problem_say_so() -> None:
    assert Finding("a", "b").problem == ""
