"""Optical circuits: components with ports, assemblies of them, and the light that runs through."""
