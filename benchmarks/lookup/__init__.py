"""The lookup on release day, beside nginx and beside Django with PostgreSQL, in one interleaved session."""
