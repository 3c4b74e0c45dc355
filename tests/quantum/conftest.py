"""QuTiP, the oracle, is imported once here: without matplotlib it warns that it will draw nothing."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "matplotlib not found", UserWarning)
    import qutip  # noqa: F401
