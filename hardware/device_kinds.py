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
