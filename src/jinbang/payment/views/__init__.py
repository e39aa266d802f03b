"""Pages of the payment phase, by audience."""
