"""Entanglement management: generation, swapping, purification, tracking, consent, cut-off."""
