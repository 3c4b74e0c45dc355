"""What lets strangers carry on: one version, and hooks and hosted checks that run what `.ci/run` runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CI = (ROOT / ".ci/run").read_text(encoding="utf-8")


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_citation_has_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = read("CITATION.cff")
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "step", re.findall(r"^(?:python -m )?(ruff|mypy|lint-imports|pytest|sphinx)\b.*$", CI, re.M)
)
def test_every_check_of_ci_is_a_hook(step: str) -> None:
    hooks = [hook for repo in read(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert any(step in hook["entry"] for hook in hooks)


def test_hooks_run_what_ci_runs() -> None:
    for repo in read(".pre-commit-config.yaml")["repos"]:
        for hook in repo["hooks"]:
            command = hook["entry"].removesuffix(" --force-exclude")
            assert command in CI, hook["id"]


def test_hosted_checks_only_call_the_script() -> None:
    jobs = read(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands == [".ci/run"]
