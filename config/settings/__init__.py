"""Settings: `base` holds everything, the others only override, nothing exists only in production."""
