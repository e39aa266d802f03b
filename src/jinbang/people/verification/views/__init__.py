"""The pages of checks, by audience."""
