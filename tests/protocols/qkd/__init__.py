"""Tests of quantum key distribution."""
