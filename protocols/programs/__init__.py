"""Programs of users at the nodes: what they see of their node, how they are run, and a library of them."""
