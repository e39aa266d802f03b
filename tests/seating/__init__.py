"""Tests of the seating phase."""
