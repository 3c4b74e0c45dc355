"""Resource management: rules, the resource manager of a node, the part of a flow at a node."""
