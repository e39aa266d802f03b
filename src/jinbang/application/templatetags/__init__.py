"""Filters and tags of the application phase."""
