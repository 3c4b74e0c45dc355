"""Announces what `qml` registers: the entry point ``qml`` of the group ``qsim.plugins``.

Cells, circuits, readouts and forecasters come in here. None of them loads PennyLane, JAX or scikit-learn
before it is used.
"""

import qml.cells.classical_cells
import qml.cells.quantum_cells
import qml.forecasters
import qml.maps.affine
import qml.maps.circuit
import qml.readouts  # noqa: F401
