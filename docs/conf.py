"""Settings of the documentation site: ``python -m sphinx -W -b html docs build/docs``.

Nothing is fetched while it is built, and no page asks for anything from elsewhere when it is read.
"""

import sys
from pathlib import Path

import qsim

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "qsim"
author = "the qsim authors"
copyright = "the qsim authors, Apache-2.0"
version = release = qsim.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "commands",
    "contracts",
    "docstrings",
    "kernels",
    "mathml",
    "parameters",
    "public_names",
    "repository",
    "results",
    "scenario_schema",
]
exclude_patterns = ["_ext"]
# A word in backquotes may be the name of several things; then it is no link.
suppress_warnings = ["ref.python"]

# Pages in Markdown. Code cells run anew at each build, in a folder that is thrown away. An error is a warning
# with its traceback, so that `-W` fails with all of them, not with the first.
myst_enable_extensions = ["amsmath", "attrs_block", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_show_tb = True
nb_execution_timeout = 120
nb_merge_streams = True

# Docstrings. Names in single backquotes become links where they are documented here.
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"qsim {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_search_scorer = str(HERE / "_static" / "scorer.js")
html_copy_source = False
html_show_sourcelink = False
