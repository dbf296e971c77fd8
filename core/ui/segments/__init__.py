"""What the Segments page is made of: the list and the builder."""
