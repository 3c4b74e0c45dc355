"""Imports whatever registers optical parts, assemblies and what is built of them."""
