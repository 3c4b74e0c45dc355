"""Quantum reservoirs for time series; nothing is released in this package yet."""
