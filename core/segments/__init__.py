"""Segments: the format, checked into a frozen tree, compiled to SQL, told in a sentence."""
