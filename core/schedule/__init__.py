"""When activations and loads are due."""
