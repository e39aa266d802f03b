"""Pages about violations, by audience."""
