"""The variational circuits: written once in PennyLane, recorded, and compiled for frozen weights."""
