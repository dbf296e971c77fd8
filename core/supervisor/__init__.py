"""Runs app, scheduler and stand-in as processes of one command; knows them by command line only."""
