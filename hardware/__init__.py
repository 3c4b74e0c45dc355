"""Devices of quantum networks: memories, fibres, detectors, stations, link models, nodes."""
