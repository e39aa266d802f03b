"""Pages of the integrity record, by audience."""
