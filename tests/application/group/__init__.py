"""Tests of group entries."""
