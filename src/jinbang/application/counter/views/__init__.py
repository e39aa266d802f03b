"""Pages of a registration point's counter."""
