"""Scenarios: documents in YAML, JSON or a script, read, checked and expanded."""

from qsim.documents.yaml_writer import to_yaml as to_yaml
from qsim.scenario.loading import from_document as from_document
from qsim.scenario.loading import load as load
from qsim.scenario.scenario import Scenario as Scenario
