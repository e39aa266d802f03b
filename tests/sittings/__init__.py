"""Tests of the sittings phase."""
