"""Forecast studies: a user's own series or a named task, described in a file, compared with the baselines."""
