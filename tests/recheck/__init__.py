"""Tests of the recheck phase."""
