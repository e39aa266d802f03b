"""Views of the recheck phase, one module for each audience."""
