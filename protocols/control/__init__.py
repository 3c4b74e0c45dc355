"""Control: who decides which request is served, when, and with which pairs."""
