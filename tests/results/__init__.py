"""Tests of the results phase."""
