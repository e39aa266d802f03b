"""Tests about the house itself: every claim that HOUSE-keeping makes is checked here, on the code as it stands."""
