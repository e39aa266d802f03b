"""The lifecycle end to end, through a real browser, against a demo world served as people get it."""
