"""Applications: requests, random traffic, teleportation, streams of pairs for scripts."""
