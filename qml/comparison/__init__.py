"""Comparison of models: candidates, their scores, and the baselines that every table must carry."""
