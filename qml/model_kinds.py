"""Announces what `qml` registers: the entry point ``qml`` of the group ``qsim.plugins``.

Cells, circuits, readouts and forecasters are imported when one of their kind is asked for: most runs need
none of them. They load PennyLane, JAX or scikit-learn later still, when they are used.
"""

from qsim.registry import announce

announce("qml.cells.classical_cells", "cell")
announce("qml.cells.quantum_cells", "cell")
announce("qml.forecasters", "forecaster")
announce("qml.maps.affine", "circuit")
announce("qml.maps.circuit", "circuit")
announce("qml.readouts", "readout")
