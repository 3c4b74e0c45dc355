"""The runtime: from a scenario to a live network and its result."""
