"""The command that starts everything."""
