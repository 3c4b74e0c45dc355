"""Describing networks: from a script, from generators, and from other people's files."""
