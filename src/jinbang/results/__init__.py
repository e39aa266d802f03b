"""Rosters and marks in, pass marks, outcomes with their validity, and release by two people."""
