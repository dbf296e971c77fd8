"""What a user does with a workspace: load, apply, export, look after it; pages and commands ask."""
