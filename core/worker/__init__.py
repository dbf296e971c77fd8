"""What the scheduler process does: queue what is due, load, run, tidy up, say that it lives."""
