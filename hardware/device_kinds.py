"""Announces the device models to the registry: the entry point ``hardware`` of the group ``qsim.plugins``."""

import hardware.catalogue
import hardware.coherence
import hardware.converter
import hardware.detector
import hardware.fibre
import hardware.link_models
import hardware.memory
import hardware.node_kinds
import hardware.processor
import hardware.shared_fibre  # noqa: F401
from qsim.registry import announce

# What few networks have comes in when it is asked for.
announce("hardware.afc_memory", "memory", "afc")
announce("hardware.free_space_path", "fibre", "free-space")
announce("hardware.link_models.stored_pairs", "link-model", "stored-pairs")
announce("hardware.transducer", "converter", "microwave-transducer")
announce("hardware.optics.optic_kinds", "optic")
announce("hardware.optics.optic_kinds", "assembly")
announce("hardware.optics.optic_kinds", "key-source")
announce("hardware.optics.optic_kinds", "mdi-station")
