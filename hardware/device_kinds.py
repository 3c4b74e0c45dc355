"""Announces the device models to the registry: the entry point ``hardware`` of the group ``qsim.plugins``.

Each is imported when it is asked for; the named hardware, which is plain data, comes at once.
"""

import hardware.catalogue  # noqa: F401
from qsim.registry import announce

announce("hardware.memory", "memory", "atomic")
announce("hardware.multimode", "memory", "multimode")
announce("hardware.afc_memory", "memory", "afc")
announce("hardware.coherence", "decay", "gaussian", "stretched")
announce("hardware.processor", "processor", "gates")
announce("hardware.node_kinds", "node", "router", "end-node")
announce("hardware.fibre", "fibre", "single-mode")
announce("hardware.shared_fibre", "fibre", "shared")
announce("hardware.free_space_path", "fibre", "free-space")
announce("hardware.detector", "detector", "threshold", "number-resolving")
announce("hardware.converter", "converter", "frequency-converter")
announce("hardware.transducer", "converter", "microwave-transducer")
announce("hardware.link_models.double_click", "link-model", "barrett-kok", "two-photon")
announce("hardware.link_models.single_click", "link-model", "single-click")
announce("hardware.link_models.midpoint_source", "link-model", "midpoint-source")
announce("hardware.link_models.latching_source", "link-model", "latching-source")
announce("hardware.link_models.stored_pairs", "link-model", "stored-pairs")
announce("hardware.optics.optic_kinds", "optic")
announce("hardware.optics.optic_kinds", "assembly")
announce("hardware.optics.optic_kinds", "key-source")
announce("hardware.optics.optic_kinds", "mdi-station")
announce("hardware.link", "handshake")  # the contract
