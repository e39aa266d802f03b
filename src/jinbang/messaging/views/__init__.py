"""The pages of messaging, by audience."""
