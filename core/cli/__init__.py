"""The command line: one group, a file a family of commands."""
