"""Tests of the lookup phase."""
