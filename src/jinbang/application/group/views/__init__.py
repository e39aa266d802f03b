"""Pages of group entries, by audience."""
