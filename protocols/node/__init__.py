"""One node: its protocol stack, and the part of a flow that plays there."""
