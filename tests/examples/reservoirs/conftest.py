"""The scripts of the reservoir experiments as modules, as they find each other when one of them is run."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3] / "examples" / "reservoirs"))
