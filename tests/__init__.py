"""Tests mirror the house: one folder a phase, `journeys` through a real browser, `house` about the house itself."""
