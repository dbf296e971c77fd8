"""What the Settings page is made of."""
