"""Entanglement management: swapping, purification, tracking, consent, cut-off."""
