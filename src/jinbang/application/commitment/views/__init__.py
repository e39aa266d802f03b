"""Pages around commitments, by audience."""
