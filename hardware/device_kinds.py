"""Announces the device models to the registry: the entry point ``hardware`` of the group ``qsim.plugins``."""

import hardware.afc_memory
import hardware.catalogue
import hardware.coherence
import hardware.converter
import hardware.detector
import hardware.fibre
import hardware.link_models
import hardware.memory
import hardware.node_kinds
import hardware.processor
import hardware.shared_fibre
import hardware.transducer  # noqa: F401
from qsim.registry import announce

# Optical circuits come in when they are asked for.
announce("hardware.optics.optic_kinds", "optic")
announce("hardware.optics.optic_kinds", "assembly")
announce("hardware.optics.optic_kinds", "key-source")
announce("hardware.optics.optic_kinds", "mdi-station")
