"""Tests of informed commitments."""
