"""Pages of the application phase, by audience."""
