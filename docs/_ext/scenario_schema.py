"""``{scenario-schema}``: the JSON Schema of scenario files, to download and to unfold.

The file lies beside the page that shows it, under the name `FILE`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generated import Generated

from qsim.scenario.editor_schema import json_schema

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "qsim-scenario.schema.json"


class ScenarioSchema(Generated):
    """A link to the schema, and its parts folded."""

    def lines(self) -> list[str]:
        """The link, the sections of a scenario, then every definition."""
        schema = json_schema()
        made = [f'<p><a href="{FILE}" download>Download {FILE}</a></p>', ""]
        rest = {key: value for key, value in schema.items() if key not in ("properties", "$defs")}
        made += _folded("the document itself", rest)
        for name, section in schema["properties"].items():
            made += _folded(f"section {name}", section)
        for name, definition in schema["$defs"].items():
            made += _folded(f"definition {name}", definition)
        return made


def _folded(title: str, part: Any) -> list[str]:
    text = json.dumps(part, indent=2).splitlines()
    return ["<details>", f"<summary>{title}</summary>", "", "```json", *text, "```", "", "</details>", ""]


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        folder = Path(app.outdir) / "reference"
        text = json.dumps(json_schema(), indent=2) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, and write the file once the pages are there."""
    app.add_directive("scenario-schema", ScenarioSchema)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
