"""Imports whatever registers optical parts, assemblies and what is built of them."""

import hardware.optics.decoy_bb84
import hardware.optics.delay_line
import hardware.optics.phase_modulator  # noqa: F401
