"""Settings of the kernels that run the code cells: figures in SVG, nobody's own settings, no history.

Cells run in a folder of their own, and qsim may be installed anywhere: those that read files which lie beside
the pages (examples, the report of benchmarks) find them by the variable ``QSIM_REPOSITORY``.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from repository import ROOT

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_SETTINGS = """
c.HistoryManager.enabled = False
c.InlineBackend.figure_formats = {"svg"}
"""


def setup(app: Sphinx) -> dict[str, bool]:
    """Give IPython a folder of its own until the build is over."""
    folder = TemporaryDirectory(prefix="qsim-docs-")
    profile = Path(folder.name) / "profile_default"
    profile.mkdir()
    (profile / "ipython_kernel_config.py").write_text(_SETTINGS, encoding="utf-8")
    os.environ["IPYTHONDIR"] = folder.name
    os.environ["QSIM_REPOSITORY"] = str(ROOT)
    app.connect("build-finished", lambda *_: folder.cleanup())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
