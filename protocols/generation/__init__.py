"""Entanglement generation: sessions of two neighbours, their timing, hand-shakes at both levels of detail."""
