"""The pages of sittings, by audience."""
