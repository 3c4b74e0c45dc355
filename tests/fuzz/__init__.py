"""Damaged files for every reader: whatever is done to a file, it is read or refused by an error of ours."""
