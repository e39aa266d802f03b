"""Tests of the messaging phase."""
