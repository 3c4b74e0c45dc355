"""Quantum key distribution: from sifted bits to keys with identifiers."""
