"""Traces of quantum networks: the vocabulary of events, and where they go."""
