"""Template tags of the sittings phase."""
