"""Tests of checking names and diplomas, against a service of our own."""
