"""Faults: what goes down and when, who learns of it, and what becomes of flows."""
