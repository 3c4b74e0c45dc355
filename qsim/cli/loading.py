"""From a file named on the command line to a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from qsim import plugins as plugin_loader
from qsim.errors import NetworkError

if TYPE_CHECKING:
    from qsim.cli.talk import Talk
    from qsim.scenario.scenario import Scenario

#: Files that may be something else than a scenario.
_FOREIGN = frozenset({".json", ".graphml", ".gml"})


def load_scenario(
    path: Path, talk: Talk, *, plugins: Iterable[str] | None, overrides: Iterable[str]
) -> Scenario:
    """Read a scenario, or somebody else's description of a network, whose conversion is reported.

    Args:
        path: the file.
        talk: where the losses of a conversion are reported.
        plugins: modules and files to import first.
        overrides: ``key.path=value`` overrides.

    Raises:
        ScenarioError: the file has faults.
        NetworkError: a foreign description cannot be read.
        RegistryError: a plug-in cannot be imported.
    """
    plugin_loader.load(plugins or ())
    from qsim import scenario

    if not is_foreign(path):
        loaded = scenario.load(path, overrides=tuple(overrides))
        for note in loaded.notes:
            talk.say(note)
        return loaded
    from qsim.network.importers import convert_file

    conversion = convert_file(path)
    talk.say(f"{path} is converted as it is read; 'qsim convert' makes it a scenario of qsim's own")
    if conversion.report.entries:
        talk.say(conversion.report.text())
    return scenario.from_document(conversion.document, source=str(path), overrides=tuple(overrides))


def is_foreign(path: Path) -> bool:
    """Whether a file is somebody else's description of a network."""
    if path.suffix.lower() not in _FOREIGN:
        return False
    from qsim.network.importers import recognises

    try:
        return recognises(path)
    except NetworkError:
        # The scenario loader meets the same fault, and gives its place.
        return False
