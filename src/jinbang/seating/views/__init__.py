"""Pages of seating, by audience."""
