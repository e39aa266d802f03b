"""Template tags of the seating phase."""
