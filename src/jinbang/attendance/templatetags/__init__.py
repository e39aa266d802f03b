"""Template tags of the attendance phase."""
