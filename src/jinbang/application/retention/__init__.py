"""Retention: for how long applications that came to nothing are kept, and what is erased then.

`classes.toml` is the table (legal basis, trigger, how long, what then), `rules` read it and reckon, and the worker runs
`actions.erase_what_is_due`. What was paid for is no class here: marks and certificates are archives of later phases.
"""
