"""``{parameters}``, ``{presets}``, ``{declared}``, ``{units}``, ``{sections}``: what files may say."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from generated import Generated, table

from qsim import units
from qsim.cli.reference import entry, markdown, presets
from qsim.scenario.outline import SECTIONS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What is measured in each SI unit.
_DIMENSIONS = {
    "s": "time",
    "m": "length",
    "Hz": "frequency, rate",
    "dB": "loss",
    "dB/m": "attenuation",
    "m/s": "speed",
    "rad": "angle",
    "W": "power",
    "1/m2": "scattering per length and bandwidth",
    "1": "pure number",
}


class Parameters(Generated):
    """The parameter reference of ``qsim schema --parameters``, with a target at every heading.

    The entry of the memory "atomic" is ``#memory-atomic``, that of the section ``run`` is ``#scenario-run``.
    """

    def lines(self) -> list[str]:
        """The reference without its title and first sentence, which the page has."""
        reference = markdown().splitlines()
        made: list[str] = []
        chapter = ""
        for line in reference[reference.index("## Parts of a scenario") :]:
            if line.startswith("## "):
                chapter = line.removeprefix("## ")
                made += ["(scenario)=" if " " in chapter else f"(kind-{chapter})="]
            elif line.startswith("### "):
                name = line.removeprefix("### ").strip("`").replace(".", "-").replace("_", "-")
                made += [f"({'scenario' if ' ' in chapter else chapter}-{name})="]
            made.append(line)
        return made


class Presets(Generated):
    """The presets of ``qsim schema --presets``, with a target at every heading."""

    def lines(self) -> list[str]:
        """The presets without their title and first sentence, which the page has."""
        made: list[str] = []
        kind = ""
        for line in presets().splitlines()[4:]:
            if line.startswith("## "):
                kind = line.removeprefix("## ")
                made.append(f"(presets-{kind})=")
            elif line.startswith("### "):
                made.append(f"(preset-{kind}-{line.removeprefix('### ').strip('`')})=")
            made.append(line)
        return made


class DeclaredClass(Generated):
    """``{declared} KEY MODULE CLASS``: the parameters of one declared class that a file names by a key."""

    required_arguments = 3

    def lines(self) -> list[str]:
        """A heading, the summary and the table."""
        key, module, name = self.arguments
        heading, *rest = entry(f"`{key}`", getattr(importlib.import_module(module), name))
        return [heading.removeprefix("#"), *rest]


class Units(Generated):
    """The accepted spellings of every unit."""

    def lines(self) -> list[str]:
        """A table."""
        rows = []
        for unit in units.dimensions():
            spellings = ", ".join(
                f"`{spelling}` ({units.parse(f'1 {spelling}', unit):g})" for spelling in units.accepted(unit)
            )
            rows.append((_DIMENSIONS[unit], f"`{unit}`", spellings))
        return table(("dimension", "plain numbers are in", "accepted (one of them in the SI unit)"), rows)


class Sections(Generated):
    """The sections of a scenario file."""

    def lines(self) -> list[str]:
        """A table."""
        return table(("section", "holds"), [(f"`{name}`", meaning) for name, meaning in SECTIONS.items()])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("parameters", Parameters)
    app.add_directive("presets", Presets)
    app.add_directive("declared", DeclaredClass)
    app.add_directive("units", Units)
    app.add_directive("sections", Sections)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
