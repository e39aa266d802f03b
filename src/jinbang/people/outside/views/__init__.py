"""The pages of outside identities, by audience."""
