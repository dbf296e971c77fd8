"""What the Activations page is made of."""
