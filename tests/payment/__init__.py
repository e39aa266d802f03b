"""Tests of the payment phase."""
