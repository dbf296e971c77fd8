"""What the Destinations page is made of."""
