"""Pages of attendance, by audience."""
