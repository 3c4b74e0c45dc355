"""Registers against QuTiP, closed forms and each other."""
