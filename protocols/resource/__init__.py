"""Allocation: how many memories each node may promise at once, and how that follows the load."""
