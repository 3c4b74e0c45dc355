"""The folder that ``qsim forecast --out`` stores: what is in it, for who writes it and who shows it."""

from __future__ import annotations

from typing import Final

from qsim.files import ManifestFile

#: Says what was studied, and with what.
STUDY: Final = ManifestFile("study.json", "qsim-forecast", 1, "forecast")
#: Tables by name, each as ``.csv`` and ``.parquet``: scores of all models, and what they forecast.
SCORES: Final = "scores"
FORECAST: Final = "forecast"
#: Forecasts and their intervals as a picture.
FIGURE: Final = "forecast.png"
