"""The pages of the portal, by audience."""
