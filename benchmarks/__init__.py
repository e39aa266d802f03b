"""Performance as ratios: each row is measured beside something real in the same run, because machines are noisy."""
