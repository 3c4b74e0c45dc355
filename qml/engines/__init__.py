"""Engines: the same cells computed by PennyLane call by call, compiled, or differentiable."""
