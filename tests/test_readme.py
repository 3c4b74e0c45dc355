"""The README: its script and its scenario run, and say the same."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import yaml

import qsim
from qml.forecast.document import load_study
from qsim.scenario import from_document

README = (Path(__file__).parents[1] / "README.md").read_text()


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


def test_script_and_scenario_give_the_same_result(capsys):
    names = {}
    exec(compile(block("python"), "README.md", "exec"), names)
    assert re.fullmatch(r"100 pairs, \d+ a second, mean fidelity 0\.\d{3}\n", capsys.readouterr().out)
    result = from_document(yaml.safe_load(block("yaml"))).run()
    assert result.flows == names["result"].flows
    assert result.events == names["result"].events


def test_sweep_script_runs(capsys):
    script = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[1]
    names = {"qsim": qsim}
    exec(compile(script, "README.md", "exec"), names)
    assert len(names["study"].runs) == 30
    assert capsys.readouterr().out.count("throughput_hz") == 6
    assert names["axes"].get_xlabel() == "link alice-router length (km)"
    assert names["axes"].get_ylabel() == "throughput (pairs/s)"
    plt.close("all")


def test_forecasting_script_runs(capsys):
    script = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[2]
    exec(compile(script, "README.md", "exec"), {})
    said = re.fullmatch(r"the next 20 hours: mean error (0\.\d\d) of a load .*\n", capsys.readouterr().out)
    # The noise alone makes 0.08; a forecast that has lost the wave is off by more than 1.
    assert float(said[1]) < 0.3


def test_forecast_file_is_read(tmp_path):
    (tmp_path / "load.csv").write_text("load\n" + "\n".join(str(step % 7) for step in range(300)))
    (tmp_path / "forecast.yaml").write_text(re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[1])
    assert load_study(tmp_path / "forecast.yaml").spec.ahead == 24


def test_every_file_that_is_linked_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        assert (Path(__file__).parents[1] / link).exists(), link


def test_decisions_are_all_listed():
    folder = Path(__file__).parents[1] / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
