"""Tests of outside identities, against providers of our own that speak as the real ones do."""
