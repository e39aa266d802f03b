"""Views of the lookup phase."""
