"""What a cell's weights are: variational circuits, random tanh units in their place, or affine maps."""
