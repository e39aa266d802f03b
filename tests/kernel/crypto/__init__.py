"""Tests of keys and of what is done with them, tampering included."""
