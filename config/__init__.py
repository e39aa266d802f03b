"""Wiring: settings for each place the program runs, the one reader of the environment, and the address table."""
