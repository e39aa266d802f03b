"""Examination day: who came, who did not, what was noted in the room."""
