"""Comparisons of reservoirs with each other and with the baselines that every table must carry."""
