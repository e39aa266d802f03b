"""Tests of the attendance phase."""
