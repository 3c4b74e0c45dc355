"""Describing networks: from a script, from generators, and from other people's files."""

from qsim.network.builder import Network as Network
