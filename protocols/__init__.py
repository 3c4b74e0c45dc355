"""Protocols of quantum networks: entanglement, resource and network management, applications."""
